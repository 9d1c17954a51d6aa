"""Open a live model: solve once, well, and keep what was learnt."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from bundlesolve.bounds import lagrangian, mincut
from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.live.cuts import Cuts, nodes_of
from bundlesolve.live.live import Live
from bundlesolve.live.multipliers import Multipliers
from bundlesolve.live.resolve import Past, resolve
from bundlesolve.live.search import Search
from bundlesolve.live.state import State
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Program
from bundlesolve.model.rules import Exclude
from bundlesolve.model.solution import Solution
from bundlesolve.solve import Clock, Start, solve
from bundlesolve.solvers.base import Solver
from bundlesolve.stop import Stop

SHARE = 0.2
"""Share of the time limit that goes to the multipliers."""
MOST_STEPS = 400
"""Most subgradient steps for them."""
ELITE_SHARE = 0.2
"""Share of the time limit that goes to other good answers."""
MOST_ELITES = 8
"""How many of them are looked for."""
FEW_STEPS = 100
"""Steps for each where no time limit is given."""


def open(  # noqa: A001 - the word for it
    instance: Instance,
    method: str | Solver = "auto",
    *,
    stop: Stop = Stop(seconds=10),  # noqa: B008 - frozen
    seed: int = 0,
    start: Start | None = None,
) -> Live:
    """Open a live model, for many small changes and a quick answer after each.

    It is solved once as `bundlesolve.solve` does, on three fifths of the time limit; one
    goes to multipliers for the bounds of later answers, one to other good answers that
    they may start from. ``live.solution`` is the first answer. A good one from elsewhere
    as ``start`` makes a short limit enough.

    Parameters
    ----------
    instance
        The problem; its items and bundles stay, everything else may be changed.
    method, start
        Of the first solve, as for `bundlesolve.solve`.
    stop
        When to end the first solve. Default: after 10 seconds.
    seed
        Of all generators. Default 0.

    Returns
    -------
    Live
        The model; see there.

    Raises
    ------
    InvalidInstance
        If ``start`` is not an answer to this instance.
    Refused
        If the method declines the instance.
    """
    search = Search()
    search.warm_up()
    lagrangian.warm_up()
    mincut.warm_up()
    first, seconds = stop, None
    if stop.seconds is not None:
        seconds = SHARE * stop.seconds
        first = replace(stop, seconds=(1 - SHARE - ELITE_SHARE) * stop.seconds)
    solution = solve(instance, method, stop=first, seed=seed, start=start)
    state = State.of(instance)
    past = Past().with_answer(solution.units).with_proof(state.program, solution.bound)
    past = _with_multipliers(past, state.program, solution.objective, seconds)
    nodes = nodes_of(state.program)
    if nodes is not None:
        cuts = Cuts.of(state.program, None).run(nodes, lambda: math.inf)
        past = replace(past, cuts=cuts)
    # Elites' states share it only if it is there.
    _ = state.layout
    part = Stop(steps=FEW_STEPS)
    if stop.seconds is not None:
        part = Stop(seconds=ELITE_SHARE * stop.seconds / (MOST_ELITES + 1))
    past = _with_elites(past, state, search, part, seed)
    again, known = resolve(state, past, search, part, (seed, 0), Clock())
    if _worth(again) > _worth(solution):
        solution = again
    return Live(state, known, solution, search, seed)


def _worth(solution: Solution) -> float:
    return -math.inf if solution.objective is None else solution.objective


def _with_elites(past: Past, state: State, search: Search, part: Stop, seed: int) -> Past:
    """Find answers that have nothing in common with the best one, for later days.

    Each is an answer without any item of the best one and of those found before it. Where
    items come in communities, these are the answers that small changes make the best.
    """
    instance, elites = state.instance, list[IntArray]()
    began = time.perf_counter()
    seconds = math.inf if part.seconds is None else MOST_ELITES * part.seconds
    for number in range(MOST_ELITES):
        used = np.zeros(instance.n, dtype=bool)
        for units in (*past.answers, *elites):
            used |= units.any(axis=0)
        rules = [
            Exclude(name=f"elite without {item}", item=item)
            for item in np.flatnonzero(used).tolist()
        ]
        without = state.changed(instance.replace(rules=(*instance.rules, *rules)))
        found, _ = resolve(without, past, search, part, (seed, number, 2), Clock())
        if found.units is None or not found.units.any():
            break
        elites.append(found.units)
        if time.perf_counter() - began > seconds:
            break
    return replace(past, elites=tuple(elites))


class Steady(Lagrangian):
    """A relaxation that fixes nothing: its multipliers are to serve other programs too."""

    @property
    def _cutoff(self) -> float:
        return -math.inf

    @property
    def _target(self) -> float:
        if self.objective is not None:
            return float(self.objective - self.program.constant)
        return super()._target


def _with_multipliers(
    past: Past, program: Program, objective: int | None, seconds: float | None
) -> Past:
    """Search for multipliers, and remember them and their bound."""
    relaxation = Steady(program, objective)
    began, done = time.perf_counter(), 0
    while done < MOST_STEPS and not relaxation.is_stuck:
        steps = 1 if done == 0 else min(relaxation.chunk, MOST_STEPS - done)
        relaxation.improve(steps)
        done += steps
        if seconds is not None and time.perf_counter() - began > seconds:
            break
    known = [bound for _, bound in past.proofs] + [relaxation.bound]
    bound = min((b for b in known if b is not None), default=None)
    multipliers = Multipliers.of(relaxation)
    began = time.perf_counter()
    multipliers.relaxation(program, objective).improve(1)
    took = time.perf_counter() - began
    past = replace(past, multipliers=multipliers, seconds=took)
    return past.with_proof(program, bound)

"""The wiring of a re-solve: inherit, search, bound, judge."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.interrupts import interrupts
from bundlesolve.kernels.types import Floats
from bundlesolve.live.carry import carried_bound, matched_rows
from bundlesolve.live.cuts import Cuts, nodes_of
from bundlesolve.live.multipliers import Multipliers
from bundlesolve.live.search import Search
from bundlesolve.live.state import State
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.model.solution import Solution
from bundlesolve.reduce.forced import force
from bundlesolve.run import Run
from bundlesolve.solve import Clock, outcome
from bundlesolve.solvers.base import Proof
from bundlesolve.stop import Stop

MOST_ANSWERS = 8
"""Former answers that are remembered, the latest of them first."""
MOST_PROOFS = 4
"""Former programs whose bounds are remembered; the first one of all is always."""
EVALUATIONS = 3
"""Most steps on the multipliers in one re-solve."""
SHARE = 0.5
"""Most of a time limit that goes to the bound."""


@dataclass(frozen=True)
class Past:
    """What a live model has learnt so far.

    Parameters
    ----------
    answers
        Units of former answers, shape ``[K, n]`` each, the latest first.
    elites
        Good answers to the first state that have little in common.
    proofs
        Former programs and bounds proved for them, the latest first.
    price
        The last program that was searched, and the prices of its rows. Default: none.
    multipliers
        Of the Lagrangian bound. Default: none yet.
    cuts
        Minimum cuts of a sparse model. Default: none yet.
    seconds
        What an evaluation of the bound takes, all in all. Default 0: unknown.
    """

    answers: tuple[IntArray, ...] = ()
    elites: tuple[IntArray, ...] = ()
    proofs: tuple[tuple[Program, int], ...] = ()
    price: tuple[Program, Floats] | None = None
    multipliers: Multipliers | None = None
    cuts: Cuts | None = None
    seconds: float = 0.0

    def with_answer(self, units: IntArray | None) -> Past:
        """Remember an answer as the latest, once."""
        if units is None:
            return self
        others = [a for a in self.answers if not np.array_equal(a, units)]
        return replace(self, answers=(units, *others)[:MOST_ANSWERS])

    def with_proof(self, program: Program, bound: int | None) -> Past:
        """Remember a bound."""
        if bound is None:
            return self
        first = self.proofs[-1:] if len(self.proofs) >= MOST_PROOFS else ()
        latest = [known for known in self.proofs if known[0] is not program]
        kept = [*latest[: MOST_PROOFS - 1 - len(first)], *first]
        return replace(self, proofs=((program, bound), *kept))


def resolve(
    state: State, past: Past, search: Search, stop: Stop, seed: Sequence[int], clock: Clock
) -> tuple[Solution, Past]:
    """Solve a model from what is known of former ones.

    Parameters
    ----------
    state
        The model.
    past
        What is known.
    search
        How to search.
    stop
        When to end, counted from the clock's start. Judging the answer comes on top.
    seed
        Of the generator.
    clock
        Started when the call was.

    Returns
    -------
    tuple[Solution, Past]
        The verified answer, and what is known now.
    """
    program = state.program
    rng = np.random.default_rng(list(seed))
    run = Run(program, stop, rng, search.name, None, clock.started)
    proof = Proof()
    with interrupts(run):
        with clock.stage("start"):
            begin = search.begin(state, run, (*past.answers, *past.elites))
            for known, bound in past.proofs:
                carried = carried_bound(known, program, bound)
                if carried is not None:
                    run.offer_bound(carried, "former bound")
            if run.incumbent is None and force(program).program is None:
                proof = Proof(infeasible=True)
        if not proof.infeasible:
            with clock.stage("cut"):
                past = _cut(run, past, search, state)
            with clock.stage("search"):
                past = _walk(run, past, search, begin)
            with clock.stage("certify"):
                past = _bound(run, past)
    with clock.stage("check"):
        solution = outcome(state.compiled, run, proof, search, int(seed[0]))
    past = past.with_answer(solution.units).with_proof(program, solution.bound)
    return solution.replace(timings=clock.timings()), past


def _cut(run: Run, past: Past, search: Search, state: State) -> Past:
    """Cut a sparse program, offer its bound and two starts."""
    nodes = nodes_of(state.program)
    if nodes is None or run.should_stop():
        return past

    def remaining() -> float:
        return 0.0 if run.interrupted else run.remaining

    cuts = Cuts.of(state.program, past.cuts).run(nodes, remaining)
    if cuts.bound is not None:
        run.offer_bound(cuts.bound, "minimum cut")
        for x in cuts.starts(state.program):
            if not run.should_stop():
                search.repair(state, run, x, "minimum cut")
    return replace(past, cuts=cuts)


def _walk(run: Run, past: Past, search: Search, begin: IntArray | None) -> Past:
    """Search, with some of the time kept back for the bound."""
    part = run
    if run.stop.seconds is not None:
        reserve = past.seconds if _can_bound(run, past) else 0.0
        part = run.part(Stop(seconds=max(run.remaining - reserve, 1e-3)), search.name)
    price = search.walk(run.program, part, begin, _price(run.program, past))
    if part is not run and part.stop_reason is not None and run.stop_reason is None:
        run.stop_reason = part.stop_reason
    return past if price is None else replace(past, price=(run.program, price))


def _can_bound(run: Run, past: Past) -> bool:
    seconds = run.stop.seconds
    return seconds is None or past.seconds <= min(SHARE * seconds, run.remaining)


def _price(program: Program, past: Past) -> Floats | None:
    """Return the prices of rows that were there, 0 for new ones; shape ``[r]``."""
    if past.price is None:
        return None
    before, price = past.price
    match = matched_rows(before, program)
    prices = np.zeros(program.num_rows)
    prices[match[match >= 0]] = price[match >= 0]
    return prices


def _bound(run: Run, past: Past) -> Past:
    """Evaluate the Lagrangian bound with the multipliers of before, where time allows."""
    if past.multipliers is None or run.interrupted or run.gap == 0:
        return past
    if not _can_bound(run, past):
        return past
    began = time.perf_counter()
    relaxation = past.multipliers.relaxation(run.program, run.objective)
    relaxation.improve(1)
    took = time.perf_counter() - began
    once = time.perf_counter()
    for _ in range(EVALUATIONS - 1):
        step = time.perf_counter() - once
        late = run.stop.seconds is not None and run.remaining < max(step, took / 2)
        if late or relaxation.is_closed or relaxation.is_stuck:
            break
        once = time.perf_counter()
        relaxation.improve(1)
    tell(run, relaxation)
    # Slowly down, so that one lucky evaluation does not make the next ones late.
    took = max(took, 0.8 * past.seconds)
    return replace(past, multipliers=Multipliers.of(relaxation), seconds=took)


def tell(run: Run, relaxation: Lagrangian) -> None:
    """Offer the bound of a relaxation."""
    if relaxation.bound is not None:
        run.offer_bound(relaxation.bound, "lagrangian")

"""The wiring: pick a solver, give it a start, run it, judge it, report it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import metadata

import numpy as np

from bundlesolve.bounds.best import prove_bounds
from bundlesolve.bounds.best import warm_up as warm_up_bounds
from bundlesolve.bounds.first_call import SecondCore, second_core
from bundlesolve.bounds.quick import quick_bound
from bundlesolve.errors import InvalidInstance, Refused, WrongAnswer
from bundlesolve.interrupts import interrupts
from bundlesolve.kernels import prime as _numba_is_ready  # noqa: F401 - its import is it
from bundlesolve.model.check import Verdict, check
from bundlesolve.model.compile import Compiled, compile
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.segments import Segments, segments_of
from bundlesolve.model.solution import Solution, Status
from bundlesolve.run import OnImprove, Run
from bundlesolve.solvers import layouts
from bundlesolve.solvers.base import Proof, Solver, get_solver
from bundlesolve.solvers.segments import search as many_bundles
from bundlesolve.solvers.segments.search import SegmentsRun
from bundlesolve.stop import Stop, StopReason

Start = Solution | Mapping[str, int] | Sequence[Sequence[int]] | IntArray

BURST_SECONDS = 1.0
BURST_STEPS = 20_000
STEPS_PER_VARIABLE = 100
"""Most that the local search before an exact engine may take: the least of a second, a
tenth of the time limit, 20,000 steps and 100 steps a variable."""


CERTIFY_SHARE = 0.1
"""Share of the time limit that is kept for proving a bound after the search."""


def solve(
    instance: Instance,
    method: str | Solver = "auto",
    *,
    stop: Stop = Stop(seconds=10),  # noqa: B008 - frozen
    seed: int = 0,
    start: Start | None = None,
    certify: bool = True,
    on_improve: OnImprove | None = None,
) -> Solution:
    """Choose items and units of greatest worth, verified.

    Parameters
    ----------
    instance
        The problem.
    method
        A name out of ``bundlesolve.SOLVERS``, or a solver with parameters of its own such
        as ``Genetic(population=500)``. Default ``"auto"``.
    stop
        When to end. Default: after 10 seconds.
    seed
        Seed of the one generator. Same seed, same step limit, same answer. Default 0.
    start
        An answer to start from: a `Solution`, units by item id (of the first bundle), or
        units of shape ``[K, n]``. The result is never worse. Default: none.
    certify
        Keep a tenth of the time limit to prove a bound for the answer, whatever the method
        proves itself, unless a limit on the gap is kept already. Default True.
    on_improve
        Called whenever the incumbent or the bound gets better.

    Returns
    -------
    Solution
        Its answer, if any, has been recomputed by `check` from the instance.

    Raises
    ------
    Refused
        If the method declines the instance.
    InvalidInstance
        If ``start`` is not an answer to this instance.
    WrongAnswer
        If a method's claim fails verification: a bug.
    """
    solver = get_solver(method)
    if solver.takes_segments and (segments := segments_of(instance)) is not None:
        return _solve_segments(segments, solver, stop, seed, start, on_improve)
    with second_core(certify) as helper:
        get_solver("greedy").warm_up()
        return _solve(instance, solver, stop, seed, start, certify, on_improve, helper)


def _solve(
    instance: Instance,
    solver: Solver,
    stop: Stop,
    seed: int,
    start: Start | None,
    certify: bool,
    on_improve: OnImprove | None,
    helper: SecondCore,
) -> Solution:
    """Solve an instance as a program; kernels but those of greedy may be missing yet."""
    clock = Clock()
    with clock.stage("compile"):
        compiled = compile(instance)
        program = compiled.program
    reason = solver.refuses(program)
    if reason is not None:
        raise Refused(solver.name, reason)
    rng = np.random.default_rng(seed)
    run = Run(program, stop, rng, solver.name, on_improve, clock.started)
    with interrupts(run):
        with clock.stage("start"):
            _give_start(run, compiled, start)
        # The first answer is there before the other kernels are loaded.
        clock.leave_out(run, lambda: _warm_up(solver, certify, helper))
        with clock.stage("start"):
            _search_before(run, solver)
            run.offer_bound(quick_bound(program), "quick bound")
        with clock.stage("search"):
            proof = _search(run, solver, CERTIFY_SHARE if certify else 0.0)
            if proof.bound is not None:
                run.offer_bound(proof.bound)
        with clock.stage("certify"):
            if certify and not proof.infeasible and not _is_close(run):
                _certify(run)
    with clock.stage("check"):
        solution = outcome(compiled, run, proof, solver, seed)
    return solution.replace(timings=clock.timings())


def _solve_segments(
    segments: Segments,
    solver: Solver,
    stop: Stop,
    seed: int,
    start: Start | None,
    on_improve: OnImprove | None,
) -> Solution:
    """Solve an instance of many bundles without copying pairs and rows for each."""
    many_bundles.warm_up()
    clock = Clock()
    rng = np.random.default_rng(seed)
    run = SegmentsRun(segments, stop, rng, solver.name, on_improve, clock.started)
    with interrupts(run):
        with clock.stage("start"):
            if start is not None:
                run.offer(_start_point(segments, start), "start")
        with clock.stage("search"):
            proof = many_bundles.search(run)
    with clock.stage("check"):
        solution = outcome(segments, run, proof, solver, seed)
    return solution.replace(timings=clock.timings())


def _warm_up(solver: Solver, certify: bool, helper: SecondCore) -> None:
    """Load or compile what comes after the greedy start."""
    helper.join()
    solver.warm_up()
    get_solver(solver.starts_from).warm_up()
    if certify:
        warm_up_bounds()


def _give_start(run: Run, compiled: Compiled, start: Start | None) -> None:
    """Put the user's point, then greedy's into the run."""
    if start is not None:
        run.offer(_start_point(compiled, start), "start")
    get_solver("greedy").search(run.program, run.prelude("greedy", Stop()))


def _search_before(run: Run, solver: Solver) -> None:
    """Give an exact engine the point of a short local search."""
    if solver.starts_from == "local":
        limit = run.stop.seconds
        seconds = BURST_SECONDS if limit is None else min(BURST_SECONDS, limit / 10)
        steps = min(BURST_STEPS, STEPS_PER_VARIABLE * max(1, run.program.num_vars))
        burst = Stop(seconds=seconds, steps=steps)
        get_solver("local").search(run.program, run.prelude("local", burst))


def _search(run: Run, solver: Solver, reserve: float) -> Proof:
    """Let the solver search, a share of the time limit kept back."""
    if run.should_stop():
        return Proof()
    seconds = run.stop.seconds
    if seconds is None or not reserve:
        return solver.search(run.program, run)
    left = max(run.remaining - reserve * seconds, 1e-3)
    part = run.part(Stop(seconds=left), solver.name)
    proof = solver.search(run.program, part)
    if not run.should_stop():
        run.stop_reason = part.stop_reason
    return proof


def _is_close(run: Run) -> bool:
    """Tell whether no bound is wanted any more: the gap is 0, or as small as asked for."""
    return run.gap == 0 or (run.should_stop() and run.stop_reason is StopReason.GAP_LIMIT)


def _certify(run: Run) -> None:
    """Prove a bound within what is left of the time limit."""
    # Nobody searches any more, and bounds need the memory.
    layouts.forget(run.program)

    def remaining() -> float:
        return 0.0 if run.interrupted else run.remaining

    prove_bounds(run.program, run.objective, remaining, run.offer_bound)


def _start_point(compiled: Compiled | Segments, start: Start) -> IntArray:
    instance = compiled.instance
    units = _start_units(instance, start)
    verdict = check(instance, units)
    if not verdict.feasible:
        use = verdict.broken[0]
        limit = f"{use.kind} {use.name!r} within {use.at_least}..{use.at_most}"
        raise InvalidInstance(limit, use.used, "start")
    return compiled.encode(units)


def _start_units(instance: Instance, start: Start) -> IntArray:
    if isinstance(start, Solution):
        if start.units is None:
            raise InvalidInstance("a solution with an answer", start.status.value, "start")
        return start.units
    if not isinstance(start, Mapping):
        return np.asarray(start)
    units = np.zeros((instance.num_bundles, instance.n), dtype=np.int64)
    for item, amount in start.items():
        if item not in instance.item_number:
            raise InvalidInstance("an item of the instance", repr(item), "start")
        units[0, instance.item_number[item]] = amount
    return units


def outcome(
    compiled: Compiled | Segments, run: Run, proof: Proof, solver: Solver, seed: int
) -> Solution:
    """Judge what the run holds and put it into words."""
    if proof.infeasible and run.incumbent is not None:
        raise WrongAnswer(solver.name, "it claims infeasibility; a feasible point is known")
    units = verdict = None
    if run.incumbent is not None:
        units = integers_2d(compiled.decode(run.incumbent))
        verdict = _judged(compiled.instance, run, units, solver)
    status = _status(run, proof)
    if status in (Status.OPTIMAL, Status.INFEASIBLE):
        reason = StopReason.PROVED
    else:
        run.should_stop()
        reason = run.stop_reason or StopReason.STALLED
    return Solution(
        instance=compiled.instance,
        status=status,
        stop_reason=reason,
        units=units,
        objective=run.objective,
        bound=None if proof.infeasible else run.bound,
        method=solver.name,
        parameters=solver.parameters(),
        seed=seed,
        stop=run.stop,
        trace=tuple(run.trace),
        bound_trace=tuple(run.bound_trace),
        uses=verdict.uses if verdict else (),
        versions=_versions(solver),
    )


def _judged(instance: Instance, run: Run, units: IntArray, solver: Solver) -> Verdict:
    verdict = check(instance, units)
    source = run.trace[-1].source if run.trace else solver.name
    if not verdict.feasible:
        raise WrongAnswer(source, f"it breaks {verdict.broken[0]}")
    if verdict.objective != run.objective:
        found = f"objective {run.objective}, recomputed {verdict.objective}"
        raise WrongAnswer(source, found)
    return verdict


def _status(run: Run, proof: Proof) -> Status:
    if proof.infeasible:
        return Status.INFEASIBLE
    if run.objective is None:
        return Status.UNKNOWN
    return Status.OPTIMAL if run.gap == 0 else Status.FEASIBLE


def integers_2d(units: IntArray) -> IntArray:
    """Return a read-only copy of units of shape ``[K, n]``."""
    copy = integers(units.reshape(-1)).reshape(units.shape)
    copy.setflags(write=False)
    return copy


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed as a package"


def _versions(solver: Solver) -> dict[str, str]:
    return {name: _version(name) for name in ("bundlesolve", "numpy", *solver.needs)}


class Clock:
    """Splits the seconds of a solve, from now on, into its stages."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is inside as one stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self._stages[name] = self._stages.get(name, 0.0) + took

    def leave_out(self, run: Run, work: Callable[[], object]) -> None:
        """Do what neither this clock nor the run's counts: load kernels."""
        began = time.perf_counter()
        run.aside(work)
        self.started += time.perf_counter() - began

    def timings(self) -> dict[str, float]:
        """Return the seconds of every stage, and in ``total`` those since the start."""
        return {**self._stages, "total": time.perf_counter() - self.started}

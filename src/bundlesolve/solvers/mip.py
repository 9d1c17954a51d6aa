"""Mixed-integer programming: pairs linearised, PuLP as the modelling layer, HiGHS below."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.linearise import Linear, linearise, with_products
from bundlesolve.solvers.messages import Done, Job
from bundlesolve.solvers.report import Report, proved
from bundlesolve.solvers.scaling import Scaled, largest_worth, row_sizes, scaled
from bundlesolve.solvers.strengthen import with_row_products
from bundlesolve.stop import StopReason

ABSOLUTE_GAP = 0.99
"""Below 1, as the worth of points is whole: what is left within it is no better."""

COMFORTABLE = 1e9
"""Largest number in a row: there a tolerance of 1e-6 is above the rounding of doubles and
far below 1, so it neither breaks a kept row of whole numbers nor keeps a broken one."""

MOST_CUT = 1e8
"""Largest objective that is cut off; beyond, rounding comes near to a quarter."""

HIGHS_LIMITS = {
    "kTimeLimit": StopReason.TIME_LIMIT,
    "kSolutionLimit": StopReason.STEP_LIMIT,
    "kIterationLimit": StopReason.STEP_LIMIT,
}


@dataclass(frozen=True)
class Mip(EngineSolver):
    """Solve the linearised program with a mixed-integer engine under PuLP.

    See `bundlesolve.solvers.linearise` for the model. HiGHS starts from the best point
    known and streams points and bounds; other engines tell at the end. With a step limit
    HiGHS runs on one thread, so that equal seeds give equal searches.

    Parameters
    ----------
    engine
        PuLP's name of the engine (``pulp.listSolvers()``). Default ``"HiGHS"``.
    threads
        Threads of the engine. Default: as many as there are processors.
    presolve
        Whether HiGHS simplifies the model first. Default True.
    reduce
        Whether the engine gets what reduction leaves of the program
        (`bundlesolve.reduce.core.find_core`), or all of it. Default True.
    """

    name: ClassVar[str] = "mip"
    summary: ClassVar[str] = "linearised mixed-integer program (PuLP, HiGHS)"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("pulp", "highspy")
    step: ClassVar[str] = "one node of the search tree"

    engine: str = "HiGHS"
    threads: int | None = None
    presolve: bool = True

    def __post_init__(self) -> None:
        if not self.engine:
            raise InvalidParameter("expected the name of a PuLP engine, found ''")
        if self.threads is not None and self.threads < 1:
            raise InvalidParameter(f"expected threads >= 1, found {self.threads}")

    def refuses(self, program: Program) -> str | None:
        """Decline where the engine is unknown to PuLP or not installed."""
        if self.engine == "HiGHS":
            return None
        from bundlesolve.solvers.pulp_adapter import missing_engine

        return missing_engine(self.engine)

    @classmethod
    def load(cls) -> None:
        """Import PuLP and HiGHS."""
        import highspy  # noqa: F401 - for its side effect
        import pulp  # noqa: F401 - the same

    def work(self, job: Job, report: Report) -> Done:
        """Build, run, tell."""
        from bundlesolve.solvers.pulp_adapter import Problem

        linear = with_row_products(with_products(linearise(job.program)))
        numbers = scaled(linear, COMFORTABLE)
        start = None if job.start is None else numbers.values(linear.lift(job.start))
        problem = Problem(linear, numbers, start)
        teller = _Teller(report, numbers, linear)
        if self.engine == "HiGHS":
            return self._highs(problem, job, report, teller)
        return self._other(problem, job, report, teller)

    def _highs(self, problem: Any, job: Job, report: Report, teller: _Teller) -> Done:
        from bundlesolve.solvers.pulp_adapter import Watch, run_highs

        options: dict[str, Any] = {
            "gapRel": 0.0,
            "gapAbs": ABSOLUTE_GAP * teller.numbers.factor,
            "threads": 1 if job.steps else self.threads or usable_cpus(),
            "random_seed": job.seed,
            "presolve": "choose" if self.presolve else "off",
        }
        if report.seconds is not None:
            options["timeLimit"] = report.seconds
        if job.steps is not None:
            options["mip_max_nodes"] = job.steps
        limit = teller.objective_limit(job)
        if limit is not None:
            options["objective_bound"] = limit
        end = run_highs(problem, options, Watch(teller.point, teller.progress))
        report.note(f"HiGHS ended with {end.status} after {end.nodes} nodes")
        if end.status == "kInfeasible":
            return Done(infeasible=teller.numbers.is_whole)
        teller.progress(end.bound, end.nodes)
        return Done(limit=HIGHS_LIMITS.get(end.status))

    def _other(self, problem: Any, job: Job, report: Report, teller: _Teller) -> Done:
        from bundlesolve.solvers.pulp_adapter import Ending

        # Engines that are programs exchange files; the parent removes this folder.
        Path(os.environ["TMPDIR"]).mkdir(mode=0o700, exist_ok=True)
        outcome = problem.solve(self._pulp_solver(job, report, teller.numbers))
        if outcome.values is not None:
            teller.point(outcome.values)
        if outcome.ending is Ending.OPTIMAL and _writes_exactly(problem.linear):
            # Within the gap that was allowed, something better may be left.
            gap = ABSOLUTE_GAP * teller.numbers.factor
            teller.progress(outcome.objective - gap, 0)
        if outcome.ending is not Ending.STOPPED:
            trusted = _writes_exactly(problem.linear)
            return Done(outcome.ending is Ending.INFEASIBLE and trusted)
        return Done(
            limit=StopReason.STEP_LIMIT if job.steps is not None else StopReason.TIME_LIMIT
        )

    def _pulp_solver(self, job: Job, report: Report, numbers: Scaled) -> Any:
        from bundlesolve.solvers.pulp_adapter import make_engine

        wanted: dict[str, Any] = {
            "gapRel": 0.0,
            "gapAbs": ABSOLUTE_GAP * numbers.factor,
            "threads": 1 if job.steps else self.threads or usable_cpus(),
            "timeLimit": report.seconds,
            "maxNodes": job.steps,
            "warmStart": job.start is not None,
        }
        return make_engine(self.engine, wanted)


class _Teller:
    """Turns what the engine minimises, scaled, into our points and bounds."""

    def __init__(self, report: Report, numbers: Scaled, linear: Linear) -> None:
        self.report = report
        self.numbers = numbers
        self._constant = linear.constant
        self._worst = largest_worth(linear)

    def point(self, values: NDArray[np.float64]) -> None:
        """Tell a point given by the values of all columns."""
        self.report.point(values[: self.report.program.num_vars])

    def objective_limit(self, job: Job) -> float | None:
        """Return a value that every better point is below; None where a start says it.

        A better point is better by 1, so a quarter of it is left for rounding.
        """
        if job.cutoff is None or job.start is not None or not self.numbers.is_whole:
            return None
        worth = job.cutoff - self._constant
        if max(abs(worth), self._worst) > MOST_CUT:
            return None
        return -(worth + 0.75) * self.numbers.factor

    def progress(self, bound: float, nodes: int) -> None:
        """Tell nodes and a lower bound of the minimisation."""
        self.report.steps(nodes)
        worth = proved(-bound / self.numbers.factor, self._worst)
        if worth is not None and self.numbers.is_whole:
            self.report.bound(self._constant + worth)


def _writes_exactly(linear: Linear) -> bool:
    """Tell whether all numbers survive a file with twelve digits, tolerances included."""
    size = float(np.max(row_sizes(linear), initial=0))
    return max(size, largest_worth(linear)) <= COMFORTABLE

"""Spatial branch and cut: SCIP, which takes the products as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.linearise import Linear, linearise
from bundlesolve.solvers.messages import Done, Job
from bundlesolve.solvers.report import Report, proved
from bundlesolve.solvers.scaling import Scaled, largest_worth, row_sizes, scaled
from bundlesolve.stop import StopReason

ABSOLUTE_GAP = 0.99
"""Below 1, as the worth of points is whole: what is left within it is no better."""

EASY = 1e5
"""Largest number in rows and objective up to which SCIP's own tolerances serve. They are
relative: 1e-6 would break a budget of ten million by ten."""

TIGHT = 1e-9
"""Tolerance above `EASY`. Rows are scaled down to `SCALED` first, because no linear program
is solved to 1e-9 where activities have ten digits: SCIP then goes on for ever."""

SCALED = 1e3

LIMITS = {
    "timelimit": StopReason.TIME_LIMIT,
    "nodelimit": StopReason.STEP_LIMIT,
    "totalnodelimit": StopReason.STEP_LIMIT,
}


@dataclass(frozen=True)
class Scip(EngineSolver):
    """Solve with SCIP: the pairs are one quadratic row, ``z <= sum pair_worth x_i x_j``.

    The objective is then ``worth . x + z`` (SCIP's objectives are linear). SCIP starts from
    the best point known and streams points and bounds. It runs on one thread.

    Parameters
    ----------
    reduce
        Whether the engine gets what reduction leaves of the program
        (`bundlesolve.reduce.core.find_core`), or all of it. Default True.
    """

    name: ClassVar[str] = "scip"
    summary: ClassVar[str] = "quadratic branch and cut (SCIP)"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("pyscipopt",)
    extra: ClassVar[str | None] = "scip"
    step: ClassVar[str] = "one node of the search tree"

    @classmethod
    def load(cls) -> None:
        """Import SCIP."""
        import pyscipopt  # noqa: F401 - for its side effect

    def work(self, job: Job, report: Report) -> Done:
        """Build, run, tell."""
        linear = linearise(job.program)
        easy = _largest(linear) <= EASY
        numbers = scaled(linear, np.inf if easy else SCALED)
        model, columns, z = _build(linear, numbers)
        _set(model, numbers.factor, job, report)
        if not easy:
            model.setParam("numerics/feastol", TIGHT)
            model.setParam("numerics/dualfeastol", TIGHT)
        if job.start is not None:
            _start(model, columns, z, linear, numbers, job.start)
        elif job.cutoff is not None and easy:
            # A better point is better by 1; half of it is left for rounding.
            model.setObjlimit((job.cutoff - linear.constant + 0.5) * numbers.factor)
        teller = _Teller(model, columns[: job.program.num_vars], report, linear, numbers)
        teller.listen()
        model.optimizeNogil()
        status = model.getStatus()
        report.note(f"SCIP ended with {status} after {model.getNTotalNodes()} nodes")
        if status == "infeasible":
            return Done(infeasible=numbers.is_whole)
        teller.best()
        teller.progress()
        return Done(limit=LIMITS.get(status))


def _build(linear: Linear, numbers: Scaled) -> tuple[Any, list[Any], Any]:
    """Return the model, its columns, and ``z`` (None without pairs)."""
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    kinds = np.where(linear.is_integer, "I", "C").tolist()
    columns = [
        model.addVar("", kind, low, high, cost)
        for kind, low, high, cost in zip(
            kinds,
            numbers.lower.tolist(),
            numbers.upper.tolist(),
            numbers.worth.tolist(),
            strict=True,
        )
    ]
    for r in range(linear.num_rows):
        here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
        use = pyscipopt.quicksum(
            coef * columns[c]
            for c, coef in zip(
                linear.row_var[here].tolist(), numbers.row_coef[here].tolist(), strict=True
            )
        )
        low, high = float(numbers.row_low[r]), float(numbers.row_high[r])
        model.addCons(pyscipopt.ExprCons(use, _finite(low), _finite(high)))
    z = None
    if len(linear.pair_worth):
        worth = linear.pair_worth * numbers.factor
        low, high = float(np.minimum(worth, 0).sum()), float(np.maximum(worth, 0).sum())
        z = model.addVar("", "C", low, high, 1.0)
        pairs = zip(linear.first.tolist(), linear.second.tolist(), worth, strict=True)
        products = pyscipopt.quicksum(
            float(w) * columns[i] * columns[j] for i, j, w in pairs
        )
        model.addCons(z <= products)
    model.setMaximize()
    return model, columns, z


def _largest(linear: Linear) -> float:
    """Return the largest number that a row or the objective can come to."""
    worth = np.concatenate((linear.worth * np.maximum(linear.upper, 1), linear.pair_worth))
    total = float(np.sum(np.abs(worth * 1.0)))
    return max(total, float(np.max(row_sizes(linear), initial=0)))


def _finite(side: float) -> float | None:
    return side if np.isfinite(side) else None


def _set(model: Any, factor: float, job: Job, report: Report) -> None:
    model.setParam("limits/gap", 0.0)
    model.setParam("limits/absgap", ABSOLUTE_GAP * factor)
    model.setParam("randomization/randomseedshift", job.seed)
    # The engine process has its own ways to be interrupted.
    model.setParam("misc/catchctrlc", False)
    if report.seconds is not None:
        model.setParam("limits/time", report.seconds)
    if job.steps is not None:
        model.setParam("limits/totalnodes", job.steps)


def _start(
    model: Any,
    columns: list[Any],
    z: Any,
    linear: Linear,
    numbers: Scaled,
    start: IntArray,
) -> None:
    solution = model.createSol()
    values = numbers.values(linear.lift(start))
    for column, value in zip(columns, values.tolist(), strict=True):
        model.setSolVal(solution, column, value)
    if z is not None:
        both = start[linear.first] * start[linear.second]
        model.setSolVal(solution, z, int(linear.pair_worth @ both) * numbers.factor)
    model.addSol(solution)


class _Teller:
    """Turns SCIP's points and scaled bounds into ours, at its events and at the end."""

    def __init__(
        self,
        model: Any,
        variables: list[Any],
        report: Report,
        linear: Linear,
        numbers: Scaled,
    ) -> None:
        self._model = model
        self._variables = variables
        self._report = report
        self._constant = linear.constant
        self._factor = numbers.factor
        self._is_whole = numbers.is_whole
        self._worst = largest_worth(linear)

    def best(self) -> None:
        """Tell SCIP's best point, if it has one."""
        model = self._model
        if model.getNSols():
            best = model.getBestSol()
            self._report.point([model.getSolVal(best, v) for v in self._variables])

    def progress(self) -> None:
        """Tell nodes and bound."""
        model = self._model
        self._report.steps(model.getNTotalNodes())
        bound = model.getDualbound()
        if abs(bound) < model.infinity() and self._is_whole:
            worth = proved(bound / self._factor, self._worst)
            self._report.bound(None if worth is None else self._constant + worth)

    def listen(self) -> None:
        """Register for events; the handler's class needs SCIP, hence made here."""
        import pyscipopt

        kinds: Any = pyscipopt.SCIP_EVENTTYPE  # type: ignore[attr-defined, unused-ignore]
        found = kinds.BESTSOLFOUND
        solved = kinds.LPSOLVED  # at the root many times, after each round of cuts
        teller = self

        class Handler(pyscipopt.Eventhdlr):  # type: ignore[misc, unused-ignore]
            """Passes events on."""

            def eventinit(self) -> None:
                for kind in (found, solved):
                    self.model.catchEvent(kind, self)

            def eventexec(self, event: Any) -> None:
                if event.getType() == found:
                    teller.best()
                else:
                    teller.progress()

        self._model.includeEventhdlr(Handler(), "bundlesolve", "tells points and bounds")

"""Constraint programming with clause learning: OR-Tools CP-SAT, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.magnitude import LARGEST
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.linearise import ABOVE, Linear, linearise, with_products
from bundlesolve.solvers.messages import Done, Job
from bundlesolve.solvers.report import Report, proved
from bundlesolve.stop import StopReason

USUAL_WORKERS = 8
"""CP-SAT runs different strategies side by side; with fewer it lacks important ones."""

STEP = 1e-3
"""Deterministic seconds of CP-SAT in one step."""

RISKY_ROW = 2**31
"""Sum of Boolean coefficients from which google/or-tools#5293 can bite."""


@dataclass(frozen=True)
class CpSat(EngineSolver):
    """Solve with CP-SAT: products as Boolean variables under linear rows, streaming.

    The model is that of `bundlesolve.solvers.linearise`. The best point known is a hint
    where reduction has left it in, else what is not better is cut off. Everything is
    computed in 64-bit integers, so bounds and infeasibility need no tolerance.

    Parameters
    ----------
    threads
        Workers, each with a strategy of its own. Default: as many as there are processors,
        at least 8. With a step limit there is one, so that equal seeds give equal searches.
    reduce
        Whether the engine gets what reduction leaves of the program
        (`bundlesolve.reduce.core.find_core`), or all of it. Default True.
    """

    name: ClassVar[str] = "cpsat"
    summary: ClassVar[str] = "constraint programming (OR-Tools CP-SAT)"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("ortools",)
    step: ClassVar[str] = "a thousandth of CP-SAT's deterministic second"

    threads: int | None = None

    def __post_init__(self) -> None:
        if self.threads is not None and self.threads < 1:
            raise InvalidParameter(f"expected threads >= 1, found {self.threads}")

    @classmethod
    def load(cls) -> None:
        """Import CP-SAT."""
        from ortools.sat.python import cp_model  # noqa: F401 - for its side effect

    def work(self, job: Job, report: Report) -> Done:
        """Build, run, tell."""
        from ortools.sat.python import cp_model

        linear = with_products(linearise(job.program))
        model, columns = _build(linear)
        if job.start is not None:
            _hint(model, columns, linear, job.start)
        elif job.cutoff is not None:
            # The objective is kept negated and without the constant.
            model.proto.objective.domain.extend(
                [-LARGEST, linear.constant - job.cutoff - 1]
            )
        solver = cp_model.CpSolver()
        self._set(solver.parameters, linear, job, report)

        def bound(value: float) -> None:
            if value < ABOVE:
                report.bound(linear.constant + _whole(value))

        solver.best_bound_callback = bound
        status = solver.solve(model, _teller(columns[: job.program.num_vars], report))
        report.note(f"CP-SAT ended with {solver.status_name(status)}")
        if status == cp_model.MODEL_INVALID:
            raise ValueError(f"CP-SAT calls the model invalid: {model.validate()}")
        if status == cp_model.INFEASIBLE:
            return Done(infeasible=True)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            # Without a point the response's bound is 0, whatever that means.
            values = [solver.value(column) for column in columns[: job.program.num_vars]]
            report.point(np.array(values))
            bound(solver.best_objective_bound)
        if status == cp_model.OPTIMAL:
            return Done()
        timed = job.steps is None
        return Done(limit=StopReason.TIME_LIMIT if timed else StopReason.STEP_LIMIT)

    def _set(self, parameters: Any, linear: Linear, job: Job, report: Report) -> None:
        parameters.random_seed = job.seed
        # "Optimal" is to mean optimal.
        parameters.relative_gap_limit = 0.0
        parameters.absolute_gap_limit = 0.0
        # Level 2 takes every row of the products into the linear relaxation.
        parameters.linearization_level = 2
        parameters.num_workers = self.threads or max(USUAL_WORKERS, usable_cpus())
        if report.seconds is not None:
            parameters.max_time_in_seconds = report.seconds
        if job.steps is not None:
            parameters.max_deterministic_time = STEP * job.steps
            parameters.num_workers = 1
        if _has_risky_row(linear):
            parameters.presolve_inclusion_work_limit = 0


def _build(linear: Linear) -> tuple[Any, list[Any]]:
    """Return the model and its columns."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    bounds = zip(linear.lower.tolist(), linear.upper.tolist(), strict=True)
    columns = [
        model.new_bool_var("")
        if (low, high) == (0, 1)
        else model.new_int_var(low, high, "")
        for low, high in bounds
    ]
    begin, var, coef = (
        values.tolist() for values in (linear.row_start, linear.row_var, linear.row_coef)
    )
    sides = zip(linear.row_low.tolist(), linear.row_high.tolist(), strict=True)
    for r, (low, high) in enumerate(sides):
        here = slice(begin[r], begin[r + 1])
        use = cp_model.LinearExpr.weighted_sum([columns[c] for c in var[here]], coef[here])
        # Limits that are not there lie at the ends of int64, which CP-SAT takes as such.
        model.add_linear_constraint(use, low, high)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, linear.worth.tolist()))
    return model, columns


def _hint(model: Any, columns: list[Any], linear: Linear, start: Any) -> None:
    """Hint every variable, products too: an incomplete hint may be lost in presolve."""
    for column, value in zip(columns, linear.lift(start).tolist(), strict=True):
        model.add_hint(column, value)


def _teller(variables: list[Any], report: Report) -> Any:
    """Return a solution callback; its class needs OR-Tools, hence made here."""
    from ortools.sat.python import cp_model

    class Teller(cp_model.CpSolverSolutionCallback):  # type: ignore[misc, unused-ignore]
        """Tells every better point, and how far the clock of steps has come."""

        def on_solution_callback(self) -> None:
            report.steps(self.deterministic_time / STEP)
            report.point(np.array([self.value(variable) for variable in variables]))

    return Teller()


def _whole(bound: float) -> int:
    """Return the bound as the integer that it is: CP-SAT keeps it exactly, below 2**53."""
    value = proved(bound)
    return round(bound) if value is None or abs(bound - round(bound)) < 0.5 else value


def _has_risky_row(linear: Linear) -> bool:
    """Tell whether presolve may add up Boolean coefficients past 32 bits (issue 5293)."""
    size = np.abs(linear.row_coef.astype(np.float64))
    size[linear.upper[linear.row_var] > 1] = 0
    row_of = np.repeat(np.arange(linear.num_rows), np.diff(linear.row_start))
    return bool(np.any(np.bincount(row_of, size) >= RISKY_ROW)) if len(size) else False

"""Constraint programming with clause learning: OR-Tools CP-SAT, in whole numbers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.linearise import ABOVE, Linear, linearise
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
    """Solve with CP-SAT: products as Boolean variables under clauses, hints, streaming.

    A pair of positive worth is a Boolean ``y`` with ``y => x_i and x_j``; of negative worth
    one with the clause ``y or not x_i or not x_j``. Everything is computed in 64-bit
    integers, so bounds and infeasibility need no tolerance.

    Parameters
    ----------
    threads
        Workers, each with a strategy of its own. Default: as many as there are processors,
        at least 8. With a step limit there is one, so that equal seeds give equal searches.
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

        linear = linearise(job.program)
        model, columns = _build(linear)
        if job.start is not None:
            _hint(model, columns, linear, job.start)
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
        # The products are in clauses, which reach the linear relaxation from level 2 on; at
        # the usual 1 its bound is the sum of all worths for minutes.
        parameters.linearization_level = 2
        parameters.num_workers = self.threads or max(USUAL_WORKERS, os.cpu_count() or 1)
        if report.seconds is not None:
            parameters.max_time_in_seconds = report.seconds
        if job.steps is not None:
            parameters.max_deterministic_time = STEP * job.steps
            parameters.num_workers = 1
        if _has_risky_row(linear):
            parameters.presolve_inclusion_work_limit = 0


def _build(linear: Linear) -> tuple[Any, list[Any]]:
    """Return the model and its columns: the linear ones, then one Boolean per pair."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    bounds = zip(linear.lower.tolist(), linear.upper.tolist(), strict=True)
    columns = [
        model.new_bool_var("")
        if (low, high) == (0, 1)
        else model.new_int_var(low, high, "")
        for low, high in bounds
    ]
    products = _add_products(model, columns, linear)
    for r in range(linear.num_rows):
        here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
        use = cp_model.LinearExpr.weighted_sum(
            [columns[c] for c in linear.row_var[here].tolist()],
            linear.row_coef[here].tolist(),
        )
        # Limits that are not there lie at the ends of int64, which CP-SAT takes as such.
        low, high = int(linear.row_low[r]), int(linear.row_high[r])
        model.add_linear_constraint(use, low, high)
    columns += products
    worth = np.concatenate((linear.worth, linear.pair_worth)).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, worth))
    return model, columns


def _add_products(model: Any, columns: list[Any], linear: Linear) -> list[Any]:
    products = []
    pairs = zip(
        linear.first.tolist(),
        linear.second.tolist(),
        (linear.pair_worth > 0).tolist(),
        strict=True,
    )
    for i, j, good in pairs:
        y = model.new_bool_var("")
        products.append(y)
        if good:
            model.add_bool_and(columns[i], columns[j]).only_enforce_if(y)
        else:
            model.add_bool_or(y, ~columns[i], ~columns[j])
    return products


def _hint(model: Any, columns: list[Any], linear: Linear, start: Any) -> None:
    """Hint every variable, products too: an incomplete hint may be lost in presolve."""
    both = start[linear.first] * start[linear.second]
    values = np.concatenate((linear.lift(start)[: linear.num_columns], both))
    for column, value in zip(columns, values.tolist(), strict=True):
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

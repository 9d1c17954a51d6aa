"""CP-SAT, a Boolean for every product, hinted and told on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.solvers.linearise import Linear, linearise

SUMMARY = "CP-SAT, products as Booleans"
NEEDS = ("ortools",)
MODULES = ("ortools",)


def solve_peer(run: PeerRun) -> PeerEnd:
    """Build, hint, run with as many workers as the run has threads."""
    from ortools.sat.python import cp_model

    linear = linearise(run.program)
    model = cp_model.CpModel()
    columns = [
        model.new_int_var(low, high, "")
        for low, high in zip(linear.lower.tolist(), linear.upper.tolist(), strict=True)
    ]
    _rows(model, linear, columns)
    products = [_product(model, columns, *pair) for pair in _pairs(linear)]
    worth = np.concatenate((linear.worth, linear.pair_worth)).tolist()
    weighted_sum = cp_model.LinearExpr.weighted_sum
    model.maximize(weighted_sum([*columns, *products], worth))
    if run.start is not None:
        both = run.start[linear.first] * run.start[linear.second]
        values = np.concatenate((linear.lift(run.start)[: linear.num_columns], both))
        for column, value in zip([*columns, *products], values.tolist(), strict=True):
            model.add_hint(column, value)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = run.threads
    solver.parameters.random_seed = run.seed % (1 << 31)
    solver.parameters.max_time_in_seconds = run.remaining
    solver.best_bound_callback = lambda value: run.bound(linear.constant + value)
    variables = columns[: run.program.num_vars]
    status = solver.solve(model, _listener(run, variables))
    name = solver.status_name(status)
    if name in ("OPTIMAL", "FEASIBLE"):
        run.point([solver.value(variable) for variable in variables])
        run.bound(linear.constant + solver.best_objective_bound)
    return PeerEnd(name == "OPTIMAL", name == "INFEASIBLE", f"CP-SAT: {name}")


def _rows(model: Any, linear: Linear, columns: list[Any]) -> None:
    from ortools.sat.python import cp_model

    for r in range(linear.num_rows):
        here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
        use = cp_model.LinearExpr.weighted_sum(
            [columns[c] for c in linear.row_var[here].tolist()],
            linear.row_coef[here].tolist(),
        )
        low, high = int(linear.row_low[r]), int(linear.row_high[r])
        model.add_linear_constraint(use, low, high)


def _pairs(linear: Linear) -> zip[tuple[int, int, int]]:
    return zip(
        linear.first.tolist(),
        linear.second.tolist(),
        linear.pair_worth.tolist(),
        strict=True,
    )


def _product(model: Any, columns: list[Any], i: int, j: int, worth: int) -> Any:
    y = model.new_bool_var("")
    if worth > 0:
        model.add(y <= columns[i])
        model.add(y <= columns[j])
    else:
        model.add(y >= columns[i] + columns[j] - 1)
    return y


def _listener(run: PeerRun, variables: list[Any]) -> Any:
    from ortools.sat.python import cp_model

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc, unused-ignore]
        """Keeps the books at every better point."""

        def on_solution_callback(self) -> None:
            run.point([self.value(variable) for variable in variables])

    return Listener()

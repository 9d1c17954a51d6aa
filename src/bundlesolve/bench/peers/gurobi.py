"""Gurobi with a quadratic objective; the licence that comes with its wheel is small."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.errors import Refused
from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear, linearise
from bundlesolve.solvers.scaling import largest_worth

SUMMARY = "Gurobi, native quadratic (size-limited licence)"
NEEDS = ("gurobipy",)
MODULES = ("gurobipy",)

TOO_LARGE = 10010
"""Gurobi's error for a model that the licence does not cover."""


def solve_peer(run: PeerRun) -> PeerEnd:
    """Build by matrices, give the start, run.

    Raises
    ------
    Refused
        If the model is too large for the licence.
    """
    gurobipy: Any = import_module("gurobipy")

    linear = linearise(run.program)
    with gurobipy.Env(params={"OutputFlag": 0}) as env, gurobipy.Model(env=env) as model:
        columns = _build(model, linear)
        model.Params.Threads = run.threads
        model.Params.Seed = run.seed % 2_000_000_000
        model.Params.MIPGap = 0.0
        model.Params.MIPGapAbs = 0.99
        if run.stop.steps is not None:
            model.Params.NodeLimit = run.stop.steps
        if run.start is not None:
            columns.Start = linear.lift(run.start).astype(np.float64)
        model.Params.TimeLimit = run.remaining
        try:
            model.optimize(_listener(run, linear, columns))
        except gurobipy.GurobiError as error:
            if error.errno == TOO_LARGE:
                raise Refused("gurobi", str(error)) from None
            raise
        if model.SolCount:
            run.point(columns.X[: run.program.num_vars], int(model.NodeCount))
        run.bound(model.ObjBound, largest_worth(linear), int(model.NodeCount))
        optimal = model.Status == gurobipy.GRB.OPTIMAL
        infeasible = model.Status == gurobipy.GRB.INFEASIBLE
        return PeerEnd(optimal, infeasible, f"Gurobi: status {model.Status}")


def _build(model: Any, linear: Linear) -> Any:
    gurobipy: Any = import_module("gurobipy")
    from scipy.sparse import coo_array, csr_array

    grb = gurobipy.GRB
    columns = model.addMVar(
        linear.num_columns,
        lb=linear.lower.astype(np.float64),
        ub=linear.upper.astype(np.float64),
        vtype=np.where(linear.is_integer, grb.INTEGER, grb.CONTINUOUS),
    )
    c = linear.num_columns
    shape = (linear.num_rows, c)
    entries = (linear.row_coef.astype(np.float64), linear.row_var, linear.row_start)
    matrix = csr_array(entries, shape=shape)
    capped, floored = linear.row_high != ABOVE, linear.row_low != BELOW
    if np.any(capped):
        model.addConstr(matrix[capped] @ columns <= linear.row_high[capped])
    if np.any(floored):
        model.addConstr(matrix[floored] @ columns >= linear.row_low[floored])
    pairs = (linear.pair_worth.astype(np.float64), (linear.first, linear.second))
    products = coo_array(pairs, shape=(c, c)).tocsr()
    total = linear.worth.astype(np.float64) @ columns + float(linear.constant)
    if len(linear.pair_worth):
        total += columns @ products @ columns
    model.setObjective(total, grb.MAXIMIZE)
    return columns


def _listener(run: PeerRun, linear: Linear, columns: Any) -> Any:
    gurobipy: Any = import_module("gurobipy")

    names, m, worst = gurobipy.GRB.Callback, run.program.num_vars, largest_worth(linear)

    def listen(model: Any, where: int) -> None:
        if where == names.MIPSOL:
            nodes = int(model.cbGet(names.MIPSOL_NODCNT))
            run.point(model.cbGetSolution(columns)[:m], nodes)
            run.bound(model.cbGet(names.MIPSOL_OBJBND), worst, nodes)
        elif where == names.MIP:
            nodes = int(model.cbGet(names.MIP_NODCNT))
            run.bound(model.cbGet(names.MIP_OBJBND), worst, nodes)

    return listen

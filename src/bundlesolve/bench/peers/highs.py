"""HiGHS on the linearised program, built in one call and told on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear, linearise, with_products
from bundlesolve.solvers.scaling import largest_worth

SUMMARY = "HiGHS, pairs linearised"
NEEDS = ("highspy",)
MODULES = ("highspy",)


def solve_peer(run: PeerRun) -> PeerEnd:
    """Build by ``passModel``, give the start, run."""
    import highspy

    linear = with_products(linearise(run.program))
    make: Any = highspy.Highs
    highs = make()
    options: dict[str, Any] = {
        "output_flag": False,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.99,
        "threads": run.threads,
        "random_seed": run.seed % (1 << 31),
        "time_limit": run.remaining,
    }
    if run.stop.steps is not None:
        options["mip_max_nodes"] = run.stop.steps
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(_model(linear))
    if run.start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = linear.lift(run.start).astype(np.float64).tolist()
        highs.setSolution(solution)
    _listen(highs, run, linear)
    # What building took counts.
    highs.setOptionValue("time_limit", run.remaining)
    highs.run()
    status = highs.getModelStatus().name.removeprefix("k")
    info = highs.getInfo()
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        run.point(highs.getSolution().col_value[: run.program.num_vars])
    if np.any(linear.is_integer):
        run.bound(linear.constant + info.mip_dual_bound, largest_worth(linear))
    return PeerEnd(status == "Optimal", status == "Infeasible", f"HiGHS: {status}")


def _model(linear: Linear) -> Any:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = linear.num_columns, linear.num_rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = linear.worth.astype(np.float64)
    lp.col_lower_ = linear.lower.astype(np.float64)
    lp.col_upper_ = linear.upper.astype(np.float64)
    low, high = linear.row_low, linear.row_high
    lp.row_lower_ = np.where(low == BELOW, -highspy.kHighsInf, low.astype(np.float64))
    lp.row_upper_ = np.where(high == ABOVE, highspy.kHighsInf, high.astype(np.float64))
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = linear.num_columns, linear.num_rows
    matrix.start_ = linear.row_start.astype(np.int32)
    matrix.index_ = linear.row_var.astype(np.int32)
    matrix.value_ = linear.row_coef.astype(np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in linear.is_integer]
    return lp


def _listen(highs: Any, run: PeerRun, linear: Linear) -> None:
    worst, m = largest_worth(linear), run.program.num_vars

    def improved(event: Any) -> None:
        run.point(np.asarray(event.data_out.mip_solution)[:m], _nodes(event))

    def told(event: Any) -> None:
        bound = event.data_out.mip_dual_bound
        run.bound(linear.constant + bound, worst, _nodes(event))

    highs.cbMipImprovingSolution.subscribe(improved)
    highs.cbMipInterrupt.subscribe(told)


def _nodes(event: Any) -> int:
    return int(event.data_out.mip_node_count)

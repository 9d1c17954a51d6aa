"""SciPy's ``milp`` on the linearised program; it takes no start and tells at the end."""

from __future__ import annotations

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.solvers.linearise import ABOVE, BELOW, linearise, with_products
from bundlesolve.solvers.scaling import largest_worth

SUMMARY = "scipy.optimize.milp, pairs linearised"
NEEDS = ("scipy",)
MODULES = ("scipy",)

WORDS = {0: "optimal", 1: "limit", 2: "infeasible", 3: "unbounded", 4: "other"}


def solve_peer(run: PeerRun) -> PeerEnd:
    """Build, run."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    linear = with_products(linearise(run.program))
    shape = (linear.num_rows, linear.num_columns)
    entries = (linear.row_coef.astype(np.float64), linear.row_var, linear.row_start)
    low = np.where(linear.row_low == BELOW, -np.inf, linear.row_low.astype(np.float64))
    high = np.where(linear.row_high == ABOVE, np.inf, linear.row_high.astype(np.float64))
    rows = LinearConstraint(csr_array(entries, shape=shape), low, high)
    options: dict[str, float] = {"mip_rel_gap": 0.0, "time_limit": run.remaining}
    if run.stop.steps is not None:
        options["node_limit"] = run.stop.steps
    result = milp(
        -linear.worth.astype(np.float64),
        integrality=linear.is_integer.astype(np.int64),
        bounds=Bounds(linear.lower.astype(np.float64), linear.upper.astype(np.float64)),
        constraints=rows if linear.num_rows else (),
        options=options,
    )
    if result.x is not None:
        run.point(result.x[: run.program.num_vars])
    bound = getattr(result, "mip_dual_bound", None)
    if bound is not None:
        run.bound(linear.constant - bound, largest_worth(linear))
    words = f"milp: {WORDS.get(result.status, result.status)}"
    return PeerEnd(result.status == 0, result.status == 2, words)

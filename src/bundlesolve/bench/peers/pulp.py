"""PuLP as a user would write it: names, sums, a product variable, its default engine."""

from __future__ import annotations

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.solvers.linearise import ABOVE, BELOW, linearise

SUMMARY = "PuLP as a user would write it, CBC"
NEEDS = ("pulp",)
MODULES = ("pulp",)


def solve_peer(run: PeerRun) -> PeerEnd:
    """Write the model down, solve it, read the values."""
    import pulp

    linear = linearise(run.program)
    problem = pulp.LpProblem("bundle", pulp.LpMaximize)
    x = [
        pulp.LpVariable(f"x{c}", low, high, "Integer" if whole else "Continuous")
        for c, (low, high, whole) in enumerate(
            zip(
                linear.lower.tolist(),
                linear.upper.tolist(),
                linear.is_integer.tolist(),
                strict=True,
            )
        )
    ]
    pairs = list(
        zip(
            linear.first.tolist(),
            linear.second.tolist(),
            linear.pair_worth.tolist(),
            strict=True,
        )
    )
    y = [pulp.LpVariable(f"y{i}_{j}", 0, 1) for i, j, _ in pairs]
    problem += pulp.lpSum(w * v for w, v in zip(linear.worth.tolist(), x, strict=True)) + (
        pulp.lpSum(w * v for (_, _, w), v in zip(pairs, y, strict=True))
    )
    for (i, j, worth), product in zip(pairs, y, strict=True):
        if worth > 0:
            problem += product <= x[i]
            problem += product <= x[j]
        else:
            problem += product >= x[i] + x[j] - 1
    for r in range(linear.num_rows):
        here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
        terms = zip(
            linear.row_var[here].tolist(), linear.row_coef[here].tolist(), strict=True
        )
        use = pulp.lpSum(coef * x[c] for c, coef in terms)
        low, high = int(linear.row_low[r]), int(linear.row_high[r])
        if high != ABOVE:
            problem += use <= high
        if low != BELOW:
            problem += use >= low
    if run.start is not None:
        both = run.start[linear.first] * run.start[linear.second]
        values = np.concatenate((linear.lift(run.start)[: linear.num_columns], both))
        for variable, value in zip([*x, *y], values.tolist(), strict=True):
            variable.setInitialValue(value)
    # The default engine of PuLP 3; without it, HiGHS.
    engine = pulp.PULP_CBC_CMD if hasattr(pulp, "PULP_CBC_CMD") else pulp.HiGHS
    options = {"msg": False, "timeLimit": run.remaining, "threads": run.threads}
    problem.solve(engine(warmStart=run.start is not None, **options))
    found = [variable.varValue for variable in x]
    if not any(value is None for value in found):
        run.point(found[: run.program.num_vars])
    optimal = problem.sol_status == pulp.LpSolutionOptimal
    infeasible = problem.status == pulp.LpStatusInfeasible and run.objective is None
    return PeerEnd(optimal, infeasible, f"PuLP: {pulp.LpSolution[problem.sol_status]}")

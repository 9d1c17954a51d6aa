"""SCIP with the products as they are, in a row: its objectives are linear."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear, linearise
from bundlesolve.solvers.scaling import largest_worth

SUMMARY = "SCIP, native quadratic"
NEEDS = ("pyscipopt",)
MODULES = ("pyscipopt",)


def solve_peer(run: PeerRun) -> PeerEnd:
    """Build, give the start, run with SCIP's own settings but for the gap."""
    import pyscipopt

    linear = linearise(run.program)
    model = pyscipopt.Model()
    model.hideOutput()
    columns = _columns(model, linear)
    _rows(model, linear, columns)
    z = _products(model, linear, columns)
    model.setMaximize()
    model.setParam("limits/time", run.remaining)
    model.setParam("limits/absgap", 0.99)
    model.setParam("randomization/randomseedshift", run.seed % (1 << 31))
    if run.stop.steps is not None:
        model.setParam("limits/totalnodes", run.stop.steps)
    if run.start is not None:
        _start(model, run, linear, columns, z)
    model.includeEventhdlr(_listener(run, linear, columns), "books", "keeps the books")
    model.optimize()
    _tell(model, run, linear, columns)
    status = model.getStatus()
    optimal = status in ("optimal", "gaplimit")
    return PeerEnd(optimal, status == "infeasible", f"SCIP: {status}")


def _columns(model: Any, linear: Linear) -> list[Any]:
    kinds = np.where(linear.is_integer, "I", "C").tolist()
    rows = zip(
        kinds,
        linear.lower.tolist(),
        linear.upper.tolist(),
        linear.worth.tolist(),
        strict=True,
    )
    return [
        model.addVar(
            "", "B" if (kind, low, high) == ("I", 0, 1) else kind, low, high, worth
        )
        for kind, low, high, worth in rows
    ]


def _rows(model: Any, linear: Linear, columns: list[Any]) -> None:
    import pyscipopt

    for r in range(linear.num_rows):
        here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
        terms = zip(linear.row_var[here].tolist(), linear.row_coef[here], strict=True)
        use = pyscipopt.quicksum(float(coef) * columns[c] for c, coef in terms)
        low, high = int(linear.row_low[r]), int(linear.row_high[r])
        sides = (None if low == BELOW else low, None if high == ABOVE else high)
        model.addCons(pyscipopt.ExprCons(use, *sides))


def _products(model: Any, linear: Linear, columns: list[Any]) -> Any:
    import pyscipopt

    if not len(linear.pair_worth):
        return None
    z = model.addVar("", "C", None, None, 1.0)
    pairs = zip(
        linear.first.tolist(),
        linear.second.tolist(),
        linear.pair_worth.tolist(),
        strict=True,
    )
    products = pyscipopt.quicksum(float(w) * columns[i] * columns[j] for i, j, w in pairs)
    model.addCons(z <= products)
    return z


def _start(model: Any, run: PeerRun, linear: Linear, columns: list[Any], z: Any) -> None:
    assert run.start is not None
    solution = model.createSol()
    values = linear.lift(run.start)
    for column, value in zip(columns, values.tolist(), strict=True):
        model.setSolVal(solution, column, value)
    if z is not None:
        both = run.start[linear.first] * run.start[linear.second]
        model.setSolVal(solution, z, int(linear.pair_worth @ both))
    model.addSol(solution)


def _tell(model: Any, run: PeerRun, linear: Linear, columns: list[Any]) -> None:
    nodes = int(model.getNTotalNodes())
    if model.getNSols():
        best = model.getBestSol()
        values = [model.getSolVal(best, c) for c in columns[: run.program.num_vars]]
        run.point(values, nodes)
    bound = model.getDualbound()
    if abs(bound) < model.infinity():
        run.bound(linear.constant + bound, largest_worth(linear), nodes)


def _listener(run: PeerRun, linear: Linear, columns: list[Any]) -> Any:
    import pyscipopt

    kinds: Any = vars(pyscipopt)["SCIP_EVENTTYPE"]  # its stubs do not list it
    found, solved = kinds.BESTSOLFOUND, kinds.NODESOLVED

    class Listener(pyscipopt.Eventhdlr):  # type: ignore[misc, unused-ignore]
        """Keeps the books at every better point and solved node."""

        def eventinit(self) -> None:
            for kind in (found, solved):
                self.model.catchEvent(kind, self)

        def eventexec(self, event: Any) -> None:
            _tell(self.model, run, linear, columns)

    return Listener()

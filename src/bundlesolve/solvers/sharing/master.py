"""The linear program over known sets, and the sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.solvers.sharing.decisions import Decisions
from bundlesolve.solvers.sharing.stock import SharedStock, Sides


class Pool:
    """Sets that bundles of each kind may hold, each once."""

    def __init__(self, stock: SharedStock) -> None:
        self.stock = stock
        self._sets: list[list[Sides]] = [[] for _ in stock.copies]
        self._seen: list[set[bytes]] = [set() for _ in stock.copies]

    def add(self, k: int, inside: Sides) -> bool:
        """Keep a set; return True if it is new."""
        key = inside.tobytes()
        if key in self._seen[k]:
            return False
        self._seen[k].add(key)
        self._sets[k].append(inside)
        return True

    def __len__(self) -> int:
        """Return how many sets there are."""
        return sum(len(sets) for sets in self._sets)

    def sets(self, k: int) -> Sides:
        """Return the sets of a kind. Shape ``[c, n]``."""
        if not self._sets[k]:
            return np.zeros((0, self.stock.num_items), dtype=np.int8)
        return np.array(self._sets[k], dtype=np.int8)


@dataclass(frozen=True)
class Packed:
    """A solution of the linear program.

    Parameters
    ----------
    value
        Its worth, without the constant.
    prices, rent
        Duals of the items and of the kinds. Shapes ``[n]``, ``[k]``.
    weights
        Of each column of the program. Shape ``[c]``.
    """

    value: float
    prices: Floats
    rent: Floats
    weights: Floats


class Master:
    """The set packing program over sets that a node's decisions allow, solved by HiGHS.

        max  sum_kc worth_kc w_kc   s.t.  sum_kc [i in c] w_kc <= 1 (= 1 for some items),
        sum_c w_kc <= copies_k,  w >= 0

    Parameters
    ----------
    stock, decisions
        The bundles and what the node has decided.
    """

    def __init__(self, stock: SharedStock, decisions: Decisions) -> None:
        import highspy

        self.stock, self.decisions = stock, decisions
        self.kinds: list[int] = []
        self.columns: list[Sides] = []
        self._inf = highspy.kHighsInf
        self._highs: Any = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0)
        n, count = stock.num_items, len(stock.copies)
        least = np.full(n + count, -self._inf)
        least[list(decisions.must)] = 1.0
        most = np.concatenate((np.ones(n), stock.copies.astype(np.float64)))
        for low, high in zip(least, most, strict=True):
            self._highs.addRow(low, high, 0, none, nothing)
        # What a row that must be met may cost where no known set meets it.
        self._lack = 1.0 + float(np.abs(stock.worth).max(initial=0))
        self._lack += float(np.abs(stock.pair).sum(axis=2).max(initial=0))
        self._lack *= n
        for i in sorted(decisions.must):
            self._column(-self._lack, np.array([i], dtype=np.int32))
        self._spare = len(decisions.must)

    def _column(self, cost: float, rows: Ints) -> None:
        rows = rows.astype(np.int32)
        self._highs.addCol(cost, 0.0, self._inf, len(rows), rows, np.ones(len(rows)))

    def add(self, k: int, sets: Sides) -> None:
        """Add sets of a kind, which the decisions must allow."""
        for inside, worth in zip(sets, self.stock.worths(k, sets), strict=True):
            rows = np.append(np.flatnonzero(inside), self.stock.num_items + k)
            self._column(float(worth), rows)
            self.kinds.append(k)
            self.columns.append(inside)

    def solve(self) -> Packed:
        """Return the best weights of the sets so far, and the duals."""
        import highspy

        self._highs.run()
        solution, n = self._highs.getSolution(), self.stock.num_items
        duals = np.array(solution.row_dual, dtype=np.float64)
        weights = np.array(solution.col_value, dtype=np.float64)[self._spare :]
        value = float(self._highs.getInfo().objective_function_value)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            value = -np.inf
        return Packed(value, duals[:n], np.maximum(duals[n:], 0.0), weights)

    def within(self, keep: NDArray[np.bool_], must: list[int]) -> Packed:
        """Return the solution with some columns alone; all come back afterwards.

        Parameters
        ----------
        keep
            True for the columns that stay. Shape ``[c]``.
        must
            Items that must be in some bundle besides.
        """
        self._limit(np.where(keep, self._inf, 0.0), must, 1.0)
        found = self.solve()
        self._limit(np.full(len(keep), self._inf), must, -self._inf)
        return found

    def _limit(self, upper: Floats, must: list[int], least: float) -> None:
        count = len(upper)
        at = np.arange(self._spare, self._spare + count, dtype=np.int32)
        self._highs.changeColsBounds(count, at, np.zeros(count), upper)
        for i in must:
            self._highs.changeRowBounds(i, least, 1.0)

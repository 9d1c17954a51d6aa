"""The linear program over known sets, and the sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.types import Floats
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
        self.stock, self.decisions = stock, decisions
        self.kinds: list[int] = []
        self.columns: list[Sides] = []
        self._worths: list[float] = []
        # What an item that must be in may cost where no known set holds it.
        lack = 1.0 + float(np.abs(stock.worth).max(initial=0))
        lack += float(np.abs(stock.pair).sum(axis=2).max(initial=0))
        self._lack = lack * stock.num_items

    def add(self, k: int, sets: Sides) -> None:
        """Add sets of a kind, which the decisions must allow."""
        self.kinds += [k] * len(sets)
        self.columns += list(sets)
        self._worths += self.stock.worths(k, sets).tolist()

    def solve(self) -> Packed:
        """Return the best weights of the sets so far, and the duals."""
        every = np.ones(len(self.columns), dtype=np.bool_)
        return self.within(every, self.decisions)

    def within(self, keep: NDArray[np.bool_], decisions: Decisions) -> Packed:
        """Return the solution with some columns alone.

        Parameters
        ----------
        keep
            True for the columns that stay. Shape ``[c]``.
        decisions
            Which items must be in some bundle.
        """
        from scipy.optimize import linprog

        n, kinds = self.stock.num_items, len(self.stock.copies)
        at = np.flatnonzero(keep)
        must = np.array(sorted(decisions.must), dtype=np.int64)
        rows = np.zeros((n + kinds, len(at) + len(must)))
        if len(at):
            rows[:n, : len(at)] = np.array(self.columns)[at].T
            rows[n + np.array(self.kinds)[at], np.arange(len(at))] = 1.0
        rows[must, len(at) + np.arange(len(must))] = 1.0
        worth = np.array(self._worths, dtype=np.float64)[at]
        cost = np.concatenate((-worth, np.full(len(must), self._lack)))
        limit = np.concatenate((np.ones(n), self.stock.copies.astype(np.float64)))
        free = np.ones(n + kinds, dtype=np.bool_)
        free[must] = False
        prices, weights = np.zeros(n + kinds), np.zeros(len(self.columns))
        if not len(cost):
            return Packed(0.0, prices[:n], prices[n:], weights)
        equal = (rows[~free], limit[~free]) if len(must) else (None, None)
        found = linprog(cost, rows[free], limit[free], *equal, method="highs")
        if found.status != 0:
            return Packed(-np.inf, prices[:n], prices[n:], weights)
        prices[free] = -found.ineqlin.marginals
        if len(must):
            prices[~free] = -found.eqlin.marginals
        weights[at] = found.x[: len(at)]
        rent = np.maximum(prices[n:], 0.0)
        return Packed(-float(found.fun), prices[:n], rent, weights)

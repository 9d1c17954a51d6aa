"""Many bundles over one catalogue: tables by bundle and item, pairs and limits kept once.

    maximise   sum_k copies_k ( sum_i utility_ki x_ki + sum_p worth_p x_ki x_kj )
    subject to sum_i coef_ri x_ki <= limit_kr          for each bundle k and row r
               sum_k copies_k x_ki <= stock_i          for each item i
               x_ki in {0, 1},  0 where it is not allowed

A `Program` of ``K`` bundles holds every pair and every row ``K`` times; this does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category, Conflict, Exclude, Limit, Scope

LEAST_BUNDLES = 10
LEAST_CELLS = 5_000
"""Bundles, and bundles times items, from which on an instance is looked at this way."""
MOST_ENTRIES = 50_000_000
"""Most entries of the table of limits, bundles times rows."""
CHUNK = 64
"""Bundles whose pairs are looked up at a time."""


@dataclass(frozen=True, eq=False)
class Segments:
    """An instance of many bundles that ask for packings only; see the module's formula.

    Parameters
    ----------
    instance
        What it was made of.
    utility
        Worth of an item in a bundle. Shape ``[K, n]``.
    allowed
        1 where an item may be in a bundle. Shape ``[K, n]``, bytes.
    copies
        Copies of each bundle. Shape ``[K]``.
    first, second, worth
        The pairs, none worth 0. Shape ``[p]`` each.
    row_start, row_item, row_coef
        The rows, coefficients positive; limits on different bundles that weigh alike are
        one row. Shapes ``[r + 1]``, ``[e]``, ``[e]``.
    limit
        What each bundle may use of each row; the sum of all coefficients where the row
        does not bind. Shape ``[K, r]``.
    stock
        Units there are for all copies of all bundles; where nothing is said, as many as
        all could take. Shape ``[n]``.
    """

    instance: Instance
    utility: IntArray
    allowed: NDArray[np.uint8]
    copies: IntArray
    first: IntArray
    second: IntArray
    worth: IntArray
    row_start: IntArray
    row_item: IntArray
    row_coef: IntArray
    limit: IntArray
    stock: IntArray

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of bundles and items, ``(K, n)``."""
        return self.instance.num_bundles, self.instance.n

    @property
    def num_rows(self) -> int:
        """Number of rows ``r``."""
        return len(self.row_start) - 1

    def encode(self, units: ArrayLike) -> IntArray:
        """Return the point of ``units``: shape ``[K, n]`` to ``[K n]``."""
        x: IntArray = (np.asarray(units, dtype=np.int64) >= 1).astype(np.int64)
        return x.reshape(-1)

    def decode(self, x: IntArray) -> IntArray:
        """Return the units of a point; shape ``[K n]`` to ``[K, n]``."""
        return np.asarray(x, dtype=np.int64).reshape(self.shape)

    def objective(self, x: IntArray) -> int:
        """Return the exact worth of a point."""
        table, total = x.reshape(self.shape), 0
        for k in range(0, len(table), CHUNK):
            part = table[k : k + CHUNK]
            one = (self.utility[k : k + CHUNK] * part).sum(axis=1)
            one += (part[:, self.first] * part[:, self.second]) @ self.worth
            total += int(self.copies[k : k + CHUNK] @ one)
        return total

    def use(self, x: IntArray) -> IntArray:
        """Return what each bundle uses of each row. Shape ``[K, r]``."""
        table = x.reshape(self.shape)
        used = np.zeros((len(table), self.num_rows), dtype=np.int64)
        for r in range(self.num_rows):
            entries = slice(int(self.row_start[r]), int(self.row_start[r + 1]))
            used[:, r] = table[:, self.row_item[entries]] @ self.row_coef[entries]
        return used

    def is_feasible(self, x: IntArray) -> bool:
        """Tell whether a point keeps stock, rows and what is allowed."""
        table = x.reshape(self.shape)
        if np.any(table < 0) or np.any(table > self.allowed):
            return False
        if np.any(self.copies @ table > self.stock):
            return False
        return not bool(np.any(self.use(x) > self.limit))


def segments_of(instance: Instance) -> Segments | None:
    """Return the view of an instance of many bundles, None where it has no such view.

    Taken are at least `LEAST_BUNDLES` bundles and `LEAST_CELLS` cells, one unit of an item
    in a copy of a bundle, and hard limits that an empty bundle keeps: budgets of each
    bundle at most, their amounts not negative; categories at most; conflicts; exclusions.
    """
    shape = (instance.num_bundles, instance.n)
    if shape[0] < LEAST_BUNDLES or shape[0] * shape[1] < LEAST_CELLS:
        return None
    rows = _rows(instance)
    if rows is None or shape[0] * len(rows[0]) > MOST_ENTRIES:
        return None
    coefs, limit = rows
    most = np.array([instance.unit_limits(k) for k in range(shape[0])])
    if np.any(most > 1):
        return None
    for rule in instance.rules:
        if isinstance(rule, Exclude):
            most[list(rule.applies_to(shape[0])), rule.item] = 0
    for r, coef in enumerate(coefs):
        # Whoever does not fit alone never fits.
        most[(coef[None, :] > limit[:, r, None])] = 0
    utility = np.tile(instance.utility, (shape[0], 1))
    for k, bundle in enumerate(instance.bundles):
        utility[k, bundle.utility.items] = bundle.utility.values
    copies = np.array([bundle.copies for bundle in instance.bundles], dtype=np.int64)
    stock = np.full(shape[1], int(copies.sum()), dtype=np.int64)
    stock[instance.stock.items] = np.minimum(
        instance.stock.values, stock[instance.stock.items]
    )
    pairs = instance.synergies
    kept = pairs.worth != 0
    items = [np.flatnonzero(coef) for coef in coefs]
    empty = np.zeros(0, dtype=np.int64)
    return Segments(
        instance,
        utility,
        most.astype(np.uint8),
        copies,
        pairs.first[kept],
        pairs.second[kept],
        pairs.worth[kept],
        np.cumsum([0, *map(len, items)], dtype=np.int64),
        np.concatenate([empty, *items]),
        np.concatenate([empty, *(c[i] for c, i in zip(coefs, items, strict=True))]),
        limit,
        stock,
    )


def _rows(instance: Instance) -> tuple[list[IntArray], IntArray] | None:
    """Return the different rows, dense, and each bundle's limits; None for other limits."""
    coefs: list[IntArray] = []
    limits: list[IntArray] = []
    known: dict[bytes, int] = {}
    for limit in instance.limits:
        if isinstance(limit, Exclude) and limit.penalty is None:
            continue
        row = _packing(limit, instance.n)
        if row is None:
            return None
        coef, most = row
        number = known.setdefault(coef.tobytes(), len(coefs))
        if number == len(coefs):
            coefs.append(coef)
            limits.append(np.full(instance.num_bundles, coef.sum(), dtype=np.int64))
        where = list(limit.applies_to(instance.num_bundles))
        limits[number][where] = np.minimum(limits[number][where], most)
    shape = (len(limits), instance.num_bundles)
    table = np.array(limits, dtype=np.int64).reshape(shape)
    return coefs, np.ascontiguousarray(table.T)


def _packing(limit: Limit, n: int) -> tuple[IntArray, int] | None:
    """Return coefficients and limit of a packing row, None for any other limit."""
    if limit.penalty is not None:
        return None
    coef = np.zeros(n, dtype=np.int64)
    if isinstance(limit, Conflict):
        coef[limit.items] = 1
        return coef, 1
    if isinstance(limit, Category):
        coef[limit.items] = 1
    elif isinstance(limit, Budget) and limit.scope is Scope.BUNDLE:
        coef += limit.per_item.to_dense(n) + limit.per_unit.to_dense(n)
    else:
        return None
    if limit.at_least is not None and limit.at_least > 0:
        return None
    if limit.at_most is None or limit.at_most < 0 or np.any(coef < 0):
        return None
    return coef, limit.at_most

"""The canonical form every solver sees: bounded integers, pair worths, rows.

    maximise   constant + sum_v worth[v] x[v] + sum_p pair_worth[p] x[i_p] x[j_p]
               - sum_{soft rows r} penalty[r] * violation_r(x)
    subject to lower <= x <= upper,  low[r] <= a_r . x <= high[r] for every hard row

``violation_r(x)`` is how far ``a_r . x`` lies outside ``low[r] .. high[r]``. A row with one
limit only has its smallest or largest possible activity on the other side, so both sides
always are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.blocks import blocks_of, row_sums
from bundlesolve.model.frozen import Frozen, IntArray, integers
from bundlesolve.model.ladders import Ladders
from bundlesolve.model.magnitude import LARGEST, absolute_sum
from bundlesolve.model.origins import Origin

MANY_PAIRS = 100_000
"""Pairs from which on an objective looks only at those of variables that are not 0."""
CHUNK = 10_000
"""Variables whose pairs it looks at at a time."""


def _empty() -> IntArray:
    return integers([])


@dataclass(frozen=True, eq=False)
class Program(Frozen):
    """Integer quadratic program with bounded variables; see the module's formula.

    Parameters
    ----------
    lower, upper
        Bounds of the ``m`` variables. Shape ``[m]``.
    worth
        Linear worth. Shape ``[m]``.
    pair_first, pair_second
        Variables of each pair, first < second, sorted, each pair once; both variables
        have bounds within 0..1. Shape ``[p]``.
    pair_worth
        Worth of the pair, not 0. Shape ``[p]``.
    row_start
        Where each row starts in ``row_var`` and ``row_coef``. Shape ``[r + 1]``.
    row_var, row_coef
        Variables (ascending in a row) and coefficients (not 0) of the rows.
    row_low, row_high
        Limits of each row's activity; a missing side is the activity's own extreme.
        Shape ``[r]``.
    row_soft
        1 for a row that may be broken, 0 for a hard one. Shape ``[r]``.
    row_penalty
        Worth lost per unit of violation of a soft row (0 for a hard one). Shape ``[r]``.
    ladders
        Groups of variables with equal coefficients in every row and falling worth (the
        steps of an item's extra units), the most worthy first: filling them in order
        never loses.
    origins
        The rule behind each row, ``r`` of them; may be empty when nobody asks.
    constant
        Worth of the empty point's fixed part. Default 0.
    """

    lower: IntArray
    upper: IntArray
    worth: IntArray
    pair_first: IntArray = field(default_factory=_empty)
    pair_second: IntArray = field(default_factory=_empty)
    pair_worth: IntArray = field(default_factory=_empty)
    row_start: IntArray = field(default_factory=lambda: integers([0]))
    row_var: IntArray = field(default_factory=_empty)
    row_coef: IntArray = field(default_factory=_empty)
    row_low: IntArray = field(default_factory=_empty)
    row_high: IntArray = field(default_factory=_empty)
    row_soft: IntArray = field(default_factory=_empty)
    row_penalty: IntArray = field(default_factory=_empty)
    ladders: Sequence[tuple[int, ...]] = ()
    origins: Sequence[Origin] = ()
    constant: int = 0

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            object.__setattr__(self, name, integers(getattr(self, name), name))
        m, p, r = self.num_vars, self.num_pairs, self.num_rows
        for names, size in ((_VARS, m), (_PAIRS, p), (_ROWS, r)):
            for name in names:
                if len(getattr(self, name)) != size:
                    values = len(getattr(self, name))
                    raise InvalidInstance(f"{size} values", values, name)
        if np.any(self.lower > self.upper):
            v = int(np.flatnonzero(self.lower > self.upper)[0])
            found = f"{self.lower[v]} > {self.upper[v]}"
            raise InvalidInstance("lower <= upper", found, f"variable {v}")
        ends = (self.pair_first, self.pair_second)
        binary = self.is_binary
        if not (bool(binary.all()) or all(bool(binary[end].all()) for end in ends)):
            raise InvalidInstance("pairs of 0-1 variables", "a wider one", "pair_first")
        largest = np.maximum(np.abs(self.lower), np.abs(self.upper))
        worst = absolute_sum(self.worth, largest) + absolute_sum(self.pair_worth)
        use = np.zeros(r)
        for rows, part, start in self.blocks():
            terms = np.abs(self.row_coef[part]).astype(np.float64)
            terms *= largest[self.row_var[part]]
            of = np.repeat(np.arange(len(start) - 1), np.diff(start))
            use[rows] += np.bincount(of, terms, minlength=len(start) - 1)
        use += np.maximum(np.abs(self.row_low), np.abs(self.row_high))
        if np.any(use >= LARGEST):
            row = int(np.argmax(use))
            raise InvalidInstance("a use below 2**53", use[row], f"row {row}")
        worst += int(np.sum(use * self.row_penalty))
        if worst + abs(self.constant) >= LARGEST:
            raise InvalidInstance("a worth below 2**53", worst, "worth")

    @property
    def num_vars(self) -> int:
        """Number of variables ``m``."""
        return len(self.lower)

    @property
    def num_pairs(self) -> int:
        """Number of pairs ``p``."""
        return len(self.pair_worth)

    @property
    def num_rows(self) -> int:
        """Number of rows ``r``."""
        return len(self.row_start) - 1

    @cached_property
    def row_of(self) -> IntArray:
        """Row of each entry of ``row_var`` and ``row_coef``."""
        return np.repeat(np.arange(self.num_rows), np.diff(self.row_start))

    @cached_property
    def is_binary(self) -> NDArray[np.bool_]:
        """True where the bounds lie within 0..1. Shape ``[m]``."""
        return (self.lower >= 0) & (self.upper <= 1)

    @property
    def box_size(self) -> float:
        """Number of points within the bounds; ``inf`` when too many to tell."""
        with np.errstate(over="ignore"):
            return float(np.prod((self.upper - self.lower + 1).astype(np.float64)))

    def row(self, r: int) -> slice:
        """Where row ``r`` stands in ``row_var`` and ``row_coef``."""
        return slice(int(self.row_start[r]), int(self.row_start[r + 1]))

    @cached_property
    def activity_range(self) -> tuple[IntArray, IntArray]:
        """Smallest and largest activity of each row within the bounds, ``[r]`` each."""
        least, most = np.zeros((2, self.num_rows), dtype=np.int64)
        for rows, part, start in self.blocks():
            coef, var = self.row_coef[part], self.row_var[part]
            at_low, at_high = coef * self.lower[var], coef * self.upper[var]
            least[rows] += row_sums(np.minimum(at_low, at_high), start)
            most[rows] += row_sums(np.maximum(at_low, at_high), start)
        return least, most

    def activity(self, x: IntArray) -> IntArray:
        """Return ``a_r . x`` of every row. Shape ``[r]``."""
        activity = np.zeros(self.num_rows, dtype=np.int64)
        for rows, part, start in self.blocks():
            terms = self.row_coef[part] * x[self.row_var[part]]
            activity[rows] += row_sums(terms, start)
        return activity

    def blocks(self) -> Iterator[tuple[slice, slice, IntArray]]:
        """Yield some rows, their entries, where each starts in these; see `blocks_of`."""
        return blocks_of(self.row_start)

    def violation(self, x: IntArray) -> IntArray:
        """Return how far each row's activity lies outside its limits. Shape ``[r]``."""
        activity = self.activity(x)
        over = np.maximum(activity - self.row_high, 0)
        return np.asarray(over + np.maximum(self.row_low - activity, 0))

    def is_feasible(self, x: IntArray) -> bool:
        """Tell whether ``x`` keeps its bounds and every hard row."""
        if np.any(x < self.lower) or np.any(x > self.upper):
            return False
        return not bool(np.any(self.violation(x)[self.row_soft == 0]))

    def objective(self, x: IntArray) -> int:
        """Return the exact objective of a point, penalties subtracted."""
        total = self.constant + int(self.worth @ x)
        first, second, worth = self.pair_first, self.pair_second, self.pair_worth
        if len(worth) >= MANY_PAIRS:
            there = np.flatnonzero(x)
            for begin in range(0, len(there), CHUNK):
                inside = self._pairs_from(there[begin : begin + CHUNK])
                total += int(worth[inside] @ (x[first[inside]] * x[second[inside]]))
        else:
            total += int(worth @ (x[first] * x[second]))
        if np.any(self.row_soft):
            total -= int(self.row_penalty @ self.violation(x))
        return total

    def _pairs_from(self, first: IntArray) -> IntArray:
        """Return the pairs whose first variable is one of these, ascending."""
        begin = np.searchsorted(self.pair_first, first)
        count = np.searchsorted(self.pair_first, first, side="right") - begin
        before = np.cumsum(count) - count
        step: IntArray = np.arange(int(count.sum()))
        return np.asarray(step + np.repeat(begin - before, count))

    @cached_property
    def _rungs(self) -> tuple[IntArray, IntArray, IntArray]:
        """Variables of each two neighbouring steps of a ladder, and the ladder."""
        return Ladders.of(self.ladders).rungs

    def keep_rows(self, kept: np.ndarray) -> Program:
        """Return the program with some of its rows only, which forget their rules.

        Parameters
        ----------
        kept
            True for the rows to keep. Shape ``[r]``.
        """
        lengths = np.diff(self.row_start)
        entries = np.repeat(kept, lengths)
        start = np.zeros(int(np.count_nonzero(kept)) + 1, dtype=np.int64)
        np.cumsum(lengths[kept], out=start[1:])
        return self.replace(
            row_start=start,
            row_var=self.row_var[entries],
            row_coef=self.row_coef[entries],
            row_low=self.row_low[kept],
            row_high=self.row_high[kept],
            row_soft=self.row_soft[kept],
            row_penalty=self.row_penalty[kept],
            origins=(),
        )

    def canonical(self, x: IntArray) -> IntArray:
        """Return ``x`` with every ladder filled from its first step on."""
        below, above, ladder_of = self._rungs
        ahead = (x[below] < self.upper[below]) & (x[above] > 0)
        # A step that can hold nothing hides its neighbours from one another.
        ahead |= self.upper[below] == 0
        if not np.any(ahead):
            return x
        x = x.copy()
        for number in np.unique(ladder_of[ahead]).tolist():
            ladder = self.ladders[number]
            left = int(sum(x[v] for v in ladder))
            for v in ladder:
                x[v] = min(left, int(self.upper[v]))
                left -= int(x[v])
        return x


_VARS = ("lower", "upper", "worth")
_PAIRS = ("pair_first", "pair_second", "pair_worth")
_ROWS = ("row_low", "row_high", "row_soft", "row_penalty")
_ARRAYS = (*_VARS, *_PAIRS, "row_start", "row_var", "row_coef", *_ROWS)

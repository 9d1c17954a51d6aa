"""The rows of a program while they are being made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from bundlesolve.model.blocks import blocks_of, row_sums
from bundlesolve.model.frozen import IntArray, hand_over
from bundlesolve.model.lazy import Joined
from bundlesolve.model.origins import Origin

ABSENT = np.iinfo(np.int64).min
"""A side that a row does not have; every true one is smaller in size than ``2**53``."""
HARD = -1
"""The penalty of a row that may not be broken."""

Chunk = list[int] | IntArray


class Columns(TypedDict):
    """The row fields of a `Program`."""

    row_start: IntArray
    row_var: IntArray
    row_coef: IntArray
    row_low: IntArray
    row_high: IntArray
    row_soft: IntArray
    row_penalty: IntArray
    origins: Sequence[Origin]


class Column:
    """A column in chunks: few numbers are gathered in lists, arrays kept as they are."""

    __slots__ = ("chunks",)

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    def add(self, values: Chunk) -> None:
        """Add numbers to the end; an array must not change any more."""
        if isinstance(values, np.ndarray):
            self.chunks.append(values)
            return
        if not self.chunks or isinstance(self.chunks[-1], np.ndarray):
            self.chunks.append([])
        last = self.chunks[-1]
        assert isinstance(last, list)
        last += values

    def extend(self, other: Column) -> None:
        """Add all numbers of another column."""
        for chunk in other.chunks:
            self.add(chunk)

    def array(self) -> IntArray:
        """Return all numbers."""
        arrays = [np.asarray(chunk, dtype=np.int64) for chunk in self.chunks]
        if len(arrays) == 1:
            return hand_over(arrays[0])
        return hand_over(np.concatenate(arrays) if arrays else np.zeros(0, np.int64))


class RowBuilder:
    """Collects rows; `columns` gives them in the form of a `Program`."""

    def __init__(self) -> None:
        self._length, self._var, self._coef = Column(), Column(), Column()
        self._low, self._high, self._penalty = Column(), Column(), Column()
        self._origins: list[Sequence[Origin]] = []

    def add(
        self,
        variables: Chunk,
        coefs: Chunk,
        low: int | None,
        high: int | None,
        penalty: int | None,
        origin: Origin,
    ) -> None:
        """Add ``low <= coefs . x <= high``; variables ascending, coefficients not 0."""
        self._length.add([len(variables)])
        self._var.add(variables)
        self._coef.add(coefs)
        self._low.add([ABSENT if low is None else low])
        self._high.add([ABSENT if high is None else high])
        self._penalty.add([HARD if penalty is None else penalty])
        self._origins.append((origin,))

    def add_hard(
        self,
        length: IntArray,
        variables: IntArray,
        coefs: IntArray,
        high: IntArray,
        origins: Sequence[Origin],
    ) -> None:
        """Add hard rows ``coefs . x <= high``, of ``length`` entries each."""
        if len(length) == 0:
            return
        self._length.add(length)
        self._var.add(variables)
        self._coef.add(coefs)
        self._low.add(np.full(len(length), ABSENT))
        self._high.add(high)
        self._penalty.add(np.full(len(length), HARD))
        self._origins.append(origins)

    def extend(self, other: RowBuilder) -> None:
        """Add all rows of another builder."""
        self._length.extend(other._length)
        self._var.extend(other._var)
        self._coef.extend(other._coef)
        self._low.extend(other._low)
        self._high.extend(other._high)
        self._penalty.extend(other._penalty)
        self._origins += other._origins

    def columns(self, lower: IntArray, upper: IntArray) -> Columns:
        """Return the rows; a missing side becomes the activity's extreme."""
        length = self._length.array()
        start = np.zeros(len(length) + 1, dtype=np.int64)
        np.cumsum(length, out=start[1:])
        var, coef = self._var.array(), self._coef.array()
        least, most = np.zeros((2, len(length)), dtype=np.int64)
        for rows, part, first in blocks_of(start):
            some, these = coef[part], var[part]
            at_low, at_high = some * lower[these], some * upper[these]
            least[rows] += row_sums(np.minimum(at_low, at_high), first)
            most[rows] += row_sums(np.maximum(at_low, at_high), first)
        low, high = self._low.array(), self._high.array()
        no_low, no_high = low == ABSENT, high == ABSENT
        # A limit out of the activity's reach pulls the missing side with it, so that
        # low <= high unless the rule itself says otherwise.
        row_low = np.where(no_low, np.where(no_high, least, np.minimum(least, high)), low)
        row_high = np.where(no_high, np.where(no_low, most, np.maximum(most, low)), high)
        penalty = self._penalty.array()
        return Columns(
            row_start=hand_over(start),
            row_var=var,
            row_coef=coef,
            row_low=hand_over(row_low),
            row_high=hand_over(row_high),
            row_soft=hand_over((penalty != HARD).astype(np.int64)),
            row_penalty=hand_over(np.maximum(penalty, 0)),
            origins=self._names(),
        )

    def _names(self) -> Sequence[Origin]:
        """Return the origins, those of single rows side by side."""
        parts: list[Sequence[Origin]] = []
        single: list[Origin] = []
        for some in self._origins:
            if isinstance(some, tuple):
                single += some
                continue
            if single:
                parts.append(tuple(single))
                single = []
            parts.append(some)
        if not parts:
            return tuple(single)
        return Joined([*parts, tuple(single)] if single else parts)

"""The rows of a program while they are being made."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Origin


class Columns(TypedDict):
    """The row fields of a `Program`."""

    row_start: IntArray
    row_var: IntArray
    row_coef: IntArray
    row_low: IntArray
    row_high: IntArray
    row_soft: IntArray
    row_penalty: IntArray
    origins: tuple[Origin, ...]


class RowBuilder:
    """Collects rows; `columns` gives them in the form of a `Program`."""

    def __init__(self) -> None:
        self._start = [0]
        self._var: list[int] = []
        self._coef: list[int] = []
        self._sides: list[tuple[int | None, int | None]] = []
        self._penalty: list[int | None] = []
        self._origins: list[Origin] = []

    def add(
        self,
        variables: list[int],
        coefs: list[int],
        low: int | None,
        high: int | None,
        penalty: int | None,
        origin: Origin,
    ) -> None:
        """Add ``low <= coefs . x <= high``; variables ascending, coefficients not 0."""
        self._var += variables
        self._coef += coefs
        self._start.append(len(self._var))
        self._sides.append((low, high))
        self._penalty.append(penalty)
        self._origins.append(origin)

    def add_terms(
        self,
        terms: list[tuple[int, int]],
        low: int | None,
        high: int | None,
        penalty: int | None,
        origin: Origin,
    ) -> None:
        """Add a row from (variable, coefficient) in any order, zeros left out."""
        kept = sorted(term for term in terms if term[1])
        self.add([v for v, _ in kept], [c for _, c in kept], low, high, penalty, origin)

    def extend(self, other: RowBuilder) -> None:
        """Add all rows of another builder."""
        shift = self._start.pop()
        self._start += [shift + start for start in other._start]
        self._var += other._var
        self._coef += other._coef
        self._sides += other._sides
        self._penalty += other._penalty
        self._origins += other._origins

    def columns(self, lower: IntArray, upper: IntArray) -> Columns:
        """Return the rows; a missing side becomes the activity's extreme."""
        start = np.array(self._start, dtype=np.int64)
        var = np.array(self._var, dtype=np.int64)
        coef = np.array(self._coef, dtype=np.int64)
        at_low, at_high = coef * lower[var], coef * upper[var]
        least = _sums(np.minimum(at_low, at_high), start)
        most = _sums(np.maximum(at_low, at_high), start)
        # A limit out of the activity's reach pulls the missing side with it, so that
        # low <= high unless the rule itself says otherwise.
        low = [
            min(a, a if h is None else h) if lo is None else lo
            for (lo, h), a in zip(self._sides, least, strict=True)
        ]
        high = [
            max(b, b if lo is None else lo) if h is None else h
            for (lo, h), b in zip(self._sides, most, strict=True)
        ]
        return Columns(
            row_start=start,
            row_var=var,
            row_coef=coef,
            row_low=np.array(low, dtype=np.int64),
            row_high=np.array(high, dtype=np.int64),
            row_soft=np.array([p is not None for p in self._penalty], dtype=np.int64),
            row_penalty=np.array([p or 0 for p in self._penalty], dtype=np.int64),
            origins=tuple(self._origins),
        )


def _sums(terms: IntArray, start: IntArray) -> list[int]:
    running = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(terms, out=running[1:])
    sums: list[int] = (running[start[1:]] - running[start[:-1]]).tolist()
    return sums

"""What further units of items are worth, in three arrays however many items there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import overload

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.frozen import IntArray, integers

OneItem = tuple[int, tuple[int, ...]]


class ExtraWorths(Sequence[OneItem]):
    """``(item, worths)`` by ascending item; equal to the tuple of these pairs.

    Parameters
    ----------
    items
        Item numbers. Shape ``[e]``.
    start
        Where each item's worths start. Shape ``[e + 1]``.
    worths
        Worth of the second, third, ... unit of each item, one item after the other.

    Raises
    ------
    InvalidInstance
        If the shapes do not fit each other, items do not ascend, an item has no worth, or
        worths increase.
    """

    __slots__ = ("items", "start", "worths")

    def __init__(self, items: IntArray, start: IntArray, worths: IntArray) -> None:
        place = "$.items[*].extra_utility"
        self.items, self.start = integers(items, place), integers(start, place)
        self.worths = integers(worths, place)
        ends = (self.start[0], self.start[-1]) if len(self.start) else (0, -1)
        if len(self.start) != len(self.items) + 1 or ends != (0, len(self.worths)):
            raise InvalidInstance("starts of each item's worths", len(self.start), place)
        for row in np.flatnonzero(np.diff(self.items, prepend=-1) <= 0)[:1].tolist():
            raise InvalidInstance("items ascending", int(self.items[row]), place)
        for row in np.flatnonzero(np.diff(self.start) < 1)[:1].tolist():
            place = f"$.items[{self.items[row]}].extra_utility"
            raise InvalidInstance("one worth or more", "none", place)
        rises = np.flatnonzero(np.diff(self.worths) > 0) + 1
        for at in np.setdiff1d(rises, self.start)[:1].tolist():
            row = int(np.searchsorted(self.start, at, side="right")) - 1
            item, found = self[row]
            place = f"$.items[{item}].extra_utility"
            raise InvalidInstance("worths that never increase", list(found), place)

    @classmethod
    def of(cls, pairs: Iterable[OneItem], n: int) -> ExtraWorths:
        """Return pairs as arrays; items must be in ``0..n-1``."""
        if isinstance(pairs, ExtraWorths):
            if len(pairs) and int(pairs.items[-1]) >= n:
                _wrong(int(pairs.items[-1]), n)
            return pairs
        clean = [(int(i), tuple(int(w) for w in worths)) for i, worths in pairs]
        last = -1
        for item, worths in clean:
            if not last < item < n:
                _wrong(item, n)
            last = item
            place = f"$.items[{item}].extra_utility"
            if not worths:
                raise InvalidInstance("one worth or more", "none", place)
            if len(worths) > 1 and any(a < b for a, b in pairwise(worths)):
                raise InvalidInstance("worths that never increase", list(worths), place)
            if not -(2**63) <= min(worths) <= max(worths) < 2**63:
                raise InvalidInstance("64-bit integers", list(worths), place)
        start = np.zeros(len(clean) + 1, dtype=np.int64)
        np.cumsum([len(worths) for _, worths in clean], out=start[1:])
        flat = np.fromiter(chain.from_iterable(w for _, w in clean), np.int64)
        made = cls.__new__(cls)  # as checked as its own constructor would
        made.items = integers(np.array([i for i, _ in clean], dtype=np.int64))
        made.start, made.worths = integers(start), integers(flat)
        return made

    def of_item(self, item: int) -> tuple[int, ...]:
        """Return the worths of an item; ``(0,)`` where it has none."""
        row = int(np.searchsorted(self.items, item))
        if row == len(self.items) or int(self.items[row]) != item:
            return (0,)
        return self[row][1]

    @property
    def largest(self) -> IntArray:
        """Largest size of a worth of each item: that of the first or the last. ``[e]``."""
        first, last = self.worths[self.start[:-1]], self.worths[self.start[1:] - 1]
        return np.maximum(np.abs(first), np.abs(last))

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> OneItem: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[OneItem, ...]: ...

    def __getitem__(self, at: int | slice) -> OneItem | tuple[OneItem, ...]:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        worths = self.worths[self.start[row] : self.start[row + 1]]
        return int(self.items[row]), tuple(worths.tolist())

    def __iter__(self) -> Iterator[OneItem]:
        worths, edges = self.worths.tolist(), pairwise(self.start.tolist())
        for item, (start, end) in zip(self.items.tolist(), edges, strict=True):
            yield item, tuple(worths[start:end])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ExtraWorths):
            return all(
                np.array_equal(getattr(self, name), getattr(other, name))
                for name in self.__slots__
            )
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type[ExtraWorths], tuple[IntArray, ...]]:
        return ExtraWorths, (self.items, self.start, self.worths)

    def __repr__(self) -> str:
        return repr(tuple(self))


def _wrong(item: int, n: int) -> None:
    place = f"$.items[{item}].extra_utility"
    raise InvalidInstance(f"items ascending in 0..{n - 1}", item, place)

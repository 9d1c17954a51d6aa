"""Groups of variables that are filled in order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np

from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.lazy import Lazy


class Ladders(Lazy[tuple[int, ...]]):
    """Ladders in two arrays; equal to the tuple of tuples of their variables.

    Parameters
    ----------
    start
        Where each ladder starts. Shape ``[l + 1]``.
    var
        Variables of the ladders, one after the other.
    """

    __slots__ = ("start", "var")

    def __init__(self, start: IntArray, var: IntArray) -> None:
        self.start, self.var = integers(start), integers(var)

    @classmethod
    def of(cls, ladders: Iterable[tuple[int, ...]]) -> Ladders:
        """Return ladders as arrays."""
        if isinstance(ladders, Ladders):
            return ladders
        listed = list(ladders)
        start = np.zeros(len(listed) + 1, dtype=np.int64)
        np.cumsum([len(ladder) for ladder in listed], out=start[1:])
        return cls(start, np.fromiter(chain.from_iterable(listed), np.int64))

    @property
    def rungs(self) -> tuple[IntArray, IntArray, IntArray]:
        """Variables of each two neighbouring steps, and the ladder they belong to."""
        ladder = np.repeat(np.arange(len(self)), np.diff(self.start))
        same = ladder[1:] == ladder[:-1]
        return self.var[:-1][same], self.var[1:][same], ladder[1:][same]

    def __len__(self) -> int:
        return len(self.start) - 1

    def part(self, at: int) -> tuple[int, ...]:
        """Return the variables of one ladder."""
        return tuple(self.var[self.start[at] : self.start[at + 1]].tolist())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ladders):
            return np.array_equal(self.start, other.start) and np.array_equal(
                self.var, other.var
            )
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type[Ladders], tuple[IntArray, IntArray]]:
        return Ladders, (self.start, self.var)

"""Many ids or names in one text, a sixth of the memory of as many Python strings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.lazy import Lazy

MANY = 10_000
"""Names from which on an instance keeps them in one text."""
CHUNK = 10_000
"""Names that are made at a time."""
ENCODING = ("utf-8", "surrogatepass")
"""JSON may hold half a surrogate pair, which must come back as it was."""


class Names(Lazy[str]):
    """Names one after the other; equal to the tuple of them.

    Parameters
    ----------
    start
        Where each name starts in ``text``, and where the last one ends. Shape ``[n + 1]``.
    text
        All names, encoded (``ENCODING``).
    """

    __slots__ = ("start", "text")

    def __init__(self, start: IntArray, text: bytes) -> None:
        self.start, self.text = integers(start), text

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Return names in one text."""
        if isinstance(names, Names):
            return names
        text = "".join(names)
        if text.isascii():
            lengths = np.fromiter(map(len, names), np.int64, len(names))
        else:
            each = (len(name.encode(*ENCODING)) for name in names)
            lengths = np.fromiter(each, np.int64, len(names))
        start = np.zeros(len(names) + 1, dtype=np.int64)
        np.cumsum(lengths, out=start[1:])
        return cls(start, text.encode(*ENCODING))

    def __len__(self) -> int:
        return len(self.start) - 1

    def part(self, at: int) -> str:
        """Return the name at a place."""
        return self.text[self.start[at] : self.start[at + 1]].decode(*ENCODING)

    def __iter__(self) -> Iterator[str]:
        text = self.text
        for first in range(0, len(self), CHUNK):
            ends = self.start[first : first + CHUNK + 1].tolist()
            for begin, end in pairwise(ends):
                yield text[begin:end].decode(*ENCODING)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Names):
            return self.text == other.text and np.array_equal(self.start, other.start)
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type[Names], tuple[IntArray, bytes]]:
        return Names, (self.start, self.text)

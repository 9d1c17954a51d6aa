"""Long lists of small records that are made only when somebody looks at one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Generic, TypeVar, overload

Part = TypeVar("Part")


class Lazy(Sequence[Part]):
    """A sequence equal to the tuple of its parts; `part` makes one."""

    __slots__ = ()

    @abstractmethod
    def part(self, at: int) -> Part:
        """Return the part at a place in ``0..len - 1``."""

    @overload
    def __getitem__(self, at: int) -> Part: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Part, ...]: ...

    def __getitem__(self, at: int | slice) -> Part | tuple[Part, ...]:
        if isinstance(at, slice):
            return tuple(map(self.part, range(*at.indices(len(self)))))
        return self.part(range(len(self))[at])

    def __iter__(self) -> Iterator[Part]:
        return map(self.part, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Lazy | tuple):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"


class Joined(Lazy[Part], Generic[Part]):
    """Several sequences one after the other.

    Parameters
    ----------
    parts
        The sequences; none of them may change any more.
    """

    __slots__ = ("_size", "parts")

    def __init__(self, parts: Sequence[Sequence[Part]]) -> None:
        self.parts = tuple(parts)
        self._size = sum(map(len, self.parts))

    def __len__(self) -> int:
        return self._size

    def part(self, at: int) -> Part:
        """Return the part at a place."""
        for some in self.parts:
            if at < len(some):
                return some[at]
            at -= len(some)
        raise IndexError(at)

    def __iter__(self) -> Iterator[Part]:
        return chain.from_iterable(self.parts)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Joined) and self.parts == other.parts:
            return True
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type[Joined[Part]], tuple[Sequence[Sequence[Part]]]]:
        return Joined, (self.parts,)

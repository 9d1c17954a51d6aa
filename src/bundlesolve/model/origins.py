"""The rule behind each row of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.lazy import Lazy


class Origin(NamedTuple):
    """The rule that made a row.

    ``kind`` is ``budgets``, ``categories``, ``rules``, ``stock`` or ``units`` (the link of
    extra units to "is in"); ``bundle`` and ``item`` are numbers where one is meant.
    """

    kind: str
    name: str
    bundle: int | None = None
    item: int | None = None


class ItemOrigins(Lazy[Origin]):
    """Origins of rows that each are about one item, named after it.

    Parameters
    ----------
    kind
        Kind of all of them.
    names
        Ids of all items of the instance.
    cells
        Cell ``k * n + i`` of each row, or its item ``i`` where rows are about all bundles.
    in_bundles
        Whether each row is about one bundle.
    """

    __slots__ = ("cells", "in_bundles", "kind", "names")

    def __init__(
        self, kind: str, names: Sequence[str], cells: IntArray, in_bundles: bool
    ) -> None:
        self.kind, self.names, self.cells = kind, names, cells
        self.in_bundles = in_bundles

    def __len__(self) -> int:
        return len(self.cells)

    def part(self, at: int) -> Origin:
        """Return the origin of a row."""
        k, i = divmod(int(self.cells[at]), len(self.names))
        return Origin(self.kind, self.names[i], k if self.in_bundles else None, i)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ItemOrigins):
            return (
                (self.kind, self.in_bundles) == (other.kind, other.in_bundles)
                and np.array_equal(self.cells, other.cells)
                and (self.names is other.names or self.names == other.names)
            )
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(
        self,
    ) -> tuple[type[ItemOrigins], tuple[str, Sequence[str], IntArray, bool]]:
        return ItemOrigins, (self.kind, self.names, self.cells, self.in_bundles)

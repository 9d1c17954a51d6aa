"""A bundle to be filled: a page, a basket, a customer segment's assortment."""

from __future__ import annotations

from dataclasses import dataclass, field

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import Frozen


@dataclass(frozen=True, eq=False)
class Bundle(Frozen):
    """One of the bundles an instance asks for.

    Parameters
    ----------
    id
        How the user calls it; unique in an instance. Default ``"bundle"``.
    copies
        How many copies of it are made: its worth counts that often and so does what it
        takes from stock. Default 1.
    utility
        Worth of the first unit of an item *in this bundle*, where it differs from the
        instance's. Default: nowhere.
    """

    id: str = "bundle"
    copies: int = 1
    utility: Amounts = field(default_factory=Amounts)

    def __post_init__(self) -> None:
        place = f"$.bundles[{self.id!r}]"
        if not self.id:
            raise InvalidInstance("a bundle id", "an empty text", place)
        if self.copies < 1:
            raise InvalidInstance("copies of 1 or more", self.copies, place)

"""What matrix factorisations share: a vector a customer, a vector an item."""

from __future__ import annotations

from dataclasses import dataclass

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.neighbours import CollaborativeFilter
from bundlesolve.model.frozen import IntArray


@dataclass
class FactorModel(CollaborativeFilter):
    """Scores ``u_h . v_i``; a subclass fits ``users_`` and ``items_``.

    Parameters
    ----------
    size
        Numbers a customer and an item. Default 32.
    seed
        Of what is drawn. Default 0.
    """

    size: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        for field in ("size", "rounds"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")

    def scores(self, customer: IntArray) -> FloatArray:
        """Return the products. Shape ``[q, n]``."""
        learned = self.learned()
        product: FloatArray = learned["users_"][customer] @ learned["items_"].T
        return product

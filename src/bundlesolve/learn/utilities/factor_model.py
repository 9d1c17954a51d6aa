"""What matrix factorisations share: a vector a customer, a vector an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.model import check_above
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


@dataclass
class LeastSquaresFactors(FactorModel):
    """Factors by weighted least squares (Hu, Koren, Volinsky, ICDM 2008).

    With ``x_hi`` = 1 if customer ``h`` ever bought item ``i``, in ``c_hi`` baskets, ::

        sum_hi (1 + weight * log(1 + c_hi)) * (x_hi - u_h . v_i)^2
            + ridge * (sum_h |u_h|^2 + sum_i |v_i|^2)

    is made small; a subclass says how.

    Parameters
    ----------
    weight
        How much more a purchase counts than none. Default 5.
    ridge
        Default 5.
    """

    formula: ClassVar[str] = "logit P_hi = a + b u_h . v_i + c logit p_i"

    weight: float = 5.0
    ridge: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_above(self, "weight")
        check_above(self, "ridge")

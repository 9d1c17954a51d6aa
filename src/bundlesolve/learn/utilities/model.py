"""What a utility model is: the chance of each item to be bought, and by whom."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST = 1e-7
"""No purchase is impossible."""


@dataclass
class UtilityModel(ABC):
    """Learns the chance that a basket holds an item; worth is chance times margin.

    The conventions are scikit-learn's: parameters are given at birth and kept as they
    are, ``fit`` returns the model, what it learned are attributes whose names end in
    ``_``. These are arrays and plain values only, so that ``save_model`` needs no pickle.
    A subclass is a dataclass of its parameters.
    """

    name: ClassVar[str]
    """How `UTILITIES` calls it."""
    summary: ClassVar[str]
    """One line for people."""
    formula: ClassVar[str]
    """What it computes, in one line, for the model card."""
    personal: ClassVar[bool] = True
    """Whether it tells customers apart."""

    @abstractmethod
    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Learn from sales.

        Parameters
        ----------
        receipts
            The past, and nothing else.
        catalogue
            The same items in the same order; prices and costs complete.
        """

    @abstractmethod
    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the chance that a basket holds each item.

        Parameters
        ----------
        customer
            Numbers as in the receipts, -1 for a new one. Default None: of a basket of
            anybody.

        Returns
        -------
        FloatArray
            In (0, 1). Shape ``[n]``, or ``[len(customer), n]``.
        """

    def features(self, customer: IntArray) -> FloatArray:
        """Return what a basket model may weigh anew: log chances. ``[F, q, n]``."""
        return np.log(self.predict(customer))[None]

    def history(self, customer: IntArray) -> csr_matrix | None:
        """Return ``log(1 + times bought)``, for a basket model; None: not known."""
        return None

    def taste(self, customer: IntArray) -> FloatArray | None:
        """Return ``log(P_hi / p_i)``, for a basket model; None: not known."""
        return None

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> FloatArray:
        """Return the worth of each item in money per 1,000 baskets. Shape ``[n]``.

        ::

            u_i = 1000 * P(i in basket) * (price_i - cost_i)
        """
        self.fit(receipts, catalogue)
        return 1000.0 * self.predict() * catalogue.margin

    def fresh(self) -> Self:
        """Return a model with these parameters that has learned nothing."""
        fields = [f.name for f in dataclasses.fields(self) if f.init]
        return type(self)(**{name: getattr(self, name) for name in fields})

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def learned(self) -> dict[str, Any]:
        """Return what ``fit`` learned, by name; empty before.

        Arrays, or values that JSON has.
        """
        return {k: v for k, v in vars(self).items() if k.endswith("_")}


def chances(values: FloatArray) -> FloatArray:
    """Return values as chances, away from 0 and 1."""
    return np.clip(values, LEAST, 1 - LEAST)


def check_above(model: object, name: str, least: float = 0.0) -> None:
    """Raise unless a parameter is a number above ``least``.

    Raises
    ------
    InvalidParameter
        Naming the parameter and what it is.
    """
    value = getattr(model, name)
    if not least < value < np.inf:
        raise InvalidParameter(f"{name}: expected a number above {least}, found {value}")

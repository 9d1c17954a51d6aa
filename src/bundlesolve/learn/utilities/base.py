"""What a utility estimator is."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions


@runtime_checkable
class UtilityEstimator(Protocol):
    """Learns what each item is worth on its own.

    An estimator is a frozen dataclass of its own parameters; it keeps nothing between
    calls and draws no random numbers that its parameters do not seed.

    Parameters
    ----------
    name
        How the command line and the model card call it.
    formula
        What it computes, in one line, for the model card.
    """

    name: ClassVar[str]
    formula: ClassVar[str]

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> FloatArray:
        """Return the worth of each item in money per 1,000 baskets. Shape ``[n]``.

        Parameters
        ----------
        receipts
            The sales to learn from.
        catalogue
            The same items in the same order; prices and costs complete.
        """
        ...

"""What a synergy estimator is, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import Frozen, IntArray


@dataclass(frozen=True, eq=False)
class PairWorths(Frozen):
    """Learned pairs, each once, sorted by ``(first, second)``.

    Parameters
    ----------
    first, second
        Item numbers, ``first < second``. Shape ``[p]``.
    strength
        The estimator's own measure, without money; the sign is the worth's when the
        items earn something. Shape ``[p]``.
    baskets
        Receipts that hold both. Shape ``[p]``.
    worth
        Money per 1,000 baskets. Shape ``[p]``.
    error
        Standard error of the worth, from the number of baskets alone. Shape ``[p]``.
        Default None: not estimated.
    """

    first: IntArray
    second: IntArray
    strength: FloatArray
    baskets: IntArray
    worth: FloatArray
    error: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.first)


@runtime_checkable
class SynergyEstimator(Protocol):
    """Learns what each pair is worth beyond its two items; sparse, of any sign.

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

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> PairWorths:
        """Return the pairs that are worth something together.

        Parameters
        ----------
        receipts
            The sales to learn from.
        catalogue
            The same items in the same order; prices and costs complete.
        """
        ...

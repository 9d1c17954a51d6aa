"""A synergy model that speaks of strengths; here they become few, signed, and money."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.synergies.base import PairWorths
from bundlesolve.learn.synergies.candidates import candidates
from bundlesolve.learn.synergies.counts import PairCounts, count
from bundlesolve.learn.synergies.plackett import fit_slope, joint_share
from bundlesolve.learn.synergies.sparse import strongest
from bundlesolve.learn.synergies.support import item_customers
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

MOST_DENSE = 20_000
"""Beyond this many items dense ``n x n`` matrices no longer fit an ordinary machine."""
HELD_OUT = 0.2
"""Share of the baskets, the latest, on which strengths are calibrated."""

LEAST_CUSTOMERS = 5
"""Fewer people than this are never behind a learned pair unless the user says so."""

MONEY = (
    "s_ij = 1000 * (joint(P_i, P_j, beta * w_ij) - P_i * P_j) * (margin_i + margin_j) / 2"
)
"""How strengths become money, for the model card."""
LEAST_SEEN = 100
"""Joint baskets of the held-out part with which a slope can be told."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Chosen pairs, sorted by ``(first, second)``: item numbers, strengths, baskets."""

    first: IntArray
    second: IntArray
    strength: FloatArray
    baskets: IntArray

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, kw_only=True)
class PairModel(ABC):
    """Learns how much one item in a basket speaks for another.

    A subclass gives `weights`, any of them, of any sign. From there all is shared:

    1. The two directions are averaged, pairs need evidence, and of those the strongest
       are kept, at most ``pairs_per_item`` an item.
    2. *Calibration*: a slope ``beta`` turns strengths ``w_ij`` into log odds ratios. The
       model is fitted to the earlier 80 % of the baskets, and ``beta`` is such that the
       joint baskets of its pairs in the later 20 % are most likely (`fit_slope`); a
       model that overfits gets a small one. Where these are fewer than 100, all baskets
       serve for both. Then the model is fitted to all baskets.
    3. *Money* per 1,000 baskets, `joint_share` being that of two items alone::

           c_ij = joint_share(p_i, p_j, beta * w_ij) - p_i * p_j
           s_ij = 1000 * c_ij * (margin_i + margin_j) / 2

       ``c_ij`` is the share of baskets by which joint purchases exceed those of
       unconnected items; the extra sales are half the one item's, half the other's.

    Parameters
    ----------
    pairs_per_item
        Most pairs an item keeps, the strongest. Default 20.
    least_baskets
        Joint baskets behind a pair, seen or expected of unconnected items. Default 5.
    least_customers
        Different customers behind a pair (k-anonymity): behind a positive one those who
        bought both items on one receipt, behind a negative one those of the less bought
        item. Default 5. Receipts of unknown customers count as *one* customer together;
        where no receipt tells its customer, each counts as one.
    """

    name: ClassVar[str]
    """How `SYNERGIES` calls it."""
    summary: ClassVar[str]
    """One line for people."""
    formula: ClassVar[str]
    """What it computes, in one line, for the model card."""
    money: ClassVar[str] = MONEY
    """How its strengths become money, for the model card."""
    needs_evidence: ClassVar[bool] = True
    """False for a model that speaks of items which were hardly sold."""

    from_counts: ClassVar[bool] = False
    """Whether `weights` reads the counts alone, so that these may be noisy."""

    pairs_per_item: int = 20
    least_baskets: int = 5
    least_customers: int = LEAST_CUSTOMERS

    def __post_init__(self) -> None:
        for field in ("pairs_per_item", "least_baskets", "least_customers"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")

    @abstractmethod
    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix | FloatArray:
        """Return ``W[j, i]``: how much ``j`` in a basket speaks for ``i``.

        Parameters
        ----------
        receipts
            The past.
        catalogue
            The same items in the same order.
        counts
            All pairs of the receipts.

        Returns
        -------
        csr_matrix | FloatArray
            Zero diagonal. Shape ``[n, n]``.
        """

    def pairs(
        self,
        receipts: Transactions,
        catalogue: Catalogue,
        counts: PairCounts | None = None,
    ) -> Pairs:
        """Return the strongest pairs that have evidence.

        Parameters
        ----------
        counts
            All pairs of the receipts, where they are known. Default: counted.
        """
        counts = count(receipts) if counts is None else counts
        weights = self.weights(receipts, catalogue, counts)
        return self.choose(weights, receipts, counts)

    def choose(
        self,
        weights: csr_matrix | FloatArray,
        receipts: Transactions,
        counts: PairCounts,
    ) -> Pairs:
        """Return the strongest of given weights that have evidence."""
        return self._chosen(weights, counts, item_customers(receipts))

    def _chosen(
        self, weights: csr_matrix | FloatArray, counts: PairCounts, each: IntArray
    ) -> Pairs:
        least = self.least_baskets if self.needs_evidence else 0
        first, second, strength = candidates(
            weights, counts, least, 4 * self.pairs_per_item
        )
        seen, people = counts.look_up(first, second)
        size = np.abs(strength)
        if self.needs_evidence:
            alone = np.minimum(each[first], each[second])
            behind = np.where(strength > 0, people, alone)
            size[behind < self.least_customers] = 0.0
        kept = strongest(first, second, size, self.pairs_per_item)
        return Pairs(first[kept], second[kept], strength[kept], seen[kept])

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> PairWorths:
        """Return the pairs that are worth something together, in money."""
        return self.priced(receipts, catalogue)

    def priced(
        self,
        receipts: Transactions,
        catalogue: Catalogue,
        share: FloatArray | None = None,
    ) -> PairWorths:
        """Return pairs in money, see the class, at given purchase chances.

        Parameters
        ----------
        share
            Chance that a coming basket holds each item, as a utility model foretells it.
            Shape ``[n]``. Default: the receipts' shares.
        """
        slope = self.slope(receipts, catalogue)
        counts = count(receipts)
        pairs = self.pairs(receipts, catalogue, counts)
        return self._in_money(pairs, slope, counts, catalogue, share)

    def priced_privately(
        self,
        receipts: Transactions,
        catalogue: Catalogue,
        counts: PairCounts,
        share: FloatArray | None = None,
    ) -> PairWorths:
        """Return pairs in money learned from given counts and nothing else.

        The slope is that of the counts themselves; customers behind a pair, and an item,
        are their baskets in the counts.

        Parameters
        ----------
        counts
            Of `Privacy`, say.
        share
            As in `priced`; not made private here.

        Raises
        ------
        InvalidParameter
            If the model reads more of the receipts than counts.
        """
        if not self.from_counts:
            expected = "a synergy model of counts alone under differential privacy"
            raise InvalidParameter(f"epsilon: expected {expected}, found {self.name}")
        weights = self.weights(receipts, catalogue, counts)
        pairs = self._chosen(weights, counts, counts.single)
        return self._in_money(pairs, _slope(pairs, counts), counts, catalogue, share)

    def _in_money(
        self,
        pairs: Pairs,
        slope: float,
        counts: PairCounts,
        catalogue: Catalogue,
        share: FloatArray | None,
    ) -> PairWorths:
        share = counts.share if share is None else share
        a, b = share[pairs.first], share[pairs.second]
        both = joint_share(a, b, slope * pairs.strength)
        margin = catalogue.margin
        money = 1000.0 * (margin[pairs.first] + margin[pairs.second]) / 2
        error = np.abs(money) * np.sqrt(both * (1 - both) / max(counts.m, 1))
        log.info("%s: %d pairs, slope %.4g", self.name, len(pairs), slope)
        # Nine digits: see `partial_correlations`.
        worth = np.round(money * (both - a * b), 9)
        return PairWorths(
            pairs.first, pairs.second, pairs.strength, pairs.baskets, worth, error
        )

    def slope(self, receipts: Transactions, catalogue: Catalogue) -> float:
        """Return ``beta``, from strengths of earlier and counts of later baskets."""
        early = earlier(receipts)
        past, future = receipts.some(early), receipts.some(~early)
        if past.m and future.m:
            pairs, later = self.pairs(past, catalogue), count(future)
            seen, _ = later.look_up(pairs.first, pairs.second)
            if seen.sum() >= LEAST_SEEN:
                return _slope(pairs, later)
        # Too little to hold anything back: better a hopeful slope than none.
        everything = count(receipts)
        return _slope(self.pairs(receipts, catalogue, everything), everything)


def _slope(pairs: Pairs, later: PairCounts) -> float:
    seen, _ = later.look_up(pairs.first, pairs.second)
    a, b = later.share[pairs.first], later.share[pairs.second]
    return fit_slope(pairs.strength, a, b, seen, later.m)


def earlier(receipts: Transactions, share: float = 1 - HELD_OUT) -> NDArray[np.bool_]:
    """Return True for the earlier baskets; without times, for the first ones."""
    if receipts.time is None:
        return np.arange(receipts.m) < share * receipts.m
    age = History(receipts).age
    early = np.zeros(receipts.m, dtype=bool)
    order = np.lexsort((np.arange(receipts.m), -age))
    early[order[: int(share * receipts.m)]] = True
    return early


def check_dense(name: str, n: int) -> None:
    """Raise if ``n`` items are too many for dense matrices.

    Raises
    ------
    InvalidParameter
        If there are more than `MOST_DENSE`.
    """
    if n > MOST_DENSE:
        expected = f"at most {MOST_DENSE} items for dense matrices"
        raise InvalidParameter(f"{name}: expected {expected}, found {n}")

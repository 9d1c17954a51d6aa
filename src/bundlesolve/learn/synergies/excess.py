"""Synergy as a forecast of how much more often two items will be bought together."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.past_futures import past_futures, toward
from bundlesolve.learn.synergies.base import PairWorths
from bundlesolve.learn.synergies.counts import PairCounts, count, symmetric
from bundlesolve.learn.synergies.lift import never_met
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.synergies.sparse import strongest
from bundlesolve.learn.synergies.support import item_customers
from bundlesolve.learn.synergies.weighted import joint_shares
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

FADES = (None, 0.1, 0.3)
"""All baskets, and recent ones: about a month and a quarter in a year."""

SIGNIFICANCE = 3.0
"""Standard deviations by which a pair that was never met is missed."""


@dataclass(frozen=True, kw_only=True)
class Excess(PairModel):
    """The excess of joint purchases that the past foretells, least squares in money.

    With ``e_ij(f) = p_ij(f) - p_i(f) p_j(f)`` the excess in baskets that fade by 1/e in a
    share ``f`` of the data's span, and ``L_ij = (n_ij + k) / (m p_i p_j + k)`` the shrunk
    lift of all of them::

        c_ij = theta_0 e_ij + theta_1 e_ij(0.1) + theta_2 e_ij(0.3)
               + theta_3 (L_ij - 1) P_i P_j
        s_ij = 1000 * c_ij * (margin_i + margin_j) / 2

    ``theta`` is that which, after 50, 60, 70 and 80 % of the baskets, would have foretold
    the *money* of the next 20 % with the least squared error, drawn a little to lift
    alone. This is the number by which decisions are judged (`LaterWorth`), so the
    strongest pairs are those of largest money, not of largest correlation: popular items
    that are bought in the same large baskets count too. A pair never met counts where it
    was to be expected (`never_met`, 3 standard deviations).

    `weights` is ``log L``.

    Parameters
    ----------
    pairs_per_item
        Default 40, as worth is spread over more pairs than strength.
    shrinkage
        ``k``, imagined baskets that draw the lift to 1. Default 2.
    """

    name: ClassVar[str] = "excess"
    summary: ClassVar[str] = "joint purchases beyond chance, weighed by what they foretold"
    formula: ClassVar[str] = (
        "c_ij = sum_f theta_f (p_ij(f) - p_i(f) p_j(f)) + theta (lift_ij - 1) P_i P_j"
    )

    money: ClassVar[str] = "s_ij = 1000 * c_ij * (margin_i + margin_j) / 2"

    pairs_per_item: int = 40
    shrinkage: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.shrinkage < np.inf:
            found = self.shrinkage
            raise InvalidParameter(f"shrinkage: expected a number above 0, found {found}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return ``log L`` of the pairs that were met. Shape ``[n, n]``."""
        strength = np.log(self._lift(counts, counts.first, counts.second, counts.baskets))
        return symmetric(counts.n, counts.first, counts.second, strength)

    def priced(
        self,
        receipts: Transactions,
        catalogue: Catalogue,
        share: FloatArray | None = None,
    ) -> PairWorths:
        """Return the pairs of largest worth, see the class.

        Parameters
        ----------
        share
            ``P``, chance that a coming basket holds each item. Shape ``[n]``. Default:
            the receipts' shares.
        """
        margin = catalogue.margin
        known = []
        for past, future in past_futures(receipts):
            i, j, _, columns = self._columns(past, past.purchase_share)
            if len(i):
                money = (margin[i] + margin[j]) / 2
                together, alone = joint_shares(future, i, j)
                later = together - alone[i] * alone[j]
                known.append((columns * money[:, None], later * money))
        theta = np.append(np.zeros(len(FADES)), 1.0)
        if known:
            past_money, later_money = (np.concatenate(p) for p in zip(*known, strict=True))
            theta = toward(theta, past_money, later_money)
        share = receipts.purchase_share if share is None else share
        i, j, seen, columns = self._columns(receipts, share)
        money = 1000.0 * (margin[i] + margin[j]) / 2
        # Nine digits: see `partial_correlations`.
        worth = np.round(money * (columns @ theta), 9)
        kept = strongest(i, j, np.abs(worth), self.pairs_per_item)
        log.info("%s: %d pairs, theta %s", self.name, len(kept), theta.tolist())
        i, j, seen, columns = i[kept], j[kept], seen[kept], columns[kept]
        both = np.clip(columns @ theta + share[i] * share[j], 0.0, 1.0)
        error = np.abs(money[kept]) * np.sqrt(both * (1 - both) / max(receipts.m, 1))
        return PairWorths(i, j, columns @ theta, seen, worth[kept], error)

    def _columns(
        self, receipts: Transactions, share: FloatArray
    ) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """Return the pairs with evidence, their baskets, and what theta weighs."""
        counts = count(receipts)
        enough = counts.people >= self.least_customers
        enough &= counts.baskets >= self.least_baskets
        i, j, seen = (a[enough] for a in (counts.first, counts.second, counts.baskets))
        # Substitutes: never met although that was to be expected.
        a, b = never_met(counts, SIGNIFICANCE)
        each = item_customers(receipts)
        known = np.minimum(each[a], each[b]) >= self.least_customers
        known &= counts.expected(a, b) >= self.least_baskets
        i, j = np.concatenate([i, a[known]]), np.concatenate([j, b[known]])
        seen = np.concatenate([seen, np.zeros(int(known.sum()), dtype=np.int64)])
        order = np.lexsort((j, i))
        i, j, seen = i[order], j[order], seen[order]
        age, columns = History(receipts).age, []
        for fade in FADES:
            weight = None if fade is None else np.exp(-age / fade)
            together, alone = joint_shares(receipts, i, j, weight)
            columns.append(together - alone[i] * alone[j])
        columns.append((self._lift(counts, i, j, seen) - 1.0) * share[i] * share[j])
        return i, j, seen, np.stack(columns, axis=1)

    def _lift(
        self, counts: PairCounts, i: IntArray, j: IntArray, seen: IntArray
    ) -> FloatArray:
        expected = counts.expected(i, j)
        ratio: FloatArray = (seen + self.shrinkage) / (expected + self.shrinkage)
        return ratio

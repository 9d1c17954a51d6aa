"""Synergy as a sum of other models, weighed by what they foresee."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.embedders.registry import embedder
from bundlesolve.learn.queries import draw_queries
from bundlesolve.learn.softmax import fit_softmax
from bundlesolve.learn.synergies.counts import PairCounts, count, symmetric
from bundlesolve.learn.synergies.pair_model import PairModel, earlier
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

MOST_BASKETS = 600


@dataclass(frozen=True, kw_only=True)
class Blend(PairModel):
    """A weighted sum of several synergy models.

    ::

        w_ij = sum_k theta_k * w_ij(k) / mean |w(k)|

    over the strongest pairs of each member, twice as many an item as are kept. Each
    member is fitted to the earlier 80 % of the baskets; ``theta`` is that of a conditional
    logit model of items taken out of later baskets (`fit_softmax`), in which popularity
    has a weight of its own. Then the members are fitted to all baskets.

    Parameters
    ----------
    members
        Names of synergy models, two or more.
    embedder
        That of the member ``text``. Default ``tfidf``.
    """

    name: ClassVar[str] = "blend"
    summary: ClassVar[str] = "weighted sum of models, weights fitted to later baskets"
    formula: ClassVar[str] = "w_ij = sum_k theta_k w_ij(k) / mean |w(k)|"

    members: tuple[str, ...] = ("partial_correlation", "ease", "lift", "text")
    embedder: str = "tfidf"

    def __post_init__(self) -> None:
        super().__post_init__()
        known = set(SYNERGIES) - {self.name}
        members = tuple(self.members)
        if len(set(members)) < 2 or not known.issuperset(members):
            expected = f"two or more of {', '.join(sorted(known))}"
            raise InvalidParameter(f"members: expected {expected}, found {members}")
        embedder(self.embedder)  # raises where there is none of that name

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the weighted sum. Shape ``[n, n]``."""
        early = earlier(receipts)
        past, future = receipts.some(early), receipts.some(~early)
        theta = self._theta(past, future, catalogue)
        members = self._members(receipts, catalogue, counts)
        total: Any = 0.0 * members[0]
        for weight, matrix in zip(theta, members, strict=True):
            total = total + matrix * weight
        return total.tocsr()

    def _members(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> list[csr_matrix]:
        """Return each member's strongest pairs, of mean size 1: two blended may be one."""
        found = []
        for name in self.members:
            own = {"embedder": self.embedder} if name == "text" else {}
            model = synergy_class(name)(
                **own,
                pairs_per_item=2 * self.pairs_per_item,
                least_baskets=self.least_baskets,
                least_customers=self.least_customers,
            )
            pairs = model.pairs(receipts, catalogue, counts)
            scale = float(np.abs(pairs.strength).mean()) if len(pairs) else 1.0
            found.append(
                symmetric(counts.n, pairs.first, pairs.second, pairs.strength / scale)
            )
        return found

    def _theta(
        self, past: Transactions, future: Transactions, catalogue: Catalogue
    ) -> FloatArray:
        try:
            queries = draw_queries(future, most_baskets=MOST_BASKETS, most_targets=1)
        except InvalidParameter:
            return np.ones(len(self.members))
        context = queries.contexts()
        counts = count(past)
        columns = [np.broadcast_to(np.log(counts.share + 1e-6), (len(queries), past.n))]
        members = self._members(past, catalogue, counts)
        columns += [(context @ matrix).toarray() for matrix in members]
        stacked = np.stack([c.astype(np.float32) for c in columns])
        theta = fit_softmax(stacked, queries.outside(), queries.target)[1:]
        told = ", ".join(f"{n} {t:.3f}" for n, t in zip(self.members, theta, strict=True))
        log.info("%s: %s", self.name, told)
        return theta

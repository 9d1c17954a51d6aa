"""Synergy as a sum of other models, weighed by what they foresee."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.queries import draw_queries
from bundlesolve.learn.softmax import fit_softmax
from bundlesolve.learn.synergies.counts import PairCounts, count
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

        w_ij = sum_k theta_k * w_ij(k) / scale_k

    Each member is fitted to the earlier 80 % of the baskets; ``theta`` is that of a
    conditional logit model of items taken out of later baskets (`fit_softmax`), in which
    popularity has a weight of its own. Then the members are fitted to all baskets.

    Parameters
    ----------
    members
        Names of synergy models, two or more.
    """

    name: ClassVar[str] = "blend"
    summary: ClassVar[str] = "weighted sum of models, weights fitted to later baskets"
    formula: ClassVar[str] = "w_ij = sum_k theta_k w_ij(k) / scale_k"

    members: tuple[str, ...] = ("partial_correlation", "ease", "lift", "text")

    def __post_init__(self) -> None:
        super().__post_init__()
        known = set(SYNERGIES) - {self.name}
        members = tuple(self.members)
        if len(set(members)) < 2 or not known.issuperset(members):
            expected = f"two or more of {', '.join(sorted(known))}"
            raise InvalidParameter(f"members: expected {expected}, found {members}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix | FloatArray:
        """Return the weighted sum. Shape ``[n, n]``."""
        early = earlier(receipts)
        past, future = receipts.some(early), receipts.some(~early)
        theta = self._theta(past, future, catalogue)
        members = self._members(receipts, catalogue, counts)
        some_dense = any(isinstance(matrix, np.ndarray) for matrix, _ in members)
        total: Any = 0.0
        for weight, (matrix, scale) in zip(theta, members, strict=True):
            sparse = not isinstance(matrix, np.ndarray)
            part = matrix.toarray() if sparse and some_dense else matrix
            total = total + part * (weight / scale)
        return total if some_dense else total.tocsr()

    def _members(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> list[tuple[Any, float]]:
        found = []
        for name in self.members:
            matrix = synergy_class(name)().weights(receipts, catalogue, counts)
            values = matrix if isinstance(matrix, np.ndarray) else matrix.data
            scale = float(np.sqrt(np.mean(values**2))) if values.size else 1.0
            found.append((matrix, scale or 1.0))
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
        for matrix, scale in self._members(past, catalogue, counts):
            score = context @ matrix
            dense = score if isinstance(score, np.ndarray) else score.toarray()
            # As concave as the sum of many pairs in a large basket wants it.
            columns.append(dense / (scale * np.sqrt(queries.sizes())[:, None]))
        stacked = np.stack([c.astype(np.float32) for c in columns])
        theta = fit_softmax(stacked, queries.outside(), queries.target)[1:]
        told = ", ".join(f"{n} {t:.3f}" for n, t in zip(self.members, theta, strict=True))
        log.info("%s: %s", self.name, told)
        return theta

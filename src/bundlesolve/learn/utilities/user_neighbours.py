"""Utility by user-based collaborative filtering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.neighbours import CollaborativeFilter
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass
class UserNeighbours(CollaborativeFilter):
    """What the most similar customers bought.

    Customers are rows of ``log(1 + c_hi)``, of length 1; with the ``neighbours`` other
    customers ``g`` of largest cosine::

        score_hi = log(1 + 100 * sum_g cosine_hg * x_gi / sum_g cosine_hg)

    Parameters
    ----------
    neighbours
        Default 50.

    References
    ----------
    P. Resnick et al., "GroupLens: an open architecture for collaborative filtering of
    netnews", CSCW 1994.
    """

    name: ClassVar[str] = "user_neighbours"
    summary: ClassVar[str] = "user-based collaborative filtering"
    formula: ClassVar[str] = "logit P_hi = a + b f(mean of the most alike) + c logit p_i"

    neighbours: int = 50

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            found = self.neighbours
            raise InvalidParameter(f"neighbours: expected 1 or more, found {found}")

    def _fit_scores(self, counts: csr_matrix) -> None:
        rows = counts.copy()
        rows.data = np.log1p(rows.data)
        self.norm_ = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        self.starts_ = rows.indptr.astype(np.int64)
        self.item_ = rows.indices.astype(np.int64)
        self.value_ = rows.data / np.repeat(
            np.maximum(self.norm_, 1e-12), np.diff(rows.indptr)
        )

    def scores(self, customer: IntArray) -> FloatArray:
        """Return the neighbours' mean. Shape ``[q, n]``."""
        from scipy.sparse import csr_matrix

        shape = (len(self.norm_), len(self.share_))
        rows = csr_matrix((self.value_, self.item_, self.starts_), shape=shape)
        own = rows[customer]
        alike = (own @ rows.T).toarray()
        alike[np.arange(len(customer)), customer] = 0.0
        width = min(self.neighbours, alike.shape[1])
        top = np.argpartition(-alike, width - 1, axis=1)[:, :width]
        weight = np.take_along_axis(alike, top, axis=1)
        begin = np.arange(len(customer) + 1) * width
        near = csr_matrix(
            (weight.ravel(), top.ravel(), begin), shape=(len(customer), shape[0])
        )
        # What they bought, not how much of their length it is.
        bought = csr_matrix(
            (np.ones_like(self.value_), self.item_, self.starts_), shape=shape
        )
        total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
        share: FloatArray = (near @ bought).toarray() / total
        return np.log1p(100.0 * share)

"""Utility by item-based collaborative filtering."""

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

ROWS = 512


@dataclass
class ItemNeighbours(CollaborativeFilter):
    """What is bought by the buyers of what the customer bought.

    Items are columns of ``log(1 + c_hi)``; each keeps the ``neighbours`` items of largest
    cosine, itself first, and::

        score_hi = log(1 + 100 * sum_j x_hj * cosine_ji / sum_j x_hj)

    Parameters
    ----------
    neighbours
        Default 50.

    References
    ----------
    B. Sarwar, G. Karypis, J. Konstan, J. Riedl, "Item-based collaborative filtering
    recommendation algorithms", WWW 2001.
    """

    name: ClassVar[str] = "item_neighbours"
    summary: ClassVar[str] = "item-based collaborative filtering"
    formula: ClassVar[str] = "logit P_hi = a + b f(cosine to what h bought) + c logit p_i"

    neighbours: int = 50

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            found = self.neighbours
            raise InvalidParameter(f"neighbours: expected 1 or more, found {found}")

    def _fit_scores(self, counts: csr_matrix) -> None:
        rows = counts.copy()
        rows.data = np.log1p(rows.data)
        self.norm_ = np.asarray(rows.sum(axis=1)).ravel()
        self.starts_ = rows.indptr.astype(np.int64)
        self.item_ = rows.indices.astype(np.int64)
        self.value_ = rows.data
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=0)).ravel())
        unit = (rows.multiply(1.0 / np.maximum(length, 1e-12))).tocsc()
        n = rows.shape[1]
        width = min(self.neighbours, n)
        near = np.empty((n, width), dtype=np.int64)
        cosine = np.empty((n, width))
        for begin in range(0, n, ROWS):
            part = (unit[:, begin : begin + ROWS].T @ unit).toarray()
            top = np.argpartition(-part, width - 1, axis=1)[:, :width]
            near[begin : begin + ROWS] = top
            cosine[begin : begin + ROWS] = np.take_along_axis(part, top, axis=1)
        self.near_, self.cosine_ = near, cosine

    def scores(self, customer: IntArray) -> FloatArray:
        """Return the mean cosine to what was bought. Shape ``[q, n]``."""
        from scipy.sparse import csr_matrix

        people, n = len(self.norm_), len(self.share_)
        rows = csr_matrix((self.value_, self.item_, self.starts_), shape=(people, n))
        width = self.near_.shape[1]
        begin = np.arange(n + 1) * width
        alike = csr_matrix((self.cosine_.ravel(), self.near_.ravel(), begin), shape=(n, n))
        total = np.maximum(self.norm_[customer], 1e-12)[:, None]
        mean: FloatArray = (rows[customer] @ alike.T).toarray() / total
        return np.log1p(100.0 * mean)

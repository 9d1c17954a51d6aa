"""Synergy from what is written about the items, for those that were hardly sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.embedders.registry import embedder
from bundlesolve.learn.features.texts import nearest_texts
from bundlesolve.learn.synergies.counts import PairCounts, symmetric
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SHRINKAGE = 10.0
KNOTS = (0.4, 0.7, 0.9)


@dataclass(frozen=True, kw_only=True)
class TextSimilarity(PairModel):
    """What pairs of similar texts are worth, learned from those that were sold.

    For each item the ``neighbours`` of most similar text are looked at (cosine ``c_ij`` of
    the texts' vectors, by default TF-IDF of words and of word pieces). Similar can mean
    "of one set", which is bought together, or "another of the same", which is bought
    instead. Which it is, is learned: over the pairs with evidence, shrunk log lift is
    regressed (ridge, weighted by expected baskets) on a piecewise linear function of
    ``c``, whether the categories are equal, and their product; the line is then read off
    for *every* pair, sold or not. Near-duplicates come out negative where shoppers take
    one or the other.

    Parameters
    ----------
    neighbours
        Most similar texts of an item. Default 40.
    least_similarity
        Least cosine. Default 0.2.
    embedder
        What makes vectors of texts: ``tfidf``, ``wordllama``, ``minilm``, or the folder
        of a model of sentence-transformers. Default ``tfidf``.

    References
    ----------
    G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval",
    Information Processing & Management 24 (1988).
    """

    name: ClassVar[str] = "text"
    summary: ClassVar[str] = "similar texts, told apart as complements or substitutes"
    formula: ClassVar[str] = "w_ij = f(cosine of texts, same category), f fitted to lift"
    needs_evidence: ClassVar[bool] = False

    neighbours: int = 40
    least_similarity: float = 0.2
    embedder: str = "tfidf"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.neighbours < 1:
            found = self.neighbours
            raise InvalidParameter(f"neighbours: expected 1 or more, found {found}")
        least = self.least_similarity
        if not 0 < least < 1:
            raise InvalidParameter(f"least_similarity: expected in (0, 1), found {least}")
        embedder(self.embedder)  # raises where there is none of that name

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the values of similar pairs, symmetric. Shape ``[n, n]``."""
        first, second, cosine = nearest_texts(
            catalogue.text,
            self.neighbours,
            self.least_similarity,
            embedder(self.embedder).embed(catalogue.text),
        )
        if not len(first):
            return symmetric(counts.n, first, second, cosine)
        columns = _columns(first, second, cosine, catalogue.category)
        seen, _ = counts.look_up(first, second)
        expected = counts.expected(first, second)
        lift = np.log((seen + SHRINKAGE) / (expected + SHRINKAGE))
        known = np.maximum(seen, expected) >= 1.0
        weight = np.minimum(expected, 100.0) * known
        line = _ridge(columns, lift, weight)
        return symmetric(counts.n, first, second, np.round(columns @ line, 9))


def _columns(
    first: IntArray, second: IntArray, cosine: FloatArray, category: Any
) -> FloatArray:
    labels = np.array(category, dtype=object)
    same = (labels[first] == labels[second]) & (labels[first] != "")
    bends = [np.maximum(cosine - knot, 0.0) for knot in KNOTS]
    parts = [np.ones_like(cosine), cosine, *bends, same, same * cosine]
    return np.stack(parts, axis=1).astype(np.float64)


def _ridge(columns: FloatArray, value: FloatArray, weight: FloatArray) -> FloatArray:
    gram = (columns * weight[:, None]).T @ columns + np.eye(columns.shape[1])
    line = np.linalg.solve(gram, columns.T @ (weight * value))
    return line.astype(np.float64)

"""TF-IDF of words and of pieces of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bundlesolve.learn.features.texts import tf_idf


@dataclass(frozen=True)
class TfIdf:
    """Words, pairs of words, and pieces of three to five letters, weighed by rarity.

    ::

        v_t = (1 + log count_t) * (1 + log((1 + n) / (1 + texts with t)))

    each half (words; pieces) scaled to length ``sqrt(1/2)``. Needs no model; learns how
    rare a term is from the texts it is given.

    References
    ----------
    G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval",
    Information Processing & Management 24 (1988).
    """

    name: ClassVar[str] = "tfidf"
    summary: ClassVar[str] = "words and pieces of words, weighed by rarity"

    def embed(self, texts: Sequence[str]) -> Any:
        """Return a sparse vector a text. Shape ``[n, d]``."""
        return tf_idf(texts)

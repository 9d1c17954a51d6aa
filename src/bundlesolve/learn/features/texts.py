"""Texts of items as TF-IDF vectors, and which are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

ROWS = 512


def tf_idf(texts: Sequence[str]) -> Any:
    """Return unit vectors of words and of pieces of words, side by side. ``[n, d]``.

    Words and pairs of words; pieces of three to five letters inside words, so that
    plural and misspelling are near. Both halves have the length ``sqrt(1/2)``.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(text.strip() for text in texts):
        return csr_matrix((len(texts), 1))
    kinds = (
        {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\w+"},
        {"analyzer": "char_wb", "ngram_range": (3, 5)},
    )
    halves = [
        TfidfVectorizer(sublinear_tf=True, **kind).fit_transform(texts) for kind in kinds
    ]
    return csr_matrix(hstack(halves) * np.sqrt(0.5))


def nearest_texts(
    texts: Sequence[str], most: int, least: float, vectors: Any = None
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return pairs of similar texts, ``first < second``, and their cosines.

    Parameters
    ----------
    texts
        One an item.
    most
        Each item names so many, the most similar.
    least
        Least cosine.
    vectors
        One a text, of length 1 or 0. Default None: `tf_idf`.
    """
    if vectors is None:
        vectors = tf_idf(texts)
    n = len(texts)
    keys, cosines = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for begin in range(0, n, ROWS):
        end = min(begin + ROWS, n)
        product = vectors[begin:end] @ vectors.T
        part = product.toarray() if hasattr(product, "toarray") else product
        part[np.arange(end - begin), np.arange(begin, end)] = 0.0
        width = min(most, n)
        top = np.argpartition(-part, width - 1, axis=1)[:, :width]
        row = np.repeat(np.arange(end - begin), width)
        column = top.ravel()
        some = part[row, column] >= least
        row, column = row[some], column[some]
        low, high = np.minimum(row + begin, column), np.maximum(row + begin, column)
        keys.append(low * n + high)
        cosines.append(part[row, column])
    key, once = np.unique(np.concatenate(keys), return_index=True)
    return key // n, key % n, np.minimum(np.concatenate(cosines)[once], 1.0)

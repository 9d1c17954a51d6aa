"""What tells whether two items of a set belong in one bundle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.learn.bundles.articles import Articles, Path
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

SPREAD = 0.05
"""Added to the standard deviation of a set's similarities: two of them may be equal."""


def pair_features(articles: Articles, chosen: IntArray) -> FloatArray:
    """Return the features of all pairs of a set. Shape ``[p, f]``, ``p = n (n - 1) / 2``.

    Whether 0.4 is much depends on the set: beside each similarity ``c_ij`` stand those
    that compare it with the set's other pairs (`relative`). They see the items of the set
    and no bundle.

    Parameters
    ----------
    articles
        What is known of all items.
    chosen
        The items of the set, two or more, each once. Shape ``[n]``.
    """
    first, second = np.triu_indices(len(chosen), 1)
    columns: list[ArrayLike] = []
    for vectors in articles.vectors.values():
        columns += relative(_cosines(vectors, chosen))
    paths = [articles.paths[i] for i in chosen]
    words = [articles.words[i] for i in chosen]
    shared = _shared_levels(paths)
    columns += relative(shared)
    depth = np.array([max(map(len, some), default=0) for some in paths], dtype=np.float64)
    length = np.array([len(set(some)) for some in words], dtype=np.float64)
    low, high = (f(depth[first], depth[second]) for f in (np.minimum, np.maximum))
    common = [len({*words[a]} & {*words[b]}) for a, b in zip(first, second, strict=True)]
    columns += [
        low,
        high,
        2 * shared[first, second] / np.maximum(low + high, 1.0),
        (shared[first, second] == high) & (high > 0),
        [words[a][:1] == words[b][:1] for a, b in zip(first, second, strict=True)],
        common,
        np.minimum(length[first], length[second]),
        np.maximum(length[first], length[second]),
        np.full(len(first), len(chosen)),
    ]
    return np.stack([np.asarray(c, dtype=np.float64) for c in columns], axis=1)


def relative(c: FloatArray) -> list[FloatArray]:
    """Return a similarity of all pairs of a set, and how it compares with the others.

    ::

        c_ij;  (c_ij - mean) / (sd + 0.05);  c_ij - mean_i - mean_j + mean;
        c_ij - max(max_i, max_j);  c_ij - min(max_i, max_j);
        max_k min(c_ik, c_jk) - mean;  mean;  sd + 0.05

    with ``mean_i`` and ``max_i`` over the other items of the set, ``k`` another item
    than both (``c_ij`` itself where the set has two).

    Parameters
    ----------
    c
        Symmetric; the diagonal does not count. Shape ``[n, n]``.
    """
    n = len(c)
    first, second = np.triu_indices(n, 1)
    pair = c[first, second]
    mean, spread = pair.mean(), pair.std() + SPREAD
    others = np.where(np.eye(n, dtype=bool), 0.0, c).sum(1) / (n - 1)
    most = np.where(np.eye(n, dtype=bool), -np.inf, c).max(1)
    high = np.maximum(most[first], most[second])
    low = np.minimum(most[first], most[second])
    third = pair
    if n > 2:
        without = np.where(np.eye(n, dtype=bool), -np.inf, c)
        third = np.minimum(without[first], without[second]).max(1)
    same = np.ones(len(pair))
    return [
        pair,
        (pair - mean) / spread,
        pair - others[first] - others[second] + mean,
        pair - high,
        pair - low,
        third - mean,
        same * mean,
        same * spread,
    ]


def products(articles: Articles, chosen: IntArray) -> list[FloatArray]:
    """Return blocks of products of the pairs' components, each ``[p, d]``.

    First ``v_i * v_j``, whose sum is a cosine; then, for the principal components ``u`` of
    texts and of categories, ``(u_ia u_jb + u_ib u_ja) / 2`` for all ``a <= b``: "a camera
    and a memory card" is a product of two directions. None without embeddings.
    """
    parts = articles.parts
    if parts is None:
        return []
    first, second = (chosen[place] for place in np.triu_indices(len(chosen), 1))
    found = [parts.same[first] * parts.same[second]]
    for u in parts.cross:
        a, b = np.triu_indices(u.shape[1])
        p, q = u[first], u[second]
        found.append((p[:, a] * q[:, b] + p[:, b] * q[:, a]) / 2)
    return found


def _cosines(vectors: Any, chosen: IntArray) -> FloatArray:
    some = vectors[chosen]
    product = some @ some.T
    dense = product.toarray() if hasattr(product, "toarray") else product
    return np.asarray(dense, dtype=np.float64)


def _shared_levels(paths: list[tuple[Path, ...]]) -> FloatArray:
    """Return how many levels from the root the best two paths share. Shape ``[n, n]``."""
    n = len(paths)
    shared = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            both = (_common(p, q) for p in paths[i] for q in paths[j])
            shared[i, j] = shared[j, i] = max(both, default=0)
    return shared


def _common(p: Path, q: Path) -> int:
    count = 0
    for a, b in zip(p, q, strict=False):
        if a != b:
            break
        count += 1
    return count

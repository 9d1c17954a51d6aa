"""Pair counts against sparse products, and customers against Python sets."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, triu

from bundlesolve.kernels.pair_counts import FIRST_ROOM, count_pairs


def drawn(seed: int, m: int, n: int, share: float) -> csr_matrix:
    """Draw a basket matrix with ascending columns; some baskets are empty."""
    rng = np.random.default_rng(seed)
    matrix = csr_matrix((rng.random((m, n)) < share).astype(float))
    matrix.sort_indices()
    return matrix


@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(1, 9), st.integers(1, 3))
def test_counts_equal_products_and_sets(seed: int, m: int, n: int, least: int) -> None:
    """Baskets as X'X has them, people as sets have them, sorted, none too rare."""
    x = drawn(seed, m, n, 0.5)
    who = np.random.default_rng(seed + 1).integers(-1, 3, m)
    starts, item = x.indptr.astype(np.int64), x.indices.astype(np.int64)
    order = np.argsort(who, kind="stable")
    first, second, baskets, people = count_pairs(starts, item, who, order, n, least)
    expected = {}
    for i, j in itertools.combinations(range(n), 2):
        both = [b for b in range(m) if x[b, i] and x[b, j]]
        if len(both) >= least:
            expected[i, j] = (len(both), len({int(who[b]) for b in both}))
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert pairs == sorted(expected)
    values = list(zip(baskets.tolist(), people.tolist(), strict=True))
    assert values == [expected[pair] for pair in pairs]


def test_more_pairs_than_the_first_room() -> None:
    """The arrays grow; a large matrix agrees with scipy entry by entry."""
    x = drawn(7, 300, 600, 0.1)
    starts, item = x.indptr.astype(np.int64), x.indices.astype(np.int64)
    order = np.arange(300)
    first, second, baskets, people = count_pairs(starts, item, order, order, 600, 1)
    upper = triu(x.T @ x, 1).tocsr()
    upper.sort_indices()
    together = upper.tocoo()
    assert len(first) > FIRST_ROOM
    assert np.array_equal(first, together.row)
    assert np.array_equal(second, together.col)
    assert np.array_equal(baskets, together.data)
    assert np.array_equal(people, baskets)

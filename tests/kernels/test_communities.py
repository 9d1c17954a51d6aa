"""Communities: found where they are, none where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels.communities import find_communities
from bundlesolve.kernels.types import Ints

Graph = tuple[Ints, Ints, Ints]


def graph(n: int, pairs: dict[tuple[int, int], int]) -> Graph:
    """Return the partners of each node, each pair twice."""
    ends = sorted([(i, j, w) for (i, j), w in pairs.items()])
    ends = sorted(ends + [(j, i, w) for i, j, w in ends])
    tail = np.array([i for i, _, _ in ends], dtype=np.int64)
    start = np.searchsorted(tail, np.arange(n + 1)).astype(np.int64)
    head = np.array([j for _, j, _ in ends], dtype=np.int64)
    return start, head, np.array([w for _, _, w in ends], dtype=np.int64)


def modularity(label: Ints, links: Graph) -> float:
    """Return the share of worth inside communities beyond what is expected."""
    start, head, worth = links
    tail = np.repeat(np.arange(len(label)), np.diff(start))
    whole = float(worth.sum())
    degree = np.bincount(tail, worth, minlength=len(label))
    q = float(worth[label[tail] == label[head]].sum()) / whole
    for c in np.unique(label):
        q -= float(degree[label == c].sum() / whole) ** 2
    return float(q)


def test_two_triangles_and_a_bridge() -> None:
    """A weak bridge between two triangles, and a node alone."""
    triangles = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    links = graph(7, dict.fromkeys(triangles, 10) | {(2, 3): 1})
    label = find_communities(*links)
    assert label.tolist() == [0, 0, 0, 1, 1, 1, -1]


def test_negative_pairs_join_nobody() -> None:
    """Substitutes are no community."""
    assert find_communities(*graph(3, {(0, 1): -5, (1, 2): -5})).tolist() == [-1, -1, -1]


@pytest.mark.parametrize("seed", range(3))
def test_planted_communities_are_found(seed: int) -> None:
    """Eight groups of 20 in a shuffled order, few pairs between them."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat(np.arange(8), 20))
    pairs = {}
    for _ in range(6000):
        i, j = sorted(rng.integers(0, 160, 2).tolist())
        if i != j and (group[i] == group[j] or rng.random() < 0.02):
            pairs[i, j] = int(rng.integers(1, 100))
    links = graph(160, pairs)
    label = find_communities(*links)
    # A node with most of its worth elsewhere may well stand there.
    assert modularity(label, links) >= modularity(group, links)
    mostly = [np.unique(label[group == c], return_counts=True)[1].max() for c in range(8)]
    assert min(mostly) >= 17


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1]),
        st.integers(1, 9),
        min_size=1,
    )
)
def test_no_worse_than_all_in_one_or_all_apart(pairs: dict[tuple[int, int], int]) -> None:
    """The modularity is at least that of both trivial divisions; the same each time."""
    links = graph(8, pairs)
    label = find_communities(*links)
    found = modularity(label, links)
    assert found >= modularity(np.zeros(8, dtype=np.int64), links) - 1e-9
    assert found >= modularity(np.arange(8), links) - 1e-9
    assert find_communities(*links).tolist() == label.tolist()

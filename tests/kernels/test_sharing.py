"""Annealing of bundles that share a stock: limits kept, worths right, tiny optima."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bundlesolve.kernels.sharing import BEST, VALUE, anneal_bundles, anneal_set, new_walk

HEATS = np.array([20.0, 0.5])


@pytest.mark.parametrize("seed", range(5))
def test_walks_keep_limits(seed: int) -> None:
    """Two kinds in three bundles: loads, gains and worth are those of the sides."""
    rng = np.random.default_rng(seed)
    n, kind = 12, np.array([0, 0, 1])
    worth = rng.integers(-5, 20, (2, n))
    pair = np.triu(rng.integers(-9, 20, (2, n, n)), 1)
    pair = pair + pair.transpose(0, 2, 1)
    use, room = rng.integers(0, 9, (2, 2, n)), np.array([[20, 15], [9, 30]])
    allowed = rng.random((2, n)) < 0.8
    walk, seeds = new_walk(worth, kind, 2), np.array([7 + seed, 9])
    for _ in range(3):
        anneal_bundles(walk, pair, use, room, allowed, kind, 3000, HEATS, seeds)
        for side, value in (
            (walk.side, walk.notes[VALUE]),
            (walk.best, walk.notes[BEST]),
        ):
            total = 0
            for b, k in enumerate(kind):
                inside = (side == b).astype(np.int64)
                assert np.all(use[k] @ inside <= room[k])
                assert not np.any((inside == 1) & ~allowed[k])
                total += int(worth[k] @ inside + inside @ pair[k] @ inside // 2)
            assert total == value
    inside = (walk.side == 0).astype(np.int64)
    assert np.array_equal(walk.gain[0], worth[0] + pair[0] @ inside)
    assert np.array_equal(walk.load[0], use[0] @ inside)


@pytest.mark.parametrize("seed", range(5))
def test_a_set_of_few_items_is_found(seed: int) -> None:
    """The best of all sets, of eight items under two resources."""
    rng = np.random.default_rng(seed)
    n = 8
    worth = rng.integers(-30, 10, n).astype(np.float64)
    pair = np.triu(rng.integers(-9, 20, (n, n)), 1).astype(np.float64)
    pair = pair + pair.T
    use, room = rng.integers(0, 9, (2, n)), np.array([20, 15])
    best = np.zeros(n, dtype=np.int8)
    found = anneal_set(worth, pair, use, room, 20_000, HEATS, np.array([3, 5]), best)
    sets = np.array(list(itertools.product((0, 1), repeat=n)), dtype=np.int64)
    sets = sets[np.all(sets @ use.T <= room, axis=1)]
    values = sets @ worth + np.einsum("ci,ij,cj->c", sets, pair, sets) / 2
    assert found == pytest.approx(values.max())
    assert found == pytest.approx(float(worth @ best + best @ pair @ best / 2))
    assert np.all(use @ best <= room)

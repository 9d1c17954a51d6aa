"""Branch and bound by stars against enumeration, whole, in pieces, and part by part."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.kernels import star_tree
from bundlesolve.kernels.clique_cover import clique_starts, cliques_of
from bundlesolve.kernels.star_tree import BEST, FINISHED, GAIN, LEAST, StarTree
from bundlesolve.kernels.types import Ints

SCALE = 64
FAR = 2**61


def draw(seed: int) -> tuple[Ints, Ints, Ints, np.ndarray, int]:
    """Return worth, pair, weight, clash and room of a small problem of any signs."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 10))
    share = rng.random()
    pair = rng.integers(-20, 50, (n, n)) * (rng.random((n, n)) < share)
    pair = np.triu(pair, 1)
    clash = np.triu(rng.random((n, n)) < rng.choice([0.0, 0.1, 0.4]), 1)
    weight = rng.integers(0, 50, n)
    room = int(rng.integers(0, weight.sum() + 1))
    return rng.integers(-30, 60, n), pair + pair.T, weight, clash | clash.T, room


def best_of(worth: Ints, pair: Ints, weight: Ints, clash: np.ndarray, room: int) -> int:
    """Return the worth of the best set by enumeration."""
    n = len(worth)
    points = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    worths = points @ worth + ((points @ pair) * points).sum(axis=1) // 2
    fits = points @ weight <= room
    fits &= ((points @ clash.astype(np.int64)) * points).sum(axis=1) == 0
    return int(worths[fits].max())


def plant(seed: int, spare: int = 0) -> tuple[StarTree, int, int]:
    """Return a tree that knows nothing, its room, and the best worth there is."""
    worth, pair, weight, clash, room = draw(seed)
    truth = best_of(worth, pair, weight, clash, room)
    rng = np.random.default_rng(seed)
    steps, warm = int(rng.integers(1, 5)), int(rng.integers(1, 9))
    tree = star_tree.new_tree(SCALE * worth, SCALE * pair, weight, clash, steps, warm)
    tree.notes[BEST], tree.notes[GAIN] = -1, SCALE * (spare + 1)
    tree.notes[LEAST] = tree.notes[GAIN] - 1
    return tree, room, truth


@pytest.mark.parametrize("seed", range(150))
def test_finds_the_best_set(seed: int) -> None:
    """And its set is worth what it says, fits and does not clash."""
    tree, room, truth = plant(seed)
    star_tree.begin(tree, np.zeros(len(tree.worth), dtype=np.int8), room, FAR)
    while not tree.notes[FINISHED]:
        assert star_tree.walk(tree, 3) > 0
    x = tree.best_set.astype(np.int64)
    assert tree.notes[BEST] == SCALE * truth
    assert tree.worth @ x + x @ tree.pair @ x // 2 == SCALE * truth
    assert tree.weight @ x <= room
    assert not x @ tree.clash @ x


@pytest.mark.parametrize("seed", range(60))
def test_a_spare_leaves_no_more_than_that(seed: int) -> None:
    """What is found is at most the spare below the best."""
    tree, room, truth = plant(seed, spare=25)
    star_tree.begin(tree, np.zeros(len(tree.worth), dtype=np.int8), room, FAR)
    star_tree.walk(tree, 10**6)
    assert SCALE * (truth - 25) <= tree.notes[BEST] <= SCALE * truth


@pytest.mark.parametrize("seed", range(60))
def test_the_first_bound_is_above_every_set(seed: int) -> None:
    """After any number of steps."""
    tree, room, truth = plant(seed)
    star_tree.begin(tree, np.zeros(len(tree.worth), dtype=np.int8), room, FAR)
    star_tree.walk(tree, 1)
    assert tree.bound[1] == FAR or tree.bound[1] >= SCALE * truth


def test_cliques_are_cliques_and_hold_everyone_once() -> None:
    """A path and a triangle of conflicts, and one item without any."""
    clash = np.zeros((7, 7), dtype=np.bool_)
    for i, j in ((0, 1), (1, 2), (3, 4), (4, 5), (3, 5)):
        clash[i, j] = clash[j, i] = True
    items, space = np.arange(7), np.zeros((4, 8), dtype=np.int64)
    order, start = space[0], space[1]
    cliques_of(clash, items, order, space[2], space[3])
    assert sorted(order[:7].tolist()) == list(range(7))
    cliques = clique_starts(clash, order[:7].copy(), start)
    parts = [set(order[start[c] : start[c + 1]].tolist()) for c in range(cliques)]
    assert {3, 4, 5} in parts
    assert cliques == 4
    for part in parts:
        assert all(clash[i, j] for i in part for j in part if i != j)

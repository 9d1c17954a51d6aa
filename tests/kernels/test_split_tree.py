"""Best-first trees by splits of pairs: bounds at every step, the truth in the end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import split_state as state
from bundlesolve.kernels.exchange import climb
from bundlesolve.kernels.split_tree import walk
from bundlesolve.kernels.splits import MOST_CELLS, outer_knapsack, whole_knapsack
from bundlesolve.kernels.types import Ints
from tests.kernels.closures import Problem, problems


def tree_of(problem: Problem, spare: int = 0, known: Ints | None = None) -> state.SplitTree:
    """Return a new tree."""
    columns = (problem.worth, problem.weight, problem.first, problem.second, problem.pair)
    return state.new_tree(*columns, problem.room, known, spare)


def is_sound(tree: state.SplitTree, problem: Problem) -> bool:
    """Tell whether bound and best set are what they say."""
    notes, chosen = tree.notes, tree.best_set
    return bool(
        notes[state.BOUND] >= problem.best >= notes[state.BEST]
        and problem.worths(chosen[None, :])[0] == notes[state.BEST]
        and chosen @ problem.weight <= problem.room
    )


@given(problems(9), st.sampled_from([0, 0, 3, 50]), st.integers(1, 9))
def test_a_bound_at_every_step(problem: Problem, spare: int, steps: int) -> None:
    """Stopped wherever, it has a bound; in the end nothing but the spare is open."""
    tree = tree_of(problem, spare)
    for _ in range(2_000):
        walk(tree, steps)
        tree.notes[state.FOUND] = 0
        assert is_sound(tree, problem)
        if tree.notes[state.BOUND] <= tree.notes[state.BEST] + spare:
            break
    assert tree.notes[state.BOUND] == tree.notes[state.BEST] + spare


@given(problems(9), st.integers(1, 40))
def test_chunks_change_nothing(problem: Problem, steps: int) -> None:
    """The same nodes in the same order, in one go or with stops."""
    ends = []
    for chunk in (steps, 10_000):
        tree = tree_of(problem)
        for _ in range(2_000):
            walk(tree, chunk)
            tree.notes[state.FOUND] = 0
        ends.append(tree.notes.tolist())
    assert ends[0] == ends[1]


@given(problems(9), st.data())
def test_a_known_set(problem: Problem, data: st.DataObject) -> None:
    """It is the best one until a better one is found."""
    sets = problem.sets
    fits = sets[sets @ problem.weight <= problem.room]
    known = fits[data.draw(st.integers(0, len(fits) - 1))]
    tree = tree_of(problem, known=known)
    assert tree.notes[state.BEST] == problem.worths(known[None, :])[0]
    for _ in range(2_000):
        walk(tree, 100)
        tree.notes[state.FOUND] = 0
    assert tree.notes[state.BOUND] == tree.notes[state.BEST] == problem.best


@given(problems(8), st.data())
def test_a_climb_ends_where_no_move_gains(problem: Problem, data: st.DataObject) -> None:
    """From any set: one that fits, its worth, and no flip or swap is better."""
    m = len(problem.worth)
    inside = np.array(data.draw(st.lists(st.integers(0, 1), min_size=m, max_size=m)))
    net = problem.network
    arcs = (net.start, net.head, net.worth)
    worth = climb(*arcs, problem.worth, problem.weight, problem.room, inside)
    assert problem.worths(inside[None, :])[0] == worth
    assert inside @ problem.weight <= problem.room
    near = problem.sets
    moved = np.abs(near - inside)
    one_each = (moved.sum(axis=1) == 2) & (near.sum(axis=1) == inside.sum())
    near = near[(moved.sum(axis=1) <= 1) | one_each]
    near = near[near @ problem.weight <= problem.room]
    assert problem.worths(near).max() == worth


knapsacks = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 12)), min_size=1, max_size=8
)


@given(knapsacks, st.integers(0, 60))
def test_knapsacks(items: list[tuple[int, int]], room: int) -> None:
    """The whole one is that of enumeration, the continuous one is not below it."""
    value, weight = (np.array(column) for column in zip(*items, strict=True))
    node = np.flatnonzero(weight <= room)
    m = len(value)
    sets = np.array([[(k >> v) & 1 for v in range(m)] for k in range(1 << m)])
    best = (sets @ value)[sets @ weight <= room].max()
    x = np.zeros(m, dtype=np.int64)
    bound, p, q = outer_knapsack(node, value, weight, room, x)
    assert bound >= best
    assert p >= 0
    assert q > 0
    assert whole_knapsack(node, value, weight, room, x) == best
    assert x @ value == best
    assert x @ weight <= room


def test_a_large_table_is_declined() -> None:
    """Thousands of units on either side."""
    value, weight = np.full(2, 5), np.full(2, MOST_CELLS)
    x = np.zeros(2, dtype=np.int64)
    assert whole_knapsack(np.arange(2), value, weight, MOST_CELLS, x) == -1


@pytest.mark.parametrize("size", [10, 1 << 20, 1 << 40, 1 << 55])
def test_scales(size: int) -> None:
    """No product of scaled worths and weights leaves 62 bits; 0 where one would."""
    worth, pair, weight = np.array([size, -size]), np.array([size]), np.array([7, 9])
    scale = state.scale_for(worth, pair, weight, 12)
    assert 0 <= scale <= state.MOST_SCALE
    assert scale * 3 * size * 2 * 16 < state.LARGEST * 2
    assert (scale == 0) == (size == 1 << 55)

"""Best-first trees by splits of pairs: bounds at every step, the truth in the end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import split_state as state
from bundlesolve.kernels.exchange import climb
from bundlesolve.kernels.split_tree import walk
from bundlesolve.kernels.splits import (
    NEVER,
    WHOLE,
    find_price,
    find_way,
    look_inside,
    look_outside,
    move,
    whole_value,
)
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
    """Stopped wherever, it has a bound; in the end one within the spare."""
    tree = tree_of(problem, spare)
    for _ in range(2_000):
        walk(tree, steps)
        tree.notes[state.FOUND] = 0
        assert is_sound(tree, problem)
        if tree.notes[state.BOUND] <= tree.notes[state.BEST] + spare:
            break
    assert tree.notes[state.BOUND] <= tree.notes[state.BEST] + spare


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


@given(problems(9), st.data())
def test_any_numbers_prove(problem: Problem, data: st.DataObject) -> None:
    """Whatever splits, prices, multiplier and width are: no set is worth more."""
    fits = np.flatnonzero(problem.weight <= problem.room)
    f, m, room = len(fits), len(problem.worth), float(problem.room)
    number = st.integers(-30, 50)
    split = np.full((m, m), NEVER)
    for i, j, worth in zip(problem.first, problem.second, problem.pair, strict=True):
        split[i, j] = data.draw(number)
        split[j, i] = worth - split[i, j]
    split = split[np.ix_(fits, fits)]
    weight, gain = problem.weight[fits] * 1.0, problem.worth[fits] * 1.0
    price = np.array([data.draw(st.integers(0, 30)) for _ in fits], dtype=np.float64)
    if data.draw(st.booleans()):
        for j in range(f):
            price[j] = find_price(split[j], weight, float(room - weight[j]))
    width = float(data.draw(st.integers(1, 60)))
    value, share, reduced = np.zeros(f), np.zeros(f), np.zeros(f)
    look_inside(split, weight, gain, room, width, 99.0, price, value)
    assert np.all((price >= 0) & (price == np.floor(price)))
    if data.draw(st.booleans()):
        tables = np.zeros(99), np.zeros(99)
        for j in range(f):
            value[j] = gain[j] + whole_value(split[j], weight, room - weight[j], *tables)
    begin = float(data.draw(st.integers(0, 40)))
    bound, t = look_outside(value, weight, room, width, begin, share, reduced)
    assert bound == t * room + np.maximum(reduced, 0).sum() >= problem.best
    assert np.all((share >= 0) & (share <= WHOLE))
    # With a node's other value a set is worth less by what the node would bring.
    sets = problem.sets[problem.sets @ problem.weight <= problem.room]
    worths = problem.worths(sets)
    for k, v in enumerate(fits):
        other = sets[:, v] != (reduced[k] > 0)
        assert worths[other].max(initial=-99) <= bound - abs(reduced[k])


@given(st.integers(1, 9), st.floats(-10, 10), st.integers(0, 999))
def test_a_step_keeps_the_sums(f: int, length: float, seed: int) -> None:
    """A pair's two splits stay whole, not negative, and its worth; the others stay."""
    rng = np.random.default_rng(seed)
    there = np.triu(rng.integers(0, 2, (f, f)), 1) == 1
    split, pair = np.full((f, f), NEVER), np.full((f, f), 2 * NEVER)
    whole = rng.integers(1, 50, (f, f)) * 1.0
    part = np.floor(whole * rng.random((f, f)))
    split[there], pair[there] = part[there], whole[there]
    split.T[there], pair.T[there] = (whole - part)[there], whole[there]
    weight, price = rng.integers(0, 9, f) * 1.0, rng.integers(0, 9, f) * 1.0
    share = rng.integers(0, int(WHOLE) + 1, f) * 1.0
    way, merit = np.zeros((f, f)), np.zeros(f)
    for _ in range(3):
        norm = find_way(split, pair, weight, price, 3.0, share, 0.7, way, merit)
        assert norm == np.sum(way**2)
        assert np.array_equal(way, -way.T)
        move(split, pair, way, length / WHOLE**2)
        assert np.array_equal(split + split.T, pair)
        some = split[there | there.T]
        assert np.all((some >= 0) & (some == np.floor(some)))
    assert np.all(merit >= 0)


knapsacks = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 12)), min_size=1, max_size=8
)


@given(knapsacks, st.integers(0, 60))
def test_knapsacks(items: list[tuple[int, int]], room: int) -> None:
    """The whole one is that of enumeration; a found price fills no more than the room."""
    value, weight = (np.array(column) * 1.0 for column in zip(*items, strict=True))
    m = len(value)
    sets = np.array([[(k >> v) & 1 for v in range(m)] for k in range(1 << m)])
    best = (sets @ value)[sets @ weight <= room].max()
    tables = np.full(room + 1, np.nan), np.full(room + 1, np.nan)
    assert whole_value(value, weight, float(room), *tables) == best
    price = find_price(value, weight, float(room))
    assert price * room + np.maximum(value - price * weight, 0).sum() >= best


@pytest.mark.parametrize("size", [10, 1 << 20, 1 << 40, 1 << 50])
def test_scales(size: int) -> None:
    """Nothing scaled reaches 52 bits; 0 where it would."""
    worth, pair, weight = np.array([size, -size]), np.array([size]), np.array([7, 9])
    scale = state.scale_for(worth, pair, weight, 12)
    assert scale in (0, *(1 << k for k in range(1, 17)))
    assert scale * (size * 3 + size * 12) * 12 < state.LARGEST
    assert (scale == 0) == (size >= 1 << 45)

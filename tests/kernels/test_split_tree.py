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
    SQUARE,
    WHOLE,
    find_price,
    find_way,
    furthest_apart,
    look_inside,
    look_outside,
    stride_of,
    whole_value,
)
from bundlesolve.kernels.types import Ints, Parts
from tests.kernels.closures import Problem, problems

KINDS = [np.float32, np.float64]


def padded(square: np.ndarray, none: float, kind: type[np.floating]) -> Parts:
    """Return a matrix with the columns that kernels want."""
    f = len(square)
    found = np.full((f, stride_of(f)), none, dtype=kind)
    found[:, :f] = square
    return found


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


@given(problems(9), st.data(), st.sampled_from(KINDS))
def test_any_numbers_prove(
    problem: Problem, data: st.DataObject, kind: type[np.floating]
) -> None:
    """Whatever splits, prices, multiplier and width are: no set is worth more."""
    fits = np.flatnonzero(problem.weight <= problem.room)
    f, m, room = len(fits), len(problem.worth), float(problem.room)
    number = st.integers(-30, 50)
    square, whole = np.full((m, m), NEVER), np.full((m, m), 2 * NEVER)
    for i, j, worth in zip(problem.first, problem.second, problem.pair, strict=True):
        square[i, j] = data.draw(st.integers(0, int(worth)))
        square[j, i] = worth - square[i, j]
        whole[i, j] = whole[j, i] = worth
    split = padded(square[np.ix_(fits, fits)], NEVER, kind)
    pair = padded(whole[np.ix_(fits, fits)], 2 * NEVER, kind)
    way = padded(np.zeros((f, f)), 0.0, kind)
    for i in range(f):
        for j in range(i):
            way[i, j] = data.draw(number)
            way[j, i] = -way[i, j]
    length = data.draw(st.floats(-3, 3))
    weight, gain = problem.weight[fits] * 1.0, problem.worth[fits] * 1.0
    price = np.array([data.draw(st.integers(0, 30)) for _ in fits], dtype=np.float64)
    if data.draw(st.booleans()):
        for j in range(f):
            price[j] = find_price(split[j], weight, float(room - weight[j]))
    width = float(data.draw(st.integers(1, 60)))
    value, share, reduced = np.zeros(f), np.zeros(f), np.zeros(f)
    look_inside(split, pair, way, length, weight, gain, room, width, 99.0, price, value)
    assert np.all((price >= 0) & (price == np.floor(price)))
    if data.draw(st.booleans()):
        tables = np.zeros(99, kind), np.zeros(99, kind)
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


@given(st.integers(1, 19), st.floats(-10, 10), st.integers(0, 999), st.sampled_from(KINDS))
def test_a_step_keeps_the_sums(
    f: int, length: float, seed: int, kind: type[np.floating]
) -> None:
    """A pair's two splits stay whole, not negative, and its worth; the others stay."""
    rng = np.random.default_rng(seed)
    there = np.triu(rng.integers(0, 2, (f, f)), 1) == 1
    split, pair = np.full((f, f), NEVER), np.full((f, f), 2 * NEVER)
    # As large as 32 bits may hold, or small.
    whole = rng.integers(1, rng.choice([50, 1 << 19]), (f, f)) * 1.0
    part = np.floor(whole * rng.random((f, f)))
    split[there], pair[there] = part[there], whole[there]
    split.T[there], pair.T[there] = (whole - part)[there], whole[there]
    split, pair = padded(split, NEVER, kind), padded(pair, 2 * NEVER, kind)
    weight, price = rng.integers(0, 9, f) * 1.0, rng.integers(0, 9, f) * 1.0
    share = rng.integers(0, int(WHOLE) + 1, f) * 1.0
    way, there = padded(np.zeros((f, f)), 0.0, kind), there | there.T
    for _ in range(3):
        norm = find_way(split, pair, weight, price, 3.0, share, 0.7, way)
        assert norm == SQUARE * np.sum(np.floor(way.astype(np.float64) ** 2 / SQUARE))
        assert np.array_equal(way[:, :f], -way[:, :f].T)
        assert not np.any(way[:, f:])
        value, gain = np.zeros(f), np.zeros(f)
        sizes = length / WHOLE**2, weight, gain, 8.0, 3.0, 99.0
        look_inside(split, pair, way, *sizes, price, value)
        assert np.array_equal((split[:, :f] + split[:, :f].T)[there], pair[:, :f][there])
        some = split[:, :f][there]
        assert np.all((some >= 0) & (some == np.floor(some)))
        assert np.all(split[:, :f][~there] == NEVER)
        assert np.all(split[:, f:] == NEVER)
    chosen = furthest_apart(split, pair, weight, price, 3.0, share)
    assert 0 <= chosen < f


@given(problems(9), st.integers(1, 30), st.booleans())
def test_splits_of_open_nodes(problem: Problem, steps: int, is_short: bool) -> None:
    """They are pairs' worths in two, wherever a walk was stopped, in 32 bits and in 64."""
    least = state.LEAST_SCALE
    try:
        state.LEAST_SCALE = least if is_short else state.MOST_SCALE + 1
        tree = tree_of(problem)
    finally:
        state.LEAST_SCALE = least
    assert tree.split.dtype == (np.float32 if is_short else np.float64)
    walk(tree, steps)
    for k in range(int(tree.notes[state.OPEN])):
        f = int(tree.about[k, state.SIZE])
        split, pair = tree.split[k, :, : f * stride_of(f)].reshape(2, f, -1)
        number = tree.item[k, state.NUMBER, :f].astype(np.int64)
        there = pair[:, :f] > 0
        assert np.array_equal((split[:, :f] + split[:, :f].T)[there], pair[:, :f][there])
        assert np.all(split[:, :f][there] >= 0)
        assert np.all(split[:, :f][~there] <= 0)
        for i, j, worth in zip(problem.first, problem.second, problem.pair, strict=True):
            a, b = np.flatnonzero(number == i), np.flatnonzero(number == j)
            if len(a) and len(b) and there[a[0], b[0]]:
                assert pair[a[0], b[0]] == worth * tree.notes[state.SCALE]


def test_room_is_kept() -> None:
    """A tree that is done with gives its room to the next one, and to no other."""
    one = np.ones(2, dtype=np.int64)
    problem = (one, one, 0 * one[:1], one[:1], one[:1], 1, None, 0)
    first = state.new_tree(*problem)
    second = state.new_tree(*problem)
    assert not np.shares_memory(first.split, second.split)
    state.give_back(first)
    third, fourth = state.new_tree(*problem), state.new_tree(*problem)
    assert np.shares_memory(first.split, third.split)
    assert not np.shares_memory(third.split, fourth.split)


@given(problems(9))
def test_scales_of_parts(problem: Problem) -> None:
    """In a row of splits nothing passes 24 bits."""
    columns = (problem.pair, problem.first, problem.second, problem.weight)
    scale = state.part_scale_for(*columns, problem.room)
    for v in range(len(problem.worth)):
        of = (problem.first == v) | (problem.second == v)
        assert scale * int(problem.pair[of].sum()) <= state.LARGEST_PART
    fits = problem.weight[problem.weight <= problem.room]
    if len(problem.pair) and len(fits):
        most = (int(problem.pair.max()) + 1) * int(fits.max())
        assert 2 * scale * most <= state.LARGEST_PART


knapsacks = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 12)), min_size=1, max_size=8
)


@given(knapsacks, st.integers(0, 60), st.sampled_from(KINDS))
def test_knapsacks(
    items: list[tuple[int, int]], room: int, kind: type[np.floating]
) -> None:
    """The whole one is that of enumeration; a found price fills no more than the room."""
    value, weight = (np.array(column) * 1.0 for column in zip(*items, strict=True))
    m = len(value)
    sets = np.array([[(k >> v) & 1 for v in range(m)] for k in range(1 << m)])
    best = (sets @ value)[sets @ weight <= room].max()
    tables = np.full(room + 1, np.nan, kind), np.full(room + 1, np.nan, kind)
    assert whole_value(value.astype(kind), weight, float(room), *tables) == best
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


@pytest.mark.parametrize("is_short", [True, False])
def test_warmed_up_for_both_kinds(is_short: bool) -> None:
    """Numbers of 32 and of 64 bits are compiled before the clock runs."""
    from bundlesolve.kernels import split_tree

    split_tree.warm_up(is_short)
    one = np.ones(1, dtype=np.int64)
    pair = one if is_short else state.LARGEST_PART * one
    tree = state.new_tree(one.repeat(2), one.repeat(2), 0 * one, one, pair, 1, None, 0)
    assert tree.split.dtype == (np.float32 if is_short else np.float64)
    before = len(getattr(walk, "signatures", []))
    walk(tree, 3)
    assert len(getattr(walk, "signatures", [])) == before

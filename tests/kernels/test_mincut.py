"""Minimum cuts: the value of a textbook maximum flow, and the sets of enumeration."""

from __future__ import annotations

import os
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import cut_tree, products
from bundlesolve.kernels.cut_sides import MOST_LOOKS, settle_sides
from bundlesolve.kernels.mincut import Network, load, reload, settle, smallest_set
from bundlesolve.kernels.parametric import (
    BOUND,
    DONE,
    LARGE_WEIGHT,
    SMALL_WEIGHT,
    TWICE,
    P,
    Q,
    new_state,
    newton_step,
)
from bundlesolve.kernels.types import Ints
from tests.kernels.closures import Problem, problems


def random_problem(seed: int, m: int, pairs: int) -> Problem:
    """Return a random problem of a size that enumeration does not reach."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(m, 1)
    used = np.sort(rng.choice(len(first), pairs, replace=False))
    worth, weight = rng.integers(-90, 30, m), rng.integers(1, 30, m)
    pair = rng.integers(1, 40, pairs)
    room = int(weight.sum()) // 3
    return Problem(worth, weight, first[used], second[used], pair, room)


def textbook_value(problem: Problem) -> int:
    """Return twice the best worth of any set, from a maximum flow by networkx."""
    graph = nx.DiGraph()
    linear = 2 * problem.worth
    np.add.at(linear, problem.first, problem.pair)
    np.add.at(linear, problem.second, problem.pair)
    graph.add_nodes_from(["s", "t"])
    for v, c in enumerate(linear.tolist()):
        graph.add_edge(*(("s", v) if c > 0 else (v, "t")), capacity=abs(c))
    columns = (problem.first, problem.second, problem.pair)
    for i, j, q in zip(*(column.tolist() for column in columns), strict=True):
        graph.add_edge(i, j, capacity=q)
        graph.add_edge(j, i, capacity=q)
    return int(linear[linear > 0].sum()) - int(nx.maximum_flow_value(graph, "s", "t"))


def is_kept(net: Network, linear: Ints, scale: int) -> bool:
    """Tell whether the flow keeps capacities and the excesses are what it makes them."""
    flow = scale * net.worth - net.left
    tail = np.repeat(np.arange(len(linear)), np.diff(net.start))
    excess = 2 * linear + np.bincount(tail, scale * net.worth - flow, len(linear))
    return bool(
        np.all(np.abs(flow) <= scale * net.worth)
        and np.all(flow[net.back] == -flow)
        and np.array_equal(net.excess, excess.astype(np.int64))
    )


@given(problems(), st.integers(1, 5))
def test_best_sets(problem: Problem, scale: int) -> None:
    """Value, smallest and largest optimal set are those of enumeration."""
    net = problem.network
    load(net, scale * problem.worth, scale)
    twice = settle(net)
    sets = problem.sets
    worths = problem.worths(sets)
    best = sets[worths == worths.max()]
    assert twice == 2 * scale * worths.max()
    assert np.array_equal(smallest_set(net), best.min(axis=0))
    assert np.array_equal(net.label == len(problem.worth), best.max(axis=0) == 1)
    assert is_kept(net, scale * problem.worth, scale)


@pytest.mark.parametrize("seed", range(6))
def test_value_of_a_maximum_flow(seed: int) -> None:
    """On 60 nodes, sparse to dense: what networkx finds; cold and from another's flow."""
    problem = random_problem(seed, 60, [80, 200, 400, 800, 1200, 1770][seed])
    net = problem.network
    load(net, problem.worth, 1)
    assert settle(net) == textbook_value(problem)
    for rise, scale, old in ((20, 1, 1), (-5, 3, 1), (60, 2, 3)):
        linear = scale * (problem.worth + rise)
        reload(net, linear, scale, old)
        assert is_kept(net, linear, scale)
        moved = problem._replace(worth=problem.worth + rise)
        assert settle(net) == scale * textbook_value(moved)
        assert is_kept(net, linear, scale)


def newton(problem: Problem) -> tuple[Network, Ints, Ints, Ints]:
    """Return network, state and sets at the best multiplier."""
    m, net = len(problem.worth), problem.network
    pairs = int(problem.pair.sum())
    size = int(np.abs(problem.worth).sum()) + pairs
    most, heavy = int(problem.worth.sum()) + pairs, int(problem.weight.sum())
    state = new_state(0, 1, most, heavy, size)
    small, large = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for _ in range(100):
        if state[DONE]:
            return net, state, small, large
        newton_step(net, problem.worth, problem.weight, problem.room, state, small, large)
    raise AssertionError("no end after 100 cuts")


@given(problems())
def test_newton_finds_the_hull(problem: Problem) -> None:
    """The bound is the concave hull of (weight, worth) at the room, rounded down."""
    _, state, small, large = newton(problem)
    sets = problem.sets
    worths, weights = problem.worths(sets), sets @ problem.weight
    fits = weights <= problem.room
    hull = float(worths[fits].max())
    for w, a in zip(worths[fits], weights[fits], strict=True):
        share = (problem.room - a) / np.maximum(weights[~fits] - a, 1)
        hull = max(hull, *(w + share * (worths[~fits] - w)), w)
    assert state[BOUND] == int(np.floor(hull + 1e-9))
    assert np.all(small <= large)
    assert state[SMALL_WEIGHT] == small @ problem.weight <= problem.room
    assert state[LARGE_WEIGHT] == large @ problem.weight
    assert state[P] == 0 or state[LARGE_WEIGHT] >= problem.room


@given(problems(), st.integers(0, 60))
def test_sides_are_those_of_better_sets(problem: Problem, need: int) -> None:
    """Every set that comes within ``need`` of the optimum has the sides that are shown."""
    net, state, small, _ = newton(problem)
    side = np.zeros_like(small)
    p, q = int(state[P]), int(state[Q])
    settle_sides(net, need + 1, MOST_LOOKS, small, side)
    sets = problem.sets
    twice = 2 * (q * problem.worths(sets) - p * (sets @ problem.weight))
    near = sets[twice >= state[TWICE] - need]
    assert np.all(near[:, side > 0] == 1)
    assert np.all(near[:, side < 0] == 0)
    assert is_kept(net, q * problem.worth - p * problem.weight, q)


@given(problems(), st.integers(0, 6))
def test_products_bound_what_fits(problem: Problem, steps: int) -> None:
    """Never below the best set that fits, never above the bound without products."""
    _, plain, _, _ = newton(problem)
    scale = products.scale_for(1000)
    tight = products.new_products(problem.network, problem.worth, problem.weight)
    state = products.tighten(
        tight, problem.room, scale, scale * problem.best, 1.0, steps, 0, 1, 0
    )
    assert problem.best <= state[BOUND] // scale <= plain[BOUND]


@given(problems(9), st.integers(0, 4), st.booleans())
def test_the_tree_finds_the_best(problem: Problem, steps: int, known: bool) -> None:
    """Knowing nothing, or the best already: it ends with the truth."""
    best = problem.best
    columns = (problem.worth, problem.weight, problem.first, problem.second, problem.pair)
    tree = cut_tree.new_tree(*columns, best if known else -1, steps)
    looks = 0
    while not tree.notes[cut_tree.FINISHED]:
        looks += cut_tree.walk(tree, problem.room, 7)
        assert looks <= 1 << 10
    assert tree.notes[cut_tree.NODES] == looks
    assert tree.notes[cut_tree.BEST] == best
    assert tree.notes[cut_tree.FOUND] == (not known)
    if not known:
        chosen = tree.best_set[None, :]
        assert problem.worths(chosen)[0] == best
        assert chosen[0] @ problem.weight <= problem.room


IN_ANOTHER_PROCESS = """
from tests.kernels.test_mincut import random_problem, newton, cut_tree
problem = random_problem(3, 24, 90)
net, state, small, large = newton(problem)
tree = cut_tree.new_tree(*problem[:5], 0, 2)
while not tree.notes[cut_tree.FINISHED]:
    cut_tree.walk(tree, problem.room, 50)
print(state.tolist(), small.tolist(), tree.notes.tolist(), tree.best_set.tolist())
"""


def test_compiled_or_not_is_the_same() -> None:
    """Without the compiler: the same cuts, the same tree."""
    printed = []
    for off in ("0", "1"):
        out = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            env={**os.environ, "NUMBA_DISABLE_JIT": off},
            capture_output=True,
            text=True,
            check=True,
        )
        printed.append(out.stdout)
    assert printed[0] == printed[1]


def test_rounded_multipliers_come_to_an_end() -> None:
    """Worths near the limit leave so few denominators that steps repeat themselves."""
    from bundlesolve.kernels import parametric
    from bundlesolve.kernels.mincut import Network, build

    rng = np.random.default_rng(3)
    for _ in range(200):
        m = int(rng.integers(2, 7))
        first, second = np.triu_indices(m, 1)
        pair = rng.integers(1, 1 << 52, len(first))
        worth = rng.integers(0, 1 << 54, m)
        weight = rng.integers(1, 1000, m)
        start, head, back, value = build(m, first, second, pair)
        spare = np.zeros(m, dtype=np.int64)
        net = Network(start, head, back, value, value.copy(), spare, spare.copy())
        small, large = spare.copy(), spare.copy()
        size = int(worth.sum() + pair.sum())
        state = parametric.new_state(0, 1, size, int(weight.sum()), size)
        room = int(rng.integers(0, weight.sum() + 1))
        while not state[parametric.DONE]:
            assert state[parametric.CUTS] < parametric.MOST_CUTS
            args = (net, worth, weight, room, state, small, large)
            parametric.newton_step(*args)
        best = max(
            sum(int(worth[v]) for v in range(m) if inside >> v & 1)
            + sum(
                int(q)
                for a, b, q in zip(first, second, pair, strict=True)
                if inside >> int(a) & 1 and inside >> int(b) & 1
            )
            for inside in range(1 << m)
            if sum(int(weight[v]) for v in range(m) if inside >> v & 1) <= room
        )
        assert state[parametric.BOUND] >= best

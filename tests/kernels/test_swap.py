"""A step of the swap search makes the best move that all pairs by hand would find."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.generate.qkp import Qkp
from bundlesolve.kernels import layout as layouts
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.leaders import no_leaders
from bundlesolve.kernels.memory import STEP, Memory, new_memory
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, new_point, place
from bundlesolve.kernels.prices import set_prices
from bundlesolve.kernels.push import no_foes
from bundlesolve.kernels.shake import shake
from bundlesolve.kernels.swap import swap_steps
from bundlesolve.kernels.types import Ints
from bundlesolve.model import compile
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from tests.kernels.programs import layout_of, program_of, random_point
from tests.kernels.searches import search_at

FOREVER = 1 << 40


def alone(layout: Layout) -> tuple[Ints, Ints, Ints]:
    """Return that nothing excludes or needs another."""
    return no_foes(layout), *no_leaders(layout)


def steps(
    layout: Layout, point: Point, memory: Memory, tenure: int, theta: float, most: int
) -> int:
    """Make steps of one endless round; return how many."""
    forever = FOREVER, FOREVER
    made: int = swap_steps(
        layout, point, memory, *alone(layout), tenure, *forever, theta, most
    )
    return made


def two_valued(seed: int) -> Program:
    """Return a random program whose variables all take two values at most."""
    while True:
        program = program_of(seed, items=8)
        if np.all(program.upper - program.lower <= 1):
            return program
        seed += 1000


def feasible_point(program: Program, rng: np.random.Generator) -> IntArray | None:
    """Return a random feasible point, None if two hundred tries found none."""
    for _ in range(200):
        x = random_point(program, rng)
        if program.is_feasible(x):
            return x
    return None


def best_neighbour(program: Program, x: IntArray) -> int | None:
    """Return the best objective of all feasible flips and swaps."""
    best = None
    m = program.num_vars
    for i in range(m):
        for j in range(i, m):
            y = x.copy()
            for v in {i, j}:
                y[v] = program.lower[v] + program.upper[v] - x[v]
            swap = i == j or (y[i] - x[i]) * (y[j] - x[j]) < 0
            if swap and not np.array_equal(x, y) and program.is_feasible(y):
                value = program.objective(y)
                best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_step_is_the_best_neighbour(
    seed: int, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With prices that only filter, one step reaches the best flip or swap there is."""
    if not dense:
        monkeypatch.setattr(layouts, "MOST_DENSE", 0)
    program = two_valued(seed)
    rng = np.random.default_rng(seed)
    x = feasible_point(program, rng)
    if x is None:
        return
    layout = layout_of(program)
    point, memory = search_at(layout, x, seed)
    assert steps(layout, point, memory, 1, 0.0, 1) == 1
    expected = best_neighbour(program, x)
    if expected is None:
        assert np.array_equal(point.x, x)
    else:
        assert program.objective(point.x) == expected
        assert point.sums[OBJECTIVE] + program.constant == expected
    assert not np.any(memory.buffer)


@pytest.mark.parametrize("theta", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(10))
def test_steps_stay_feasible(seed: int, theta: float) -> None:
    """Whatever the merit, hard rows are never broken and the best is really the best."""
    program = two_valued(seed)
    x = feasible_point(program, np.random.default_rng(seed))
    if x is None:
        return
    layout = layout_of(program)
    point, memory = search_at(layout, x, seed)
    seen = [program.objective(x)]
    for _ in range(50):
        steps(layout, point, memory, 1, theta, 1)
        assert program.is_feasible(point.x)
        seen.append(program.objective(point.x))
    assert program.objective(memory.best_x) == max(seen)


@pytest.mark.parametrize("seed", range(8))
def test_prices_only_filter(seed: int) -> None:
    """Prices, good or absurd, do not change what the best swap is worth."""
    program = compile_qkp(seed)
    layout = layout_of(program)
    point, memory = new_point(layout), new_memory(layout, 5, 6)
    set_prices(layout, point, memory.price, memory.cost, 50)
    steps(layout, point, memory, 2, 0.0, 25)
    x, price, cost = point.x.copy(), memory.price.copy(), memory.cost.copy()
    ends = set()
    for scale in (0.0, 0.5, 1.0, 3.0):
        point.x[:] = x
        place(layout, point)
        memory.tabu[:] = 0
        memory.price[:] = price * scale
        memory.cost[:] = cost * scale
        steps(layout, point, memory, 2, 0.0, 1)
        ends.add(int(point.sums[OBJECTIVE]))
    assert len(ends) == 1


def compile_qkp(seed: int) -> Program:
    """Return a knapsack of 30 items whose swaps fit into the budget of pairs."""
    return compile(Qkp(items=30).draw(np.random.default_rng(seed))).program


@pytest.mark.parametrize("seed", range(20))
def test_shakes_keep_hard_rows(seed: int) -> None:
    """Random moves leave a feasible point feasible and the activities right."""
    program = two_valued(seed)
    x = feasible_point(program, np.random.default_rng(seed))
    if x is None:
        return
    layout = layout_of(program)
    point = new_point(layout)
    memory: Memory = new_memory(layout, seed, 1)
    point.x[:] = x
    place(layout, point)
    shake(layout, point, memory, 10, 5)
    assert program.is_feasible(point.x)
    assert point.activity.tolist() == program.activity(point.x).tolist()
    place(layout, point)
    assert point.sums[BROKEN] == 0
    assert np.all(memory.tabu <= memory.notes[STEP] + 5)

"""Pushes: the best move of a step, counting those that take out several foes at once."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.kernels import layout as layouts
from bundlesolve.kernels.leaders import no_leaders as no_units
from bundlesolve.kernels.memory import new_memory
from bundlesolve.kernels.point import OBJECTIVE, new_point, place
from bundlesolve.kernels.prices import set_prices
from bundlesolve.kernels.push import find_foes, no_foes
from bundlesolve.kernels.swap import swap_steps
from bundlesolve.model import Budget, Category, Conflict, Instance, compile
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from tests.kernels.programs import layout_of

FOREVER = 1 << 40


def clashing(seed: int) -> Program:
    """Return the program of a small knapsack with many conflicts."""
    made = Conflicts(items=9, density=60, conflict_density=35)
    return compile(made.make(seed)).program


def neighbours(program: Program, x: IntArray, foes: IntArray) -> list[int]:
    """Return the objectives of all feasible flips, swaps and pushes."""
    m, found = program.num_vars, []
    for v in range(m):
        for u in range(v, m):
            y = x.copy()
            y[v] = 1 - x[v]
            if u != v:
                y[u] = 1 - x[u]
            if (u == v or x[u] != x[v]) and program.is_feasible(y):
                found.append(program.objective(y))
        y = x.copy()
        y[foes[m + 1 + foes[v] : m + 1 + foes[v + 1]]] = 0
        y[v] = 1
        if x[v] == 0 and program.is_feasible(y):
            found.append(program.objective(y))
    return found


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_step_is_the_best_neighbour(
    seed: int, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From random feasible points one step ends at the best of all neighbours."""
    if not dense:
        monkeypatch.setattr(layouts, "MOST_DENSE", 0)
    program, rng = clashing(seed), np.random.default_rng(seed)
    layout = layout_of(program)
    foes = find_foes(layout)
    for _ in range(20):
        x = (rng.random(program.num_vars) < 0.35).astype(np.int64)
        if not program.is_feasible(x):
            continue
        point, memory = new_point(layout), new_memory(layout, 1, 2)
        point.x[:] = x
        place(layout, point)
        set_prices(layout, point, memory.price, memory.cost, 20)
        swap_steps(
            layout, point, memory, foes, *no_units(layout), 1, FOREVER, FOREVER, 0.0, 1
        )
        assert point.sums[OBJECTIVE] == max(neighbours(program, x, foes))
        assert program.is_feasible(point.x)
        assert program.objective(point.x) == point.sums[OBJECTIVE]


def star() -> Program:
    """Return one item worth 10 that three items worth 3 exclude."""
    return compile(
        Instance(
            items=("hub", "a", "b", "c"),
            utility=np.array([10, 3, 3, 3]),
            rules=tuple(Conflict(name=f"{k}", items=np.array([0, k])) for k in (1, 2, 3)),
            budgets=(
                Budget(
                    name="room",
                    per_item=Amounts.dense(np.ones(4, dtype=np.int64)),
                    at_most=3,
                ),
            ),
        )
    ).program


def test_by_hand_one_push_is_one_step() -> None:
    """The three go out, the hub comes in: worth 10 instead of 9 after one step."""
    layout = layout_of(star())
    foes = find_foes(layout)
    assert foes.tolist() == [0, 3, 4, 5, 6, 1, 2, 3, 0, 0, 0]
    point, memory = new_point(layout), new_memory(layout, 1, 2)
    point.x[1:] = 1
    place(layout, point)
    swap_steps(layout, point, memory, foes, *no_units(layout), 1, FOREVER, FOREVER, 0.0, 1)
    assert point.x.tolist() == [1, 0, 0, 0]
    assert point.sums[OBJECTIVE] == 10


def test_rows_of_more_than_two_make_no_foes() -> None:
    """A category of which one is chosen is no pair."""
    few = Category(name="few", items=np.arange(3), at_most=1)
    program = compile(
        Instance(
            items=("a", "b", "c"), utility=np.ones(3, dtype=np.int64), categories=(few,)
        )
    ).program
    layout = layout_of(program)
    assert find_foes(layout).tolist() == no_foes(layout).tolist()

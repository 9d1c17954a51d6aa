"""An item leaves with its units: a step makes the best move that all tries by hand find."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.generate.retail import Retail
from bundlesolve.kernels import layout as layouts
from bundlesolve.kernels.leaders import find_leaders, list_followers
from bundlesolve.kernels.point import OBJECTIVE, place
from bundlesolve.kernels.push import find_foes
from bundlesolve.kernels.swap import swap_steps
from bundlesolve.model import compile
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from tests.kernels.programs import layout_of
from tests.kernels.searches import search_at

FOREVER = 1 << 40


def full_point(program: Program, rng: np.random.Generator) -> IntArray:
    """Return a feasible point to which nothing more fits, filled in random order."""
    x = program.lower.copy()
    for _ in range(3):
        for v in rng.permutation(program.num_vars):
            if x[v] < program.upper[v]:
                x[v] += 1
                x[v] -= not program.is_feasible(x)
    return x


def neighbours(program: Program, x: IntArray, leaders: IntArray) -> list[int]:
    """Return the objectives of all flips, swaps, and items out with all their units."""
    found = []
    m = program.num_vars
    free = [v for v in range(m) if program.lower[v] < program.upper[v]]
    inside = [v for v in free if x[v]]
    for out in [*inside, None]:
        groups: list[list[int]] = [[] if out is None else [out]]
        units = [u for u in inside if out is not None and leaders[u] == out]
        if units:
            assert out is not None
            groups.append([out, *units])
        for group in groups:
            for into in [*(v for v in free if not x[v]), None]:
                y = x.copy()
                y[group] = 0
                if into is not None:
                    y[into] = 1
                if not np.array_equal(x, y) and program.is_feasible(y):
                    found.append(program.objective(y))
    return found


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_step_is_the_best_neighbour(
    seed: int, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the best is to take an item out with two or three units."""
    if not dense:
        monkeypatch.setattr(layouts, "MOST_DENSE", 0)
    shop = Retail(items=14, synergies=60, categories=3, size=6, share=40)
    program = compile(shop.make(seed)).program
    rng = np.random.default_rng(seed)
    layout = layout_of(program)
    leaders = find_leaders(layout)
    led = find_foes(layout), leaders, list_followers(leaders)
    for _ in range(6):
        x = full_point(program, rng)
        point, memory = search_at(layout, x, seed)
        swap_steps(layout, point, memory, *led, 1, FOREVER, FOREVER, 0.0, 1)
        assert program.is_feasible(point.x)
        assert program.objective(point.x) == max(neighbours(program, x, leaders))
        assert point.sums[OBJECTIVE] + program.constant == program.objective(point.x)
        kept = point.activity.copy()
        place(layout, point)
        np.testing.assert_array_equal(point.activity, kept)
        assert not np.any(memory.buffer)

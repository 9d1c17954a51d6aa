"""What a point keeps up to date equals what a full computation finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import layout as layouts
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, move, new_point, place
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from tests.kernels.programs import layout_of, program_of, random_point, slow_gains
from tests.strategies import instances


def agree(program: Program, point: Point) -> None:
    """Assert that gains, activities, objective and broken rows are right."""
    x = point.x
    assert point.gain.tolist() == slow_gains(program, x).tolist()
    assert point.activity.tolist() == program.activity(x).tolist()
    assert point.sums[OBJECTIVE] + program.constant == program.objective(x)
    broken = program.violation(x)[program.row_soft == 0] > 0
    assert point.sums[BROKEN] == broken.sum()


@given(instances(), st.integers(0, 2**32 - 1))
def test_moves_add_up(instance: Instance, seed: int) -> None:
    """After any moves everything is as if computed from the point."""
    program = compile(instance).program
    rng = np.random.default_rng(seed)
    layout = layout_of(program)
    point = new_point(layout)
    agree(program, point)
    for _ in range(12):
        v = int(rng.integers(program.num_vars))
        to = int(rng.integers(program.lower[v], program.upper[v] + 1))
        move(layout, point, v, to - int(point.x[v]))
        agree(program, point)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_matrix_and_lists_agree(
    seed: int, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long random walks end right on both ways of keeping the pairs."""
    if not dense:
        monkeypatch.setattr(layouts, "MOST_DENSE", 0)
    program = program_of(seed, items=20)
    rng = np.random.default_rng(seed)
    layout = layout_of(program)
    point = new_point(layout)
    point.x[:] = random_point(program, rng)
    place(layout, point)
    agree(program, point)
    for _ in range(200):
        v = int(rng.integers(program.num_vars))
        to = int(rng.integers(program.lower[v], program.upper[v] + 1))
        move(layout, point, v, to - int(point.x[v]))
    agree(program, point)

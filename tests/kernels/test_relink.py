"""Paths between points: they end where they should, and their middle is as told."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.kernels.memory import new_memory
from bundlesolve.kernels.point import new_point, place
from bundlesolve.kernels.relink import relink
from tests.kernels.programs import layout_of, program_of, random_point


@pytest.mark.parametrize("seed", range(10))
def test_from_one_end_to_the_other(seed: int) -> None:
    """It reaches the target, and every value of the middle is one of the two ends'."""
    program = program_of(seed)
    layout, rng = layout_of(program), np.random.default_rng(seed)
    begin, target = random_point(program, rng), random_point(program, rng)
    point, memory = new_point(layout), new_memory(layout, 1, 2)
    point.x[:] = begin
    place(layout, point)
    middle = np.empty_like(begin)
    length = int(np.sum(begin != target))
    assert relink(layout, point, memory, target, middle, 1 << 40) == length
    assert np.array_equal(point.x, target)
    assert np.all((middle == begin) | (middle == target))
    if length >= 4:
        assert length / 4 <= np.sum(middle != begin) <= 3 * length / 4
    objective = program.objective(target) - program.constant
    if program.is_feasible(target):
        assert point.sums[0] == objective


def test_as_many_steps_as_allowed() -> None:
    """It stops on the way."""
    program = program_of(3)
    layout, rng = layout_of(program), np.random.default_rng(3)
    target = random_point(program, rng)
    point, memory = new_point(layout), new_memory(layout, 1, 2)
    begin = point.x.copy()
    assert relink(layout, point, memory, target, begin.copy(), 2) == 2
    assert np.sum(point.x != begin) == 2

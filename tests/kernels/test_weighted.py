"""The search across the border: groups, weights, and nothing left behind."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.kernels.leaders import find_leaders, list_followers
from bundlesolve.kernels.memory import HAS_BEST, new_memory
from bundlesolve.kernels.point import new_point
from bundlesolve.kernels.weighted import first_weights, weighted_steps
from bundlesolve.model import Amounts, Budget, Instance, Requires, compile
from tests.kernels.programs import layout_of, program_of
from tests.kernels.test_point import agree

FOREVER = 1 << 40


def test_extra_units_follow_their_item() -> None:
    """Two steps of apple follow apple; a requirement between items makes no follower."""
    instance = Instance(
        items=("apple", "pear"),
        utility=np.array([3, 2]),
        max_units=np.array([4, 1]),
        extra_utility=((0, (2, 1)),),
        rules=(Requires(name="pair", item=1, needs=0),),
    )
    leaders = find_leaders(layout_of(compile(instance).program))
    assert leaders[2:].tolist() == [0, 0]
    follow = list_followers(leaders)
    assert follow[len(leaders) + 1 :][: follow[1]].tolist()[-2:] == [2, 3]


def test_at_least_rows_are_mended() -> None:
    """Six units asked for at a price, nothing in yet: the search gets there."""
    instance = Instance(
        items=("a", "b", "c"),
        utility=np.array([-1, -1, -1]),
        max_units=np.array([3, 3, 3]),
        budgets=(
            Budget(
                name="demand", per_unit=Amounts.dense(np.ones(3)[:].astype(int)), at_least=6
            ),
            Budget(name="money", per_unit=Amounts.dense(np.array([5, 1, 2])), at_most=9),
        ),
    )
    program = compile(instance).program
    layout = layout_of(program)
    point, memory = new_point(layout), new_memory(layout, 1, 1)
    leaders = find_leaders(layout)
    follow, streak = list_followers(leaders), np.zeros(program.num_rows, dtype=np.int64)
    first_weights(layout, point, memory)
    weighted_steps(
        layout, point, memory, leaders, follow, streak, 2, FOREVER, FOREVER, False, 200
    )
    assert memory.notes[HAS_BEST] == 1
    assert program.objective(memory.best_x) == -2


@pytest.mark.parametrize("seed", range(25))
def test_trials_leave_no_trace(seed: int) -> None:
    """Moves that are only tried are undone: the point agrees after every step."""
    program = program_of(seed, items=9)
    layout = layout_of(program)
    point, memory = new_point(layout), new_memory(layout, seed, seed)
    leaders = find_leaders(layout)
    follow, streak = list_followers(leaders), np.zeros(program.num_rows, dtype=np.int64)
    first_weights(layout, point, memory)
    for _ in range(25):
        weighted_steps(
            layout, point, memory, leaders, follow, streak, 2, FOREVER, FOREVER, False, 1
        )
        agree(program, point)
        assert np.all((program.lower <= point.x) & (point.x <= program.upper))
        assert not np.any(memory.buffer)
    if memory.notes[HAS_BEST]:
        assert program.is_feasible(memory.best_x)

"""Bounds carried from one program to another are bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels.pair_gain import pair_gain
from bundlesolve.live.carry import carried_bound, matched_rows
from bundlesolve.model import Conflict, Exclude, Include, Instance, Synergies, compile
from tests.live.steps import changed, steps
from tests.referee import best_by_brute
from tests.strategies import instances


@given(st.data(), instances(most_items=4))
def test_carried_bounds_hold(data: st.DataObject, instance: Instance) -> None:
    """The optimum, carried over three changes at most, is no less than the new optimum."""
    best = best_by_brute(instance)
    if best is None:
        return
    after = instance
    for _ in range(data.draw(st.integers(1, 3))):
        after = changed(after, data.draw(steps(after)))
    bound = carried_bound(compile(instance).program, compile(after).program, best)
    truth = best_by_brute(after)
    if bound is not None and truth is not None:
        assert bound >= truth


@given(instances(most_items=4))
def test_carried_to_itself(instance: Instance) -> None:
    """Nothing changed, nothing lost."""
    before, after = compile(instance).program, compile(instance.replace(name="x")).program
    assert carried_bound(before, after, 17) == 17
    assert matched_rows(before, after).tolist() == list(range(before.num_rows))


def test_what_forbids_costs_nothing(tea: Instance) -> None:
    """A rule more, less money: the bound of before still holds."""
    rules = (Conflict(name="either", items=np.array([0, 2])), Exclude(name="no", item=1))
    less = tea.replace(rules=rules, budgets=(tea.budgets[0].replace(at_most=5),))
    before, after = compile(tea).program, compile(less).program
    assert carried_bound(before, after, 9) == 9
    assert carried_bound(after, before, 9) is None


def test_worth_is_added(tea: Instance) -> None:
    """Tea worth 5 more and cake 1 less: 5 more at most; if tea is in, exactly so."""
    worth = tea.replace(utility=tea.utility + np.array([5, -1, 0]))
    before, after = compile(tea).program, compile(worth).program
    assert carried_bound(before, after, 9) == 14
    held = tea.replace(rules=(Include(name="tea", item=0),))
    less = held.replace(utility=tea.utility - np.array([2, 0, 0]))
    assert carried_bound(compile(held).program, compile(less).program, 9) == 7


def test_penalties_that_fall_are_paid_for(tea: Instance) -> None:
    """Three units too many at most, each 2 cheaper to have."""
    soft = [
        compile(tea.replace(budgets=(tea.budgets[0].replace(penalty=p),))).program
        for p in (5, 3)
    ]
    assert carried_bound(soft[0], soft[1], 9) == 9 + 2 * 3
    assert carried_bound(soft[1], soft[0], 9) == 9


@pytest.mark.parametrize(
    ("old", "new", "gain"),
    [
        ({}, {}, 0),
        ({(0, 1): 3}, {}, 0),
        ({(0, 1): -3}, {}, 3),
        ({}, {(0, 1): 3, (1, 2): -4}, 3),
        ({(0, 1): 3, (0, 3): 1}, {(0, 1): 5, (0, 2): 7, (0, 3): -1, (2, 3): 1}, 10),
    ],
)
def test_pair_gain(
    old: dict[tuple[int, int], int], new: dict[tuple[int, int], int], gain: int
) -> None:
    """By hand."""
    lists = [Synergies.of(pairs) for pairs in (old, new)]
    columns = [column for s in lists for column in (s.first, s.second, s.worth)]
    assert pair_gain(*columns) == gain

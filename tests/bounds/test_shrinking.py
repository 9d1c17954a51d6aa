"""Low-rank bounds on ever smaller cores: nothing better is lost, and bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bundlesolve.bounds import low_rank, shrinking, spectrum
from bundlesolve.bounds.shrinking import shrink
from bundlesolve.model import Instance, compile
from tests.bounds.cores import MOST_POINTS, feasible_worths
from tests.solvers.engines import knapsack
from tests.strategies import instances


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Limits as if a handful of variables were thousands."""
    monkeypatch.setattr(low_rank, "LEAST_VARIABLES", 1)
    monkeypatch.setattr(spectrum, "MOST_PROJECTED", 3)
    return monkeypatch


@settings(max_examples=15)
@given(instances(), st.booleans())
def test_never_below_the_best(instance: Instance, knows: bool) -> None:
    """Rows of every kind, near the known point or anywhere: no better point is lost."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    assume(len(points) > 0)
    objective = int(worths.max()) - 1
    best = points[worths == worths.max()]
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(low_rank, "LEAST_VARIABLES", 1)
        patch.setattr(spectrum, "MOST_PROJECTED", 3)
        x = best[0] if knows else None
        box = shrink(program, objective, np.inf, tell=told.append, x=x)
    assume(box is not None)
    assert box is not None
    assert not box.closed
    assert min(told) == box.bound >= worths.max()
    assert np.all(best >= box.lower)
    assert np.all(best <= box.upper)


def test_goes_on_where_it_was(small: pytest.MonkeyPatch) -> None:
    """A knapsack of fourteen items: a bound near the truth, and few items left."""
    program = knapsack(14)
    points, worths = feasible_worths(program)
    truth = int(worths.max())
    box = shrink(program, truth, np.inf, x=points[int(np.argmax(worths))])
    assert box is not None
    assert box.bound is not None
    assert truth <= box.bound <= 1.5 * truth


def test_closes(small: pytest.MonkeyPatch) -> None:
    """A value that no point is near is told to be out of reach."""
    program = knapsack(14)
    truth = int(feasible_worths(program)[1].max())
    box = shrink(program, 2 * truth, np.inf)
    assert box is not None
    assert box.closed


def test_what_it_declines(small: pytest.MonkeyPatch) -> None:
    """No time, and too many variables."""
    program = knapsack(14)
    assert shrink(program, 100, 0.0) is None
    small.setattr(shrinking, "MOST_BOUNDED", 13)
    assert shrink(program, 100, np.inf) is None


def test_stopped_at_once(small: pytest.MonkeyPatch) -> None:
    """Nothing is claimed."""
    box = shrink(knapsack(14), 100, np.inf, stops=lambda: True)
    assert box is not None
    assert box.bound is None
    assert not box.closed

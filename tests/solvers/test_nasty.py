"""The nasty instances' optima are what their stories say, by the judge alone."""

from __future__ import annotations

import pytest

from bundlesolve.model import Instance
from tests.referee import best_by_brute, best_by_judge
from tests.solvers.nasty import NASTY


@pytest.mark.parametrize(("instance", "optimum"), NASTY.values(), ids=NASTY)
def test_stories_are_true(instance: Instance, optimum: int | None) -> None:
    """Enumeration of units by the judge and of points by brute agree with the story."""
    assert best_by_judge(instance) == optimum
    assert best_by_brute(instance) == optimum

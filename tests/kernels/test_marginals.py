"""Chances over divisions: against enumeration, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bundlesolve.kernels.marginals import partition_marginals
from bundlesolve.learn.tables import FloatArray
from tests.grouping.test_grouping import divisions, worths


@given(worths())
@settings(max_examples=60, deadline=None)
def test_marginals_equal_enumeration(worth: FloatArray) -> None:
    """Every division, its weight, and the pairs that it puts together."""
    total, together = 0.0, np.zeros_like(worth)
    for labels in divisions(len(worth)):
        group = np.array(labels)
        same = group[:, None] == group
        weight = np.exp(np.triu(np.where(same, worth, 0), 1).sum())
        total += weight
        together += weight * same
    np.fill_diagonal(together, 0)
    log_z, chance = partition_marginals(worth)
    assert log_z == pytest.approx(np.log(total))
    np.testing.assert_allclose(chance, together / total, atol=1e-12)


def test_two_items_by_hand() -> None:
    """Together with weight e^w, apart with 1: a logistic function."""
    log_z, chance = partition_marginals(np.array([[0.0, 0.7], [0.7, 0.0]]))
    assert log_z == pytest.approx(np.log1p(np.exp(0.7)))
    assert chance[0, 1] == pytest.approx(1 / (1 + np.exp(-0.7)))


def test_large_worths_do_not_overflow() -> None:
    """Ten items that belong together for certain, and one that does not."""
    worth = np.full((11, 11), 300.0)
    worth[10] = worth[:, 10] = -300.0
    log_z, chance = partition_marginals(worth)
    assert log_z == pytest.approx(45 * 300)
    assert chance[0, 1] == pytest.approx(1)
    assert chance[0, 10] == pytest.approx(0)

"""Generalised dispersion files."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import gdp_maxsum
from bundlesolve.model import check
from tests.files.samples import GDP_MAXSUM


def test_the_sample_says_what_was_written() -> None:
    """Units are quantities plus one, costs have two decimals, both budgets are one."""
    instance = gdp_maxsum.read(GDP_MAXSUM, "f", None)
    assert instance.decimals == 1
    assert instance.synergies.worth.tolist() == [125, 70, 10]
    assert instance.max_units.tolist() == [6, 1, 8]
    cost, demand = instance.budgets
    assert cost.decimals == 2
    assert cost.per_item.values.tolist() == [9750, 4875, 950]
    assert cost.per_unit.values.tolist() == [250, 125, 50]
    assert cost.at_most == 11000
    assert demand.per_item.values.tolist() == [-1, -1, -1]
    assert demand.per_unit.values.tolist() == [1, 1, 1]
    assert demand.at_least == 4


def test_costs_and_demand_add_up_by_hand() -> None:
    """Quantity 4 of item 3 costs 10 + 4 * 0.5 = 12; items 1 and 3 cost 110 + quantities."""
    instance = gdp_maxsum.read(GDP_MAXSUM, "f", None)
    assert check(instance, np.array([[0, 0, 5]])).feasible
    assert not check(instance, np.array([[0, 0, 4]])).feasible
    assert not check(instance, np.array([[1, 0, 5]])).feasible
    dearer = GDP_MAXSUM.replace(b"60 50 4", b"60 52 4")
    verdict = check(gdp_maxsum.read(dearer, "f", None), np.array([[1, 0, 5]]))
    assert (verdict.feasible, verdict.objective) == (True, 70)


def test_an_item_may_be_in_with_quantity_0() -> None:
    """It costs its fixed cost and gives nothing: 50 + 10 + 2 = 62 for items 2 and 3."""
    for budget, enough in ((b"12 50 4", True), (b"11 50 4", False)):
        instance = gdp_maxsum.read(GDP_MAXSUM.replace(b"60 50 4", budget), "f", None)
        verdict = check(instance, np.array([[0, 1, 5]]))
        assert verdict.feasible is enough
        assert verdict.objective == 10


def test_a_demand_with_decimals_is_rounded_up() -> None:
    """Units are whole: 3.2 of them means 4."""
    data = GDP_MAXSUM.replace(b"60 50 4", b"60 50 3.2")
    assert gdp_maxsum.read(data, "f", None).budgets[1].at_least == 4


def test_items_out_of_order_are_refused() -> None:
    """Their costs would go to others."""
    with pytest.raises(InvalidFile, match="line 6: expected item 2, found '1'"):
        gdp_maxsum.read(GDP_MAXSUM.replace(b"2 50.0", b"1 50.0"), "f", None)


def test_a_negative_stock_is_refused() -> None:
    """The error points at the stock."""
    with pytest.raises(InvalidFile, match="line 5: expected a stock of 0 or more"):
        gdp_maxsum.read(GDP_MAXSUM.replace(b"2.5 5.0", b"2.5 -5.0"), "f", None)

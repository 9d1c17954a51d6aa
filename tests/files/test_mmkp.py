"""The three formats of multiple-choice multidimensional knapsack problems."""

from __future__ import annotations

import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import mmkp_hiremath_hill, mmkp_inst, mmkp_khan
from bundlesolve.model import Instance
from tests.files.samples import MMKP_HIREMATH_HILL, MMKP_INST, MMKP_KHAN


def _use(instance: Instance) -> list[list[int]]:
    return [b.per_item.to_dense(instance.n).tolist() for b in instance.budgets]


def test_khans_sample_says_what_was_written() -> None:
    """Two classes of two, three resources; what follows is commentary."""
    instance = mmkp_khan.read(MMKP_KHAN, "f", None)
    assert instance.items == ("1.1", "1.2", "2.1", "2.2")
    assert instance.decimals == 2
    assert instance.utility.tolist() == [750, 800, 125, 200]
    assert _use(instance) == [[1, 0, 3, 0], [2, 1, 2, 0], [3, 2, 1, 0]]
    assert [budget.at_most for budget in instance.budgets] == [5, 6, 7]
    groups = [category.items.tolist() for category in instance.categories]
    assert groups == [[0, 1], [2, 3]]
    assert {(c.at_least, c.at_most) for c in instance.categories} == {(1, 1)}


def test_inst_classes_may_differ_in_size() -> None:
    """Two items, then one."""
    instance = mmkp_inst.read(MMKP_INST, "f", None)
    assert instance.items == ("1.1", "1.2", "2.1")
    assert instance.utility.tolist() == [7, 8, 1]
    assert _use(instance) == [[1, 0, 3], [2, 1, 2], [3, 2, 1]]


def test_hiremath_and_hill_count_problems_from_one() -> None:
    """Tabs and carriage returns separate like blanks."""
    one = mmkp_hiremath_hill.read(MMKP_HIREMATH_HILL, "f", "1")
    two = mmkp_hiremath_hill.read(MMKP_HIREMATH_HILL, "f", "2")
    assert (one.name, one.items, one.utility.tolist()) == ("f#1", ("1.1", "2.1"), [7, 8])
    assert (two.name, two.items, two.utility.tolist()) == ("f#2", ("1.1", "1.2"), [9, 9])


def test_classes_out_of_order_are_refused() -> None:
    """The number of a class is its check."""
    with pytest.raises(InvalidFile, match="line 7: expected the number of class 2"):
        mmkp_khan.read(MMKP_KHAN.replace(b"\n 2\n", b"\n 3\n"), "f", None)

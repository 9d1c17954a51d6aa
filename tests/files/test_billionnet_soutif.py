"""Quadratic knapsack files of Billionnet and Soutif."""

from __future__ import annotations

import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import billionnet_soutif
from tests.files.samples import BILLIONNET_SOUTIF


def test_the_sample_says_what_was_written() -> None:
    """Profits, the pairs of the triangle without zeros, the capacity, the weights."""
    instance = billionnet_soutif.read(BILLIONNET_SOUTIF, "folder/r_tiny.txt.gz", None)
    assert instance.name == "r_tiny"
    assert instance.items == ("1", "2", "3")
    assert instance.utility.tolist() == [4, 5, 6]
    assert instance.synergies.first.tolist() == [0, 1]
    assert instance.synergies.second.tolist() == [1, 2]
    assert instance.synergies.worth.tolist() == [7, -2]
    (budget,) = instance.budgets
    assert budget.at_most == 10
    assert budget.per_item.values.tolist() == [3, 4, 5]


def test_a_reference_may_be_blank_or_long() -> None:
    """The first line is free text."""
    plain = billionnet_soutif.read(BILLIONNET_SOUTIF, "f", None)
    rest = BILLIONNET_SOUTIF.partition(b"\n")[2]
    for reference in (b"", b"three items, by hand 3"):
        data = reference + b"\n" + rest
        assert billionnet_soutif.recognise(data)
        assert billionnet_soutif.read(data, "f", None) == plain


def test_decimals_share_one_scale() -> None:
    """Single and pair profits are added, so they must not be scaled apart."""
    data = BILLIONNET_SOUTIF.replace(b"-2", b"-2.5")
    instance = billionnet_soutif.read(data, "f", None)
    assert instance.decimals == 1
    assert instance.utility.tolist() == [40, 50, 60]
    assert instance.synergies.worth.tolist() == [70, -25]


def test_an_equation_is_refused() -> None:
    """The sign line 1 means =, which no published instance has."""
    with pytest.raises(InvalidFile, match="line 7: expected 0, for a constraint <="):
        billionnet_soutif.read(BILLIONNET_SOUTIF.replace(b"\n0\n", b"\n1\n"), "f", None)


def test_a_row_of_the_wrong_length_is_named_by_its_line() -> None:
    """Line 4 must hold n - 1 pair profits."""
    with pytest.raises(InvalidFile, match="line 4: expected the pair profits"):
        billionnet_soutif.read(BILLIONNET_SOUTIF.replace(b" 7 0", b" 7 0 1"), "f", None)

"""Edge lists with several budgets."""

from __future__ import annotations

import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import edge_list
from bundlesolve.files.select import choose_budget, share_name
from tests.files.samples import EDGE_LIST


def test_the_sample_says_what_was_written() -> None:
    """Loops are single profits; ids count from 0; two decimals; zeros are left out."""
    instance = edge_list.read(EDGE_LIST, "f.txt", "3")
    assert instance.name == "f@50%"
    assert instance.items == ("0", "1", "2", "3")
    assert instance.decimals == 2
    assert instance.utility.tolist() == [150, 0, 0, 0]
    assert instance.synergies.first.tolist() == [0, 1]
    assert instance.synergies.second.tolist() == [1, 2]
    assert instance.synergies.worth.tolist() == [225, -50]
    assert instance.budgets[0].at_most == 20
    assert instance.budgets[0].per_item.values.tolist() == [10, 15, 10, 5]


def test_a_share_selects_the_nearest_budget() -> None:
    """2 of 40 is 5 %; 30 % is nobody's."""
    assert edge_list.read(EDGE_LIST, "f", "5%").budgets[0].at_most == 2
    expected = r"1 \(2.5% = 1\), 2 \(5% = 2\), 3 \(50% = 20\), found '30%'"
    with pytest.raises(InvalidFile, match=expected):
        edge_list.read(EDGE_LIST, "f", "30%")


def test_shares_are_named_as_in_published_tables() -> None:
    """Rounded budgets of a real file: weights sum to 12661."""
    budgets = [316, 633, 1266, 3165, 6330, 9495]
    shares = ["2.5%", "5%", "10%", "25%", "50%", "75%"]
    assert [share_name(budget, 12661) for budget in budgets] == shares
    found = [choose_budget(share, budgets, 12661, "f") for share in shares]
    assert found == list(range(6))
    assert share_name(1000, 12661) == "7.898%"


def test_one_budget_needs_no_select() -> None:
    """Then the name carries no share."""
    instance = edge_list.read(EDGE_LIST.replace(b"1 2 20", b"9"), "f", None)
    assert (instance.name, instance.budgets[0].at_most) == ("f", 9)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"4 4 float", b"4 5 float", "line 6: expected an edge i j u: a line of 3"),
        (b"4 4 float", b"4 3 float", "line 5: expected the weights"),
        (b"4 4 float", b"4 4 real", "line 1: expected int or float, found 'real'"),
        (b"0 1 2.25", b"0 4 2.25", r"line 3: expected an item in 0\.\.3, found '4'"),
        (b"2 1 -0.5", b"1 0 -0.5", "line 4: expected each pair once"),
        (b"0 2 0.00", b"0 0 0.00", "line 5: expected each item's profit once"),
        (b"2 1 -0.5", b"2 1 half", "line 4: expected a profit: a number, found 'half'"),
        (b"10 15 10 5", b"10 15 10", "line 6: expected the weights: a line of 4 words"),
        (b"1 2 20", b"1 2 20\n3", "line 7: expected the budgets"),
        (b"1 2 20", b"", "line 7: expected the budgets"),
    ],
)
def test_damage_is_told_with_its_line(old: bytes, new: bytes, message: str) -> None:
    """Each kind of damage by hand."""
    with pytest.raises(InvalidFile, match=message):
        edge_list.read(EDGE_LIST.replace(old, new), "f", "3")

"""Quadratic knapsack files with conflicts."""

from __future__ import annotations

import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import conflict_graph
from tests.files.samples import CONFLICT_GRAPH


def test_the_sample_says_what_was_written() -> None:
    """Line breaks do not matter; conflicts count from 1, in either order."""
    instance = conflict_graph.read(CONFLICT_GRAPH, "f", None)
    assert instance.utility.tolist() == [4, 5, 6]
    assert instance.synergies.worth.tolist() == [7, 2]
    assert instance.synergies.second.tolist() == [1, 2]
    assert instance.budgets[0].per_item.values.tolist() == [3, 4, 5]
    assert instance.budgets[0].at_most == 9
    (rule,) = instance.rules
    assert (rule.name, rule.named_items()) == ("conflict 1-3", (0, 2))


def test_a_conflict_listed_twice_counts_once() -> None:
    """Also mirrored."""
    data = CONFLICT_GRAPH.replace(b"3 1 9", b"3 2 9") + b"1 3\n"
    assert len(conflict_graph.read(data, "f", None).rules) == 1


def test_an_item_in_conflict_with_itself_is_refused() -> None:
    """The error points at the pair."""
    with pytest.raises(InvalidFile, match="line 7: expected two different items"):
        conflict_graph.read(CONFLICT_GRAPH.replace(b"\n3 1\n", b"\n3 3\n"), "f", None)

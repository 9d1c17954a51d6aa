"""Multidimensional knapsack files."""

from __future__ import annotations

from bundlesolve.files import mkp_orlib
from tests.files.samples import MKP_ORLIB


def test_the_second_problem_says_what_was_written() -> None:
    """Each resource has its own decimals; tables count problems from 0."""
    instance = mkp_orlib.read(MKP_ORLIB, "f.txt", "2")
    assert instance.name == "f#1"
    assert instance.utility.tolist() == [1, 2, 3]
    one, two = instance.budgets
    assert (one.per_item.values.tolist(), one.at_most, one.decimals) == ([4, 5, 6], 10, 0)
    assert (two.per_item.values.tolist(), two.at_most) == ([75, 80, 90], 110)
    assert two.decimals == 1


def test_line_breaks_do_not_matter() -> None:
    """The format is a stream of numbers."""
    words = MKP_ORLIB.split()
    data = b"\n".join(words)
    assert mkp_orlib.read(data, "f", "1") == mkp_orlib.read(MKP_ORLIB, "f", "1")

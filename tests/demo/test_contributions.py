"""Contributions: every pair is shared by two, and the shares add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve import Instance, check, solve
from bundlesolve.demo.contributions import contributions
from bundlesolve.generate import Small
from bundlesolve.model.decimals import to_decimal


def test_tea_and_cake_share_their_pair(tea: Instance) -> None:
    """3 + 4 / 2 for tea, 2 + 4 / 2 for cake."""
    found = contributions(solve(tea, "brute"))
    assert [(item.label, item.alone, item.pairs) for item in found] == [
        ("tea", Decimal(3), Decimal(2)),
        ("cake", Decimal(2), Decimal(2)),
    ]
    assert found[0].partners == (("cake", Decimal(4)),)


@given(seed=st.integers(0, 10_000))
def test_shares_add_up_to_the_judges_worth(seed: int) -> None:
    """Over all bundles, copies counted, whatever part of the model is used."""
    instance = Small().make(seed)
    solution = solve(instance, "greedy")
    if solution.units is None:
        with pytest.raises(ValueError, match="expected an answer"):
            contributions(solution)
        return
    total = sum(
        (
            bundle.copies * item.total
            for k, bundle in enumerate(instance.bundles)
            for item in contributions(solution, k)
        ),
        Decimal(0),
    )
    worth = check(instance, solution.units).worth
    assert total == to_decimal(worth, instance.decimals)

"""pandas tables: in, out, and the same again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from bundlesolve.errors import InvalidInstance
from bundlesolve.model import Amounts, Budget, Bundle, Instance, Synergies
from bundlesolve.model.builder import Builder
from bundlesolve.model.frames import add_frames, from_pandas, to_pandas
from tests.strategies import instances

ITEMS = pd.DataFrame(
    {"id": ["tea", "cake"], "utility": [3, 2.5], "price": [1.2, np.nan], "shop": ["a", "b"]}
)
PAIRS = pd.DataFrame({"first": ["cake"], "second": ["tea"], "worth": [4.25]})


def bare(instance: Instance) -> Instance:
    """Leave out what tables cannot say."""
    return instance.replace(bundles=(Bundle(),), budgets=(), categories=(), rules=())


@given(instances())
def test_there_and_back(instance: Instance) -> None:
    """Items and pairs come back as they were, at their scale."""
    items, pairs = to_pandas(instance)
    again = from_pandas(
        items,
        pairs,
        name=instance.name,
        decimals=instance.decimals,
        minimise=instance.minimise,
    )
    assert again == bare(instance)


@given(instances())
def test_budgets_come_back_by_their_column(instance: Instance) -> None:
    """What each unit uses of a budget is a column; asked for, it is the budget again."""
    budgets = {
        b.name: b.replace(
            at_most=9,
            at_least=None,
            decimals=0,
            per_item=Amounts(),
            per_unit=Amounts.dense(b.per_unit.to_dense(instance.n) + 4),
            bundles=None,
            penalty=None,
            priority=None,
            scope="bundle",
        )
        for b in instance.budgets
    }
    instance = bare(instance).replace(budgets=tuple(budgets.values()))
    items, pairs = to_pandas(instance)
    again = from_pandas(
        items,
        pairs,
        budgets=dict.fromkeys(budgets, 9),
        name=instance.name,
        decimals=instance.decimals,
        minimise=instance.minimise,
    )
    assert again == instance


def test_a_catalogue_as_it_is() -> None:
    """Columns we do not know stay alone, empty cells are not there."""
    instance = from_pandas(ITEMS, PAIRS, budgets={"price": 5}, name="shop")
    expected = (
        Builder("shop")
        .item("tea", 3)
        .item("cake", 2.5)
        .synergy("tea", "cake", 4.25)
        .budget("price", per_unit={"tea": 1.2}, at_most=5)
    )
    assert instance == expected.build()


def test_the_index_may_be_the_id() -> None:
    """Without a column of ids the index is it, whole numbers become text."""
    items = pd.DataFrame({"utility": [1, 2]}, index=[7, 8])
    pairs = pd.DataFrame({"first": [8], "second": [7], "worth": [3]})
    instance = from_pandas(items, pairs)
    assert instance.items == ("7", "8")
    assert instance.synergies.worth.tolist() == [3]


def test_tables_and_more() -> None:
    """A builder that was told tables can be told rules afterwards."""
    instance = add_frames(Builder(), ITEMS, PAIRS).conflict("tea", "cake").build()
    assert len(instance.rules) == 1
    assert len(instance.synergies) == 1


def test_large_worths_stay_exact() -> None:
    """A worth that no float holds is shown as a decimal and comes back."""
    instance = Instance(("a",), np.array([2**53 - 1]), decimals=2)
    items, pairs = to_pandas(instance)
    assert str(items["utility"][0]) == "90071992547409.91"
    assert from_pandas(items, pairs, decimals=2) == instance


def test_names_that_are_taken() -> None:
    """A budget called like a column of items does not push it out."""
    use = Amounts.of({0: 5})
    budgets = (Budget(name="utility", per_unit=use, at_most=5),)
    instance = Instance(("a",), np.array([3]), budgets=budgets)
    items, _ = to_pandas(instance)
    assert items["utility"].tolist() == [3]
    assert items["utility (budget)"].tolist() == [5]


def test_labels_come_back() -> None:
    """Names for people are a column where there are any."""
    instance = Instance(("a", "b"), np.array([1, 2]), Synergies(), labels=("A", ""))
    items, pairs = to_pandas(instance)
    assert from_pandas(items, pairs) == instance


@pytest.mark.parametrize(
    ("items", "pairs", "budgets", "expected"),
    [
        (ITEMS[["id"]], None, None, r"\$\.items: expected a column 'utility', found 'id'"),
        (ITEMS, PAIRS[["first"]], None, r"\$\.synergies: expected a column 'second'"),
        (ITEMS, None, {"weight": 3}, r"\$\.items: expected a column 'weight'"),
        (
            ITEMS.assign(utility=[1, np.nan]),
            None,
            None,
            "utility: expected a finite number",
        ),
        (ITEMS.assign(stock=[1, 0.5]), None, None, r"stock: expected a whole number"),
        (ITEMS, PAIRS.assign(first="pot"), None, r"synergies\[0\]\[0\]: .* found 'pot'"),
    ],
)
def test_what_is_wrong_is_said(
    items: pd.DataFrame,
    pairs: pd.DataFrame | None,
    budgets: dict[str, int] | None,
    expected: str,
) -> None:
    """A missing column, an empty worth, an unknown id: each is named."""
    with pytest.raises(InvalidInstance, match=expected):
        from_pandas(items, pairs, budgets=budgets)

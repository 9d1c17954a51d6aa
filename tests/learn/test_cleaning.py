"""What is left out of receipts, why, and that every row is accounted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.learn import CleaningRule, Columns, clean, read_table
from tests.learn.shop import DIRTY, write

COLUMNS = Columns(
    basket="receipt",
    item="article",
    quantity="units",
    price="paid",
    time="when",
    customer="who",
)
RULE = CleaningRule(cancelled="C.*", products="[A-Z]{3}|CAKE", ignore_case=True)


def test_the_dirty_receipts_by_hand(tmp_path: Path) -> None:
    """Each of the fourteen rows is counted once, for the first reason that holds."""
    table = read_table(write(tmp_path, "r.csv", DIRTY))
    sales, report = clean(table, COLUMNS, RULE)
    assert report.as_dict() == {
        "rows": 14,
        "duplicates": 1,
        "missing_ids": 2,
        "cancelled": 1,
        "not_products": 1,
        "bad_quantity": 2,
        "bad_price": 1,
        "merged": 1,
        "unknown_prices": 1,
        "unknown_customers": 1,
        "lines": 5,
        "baskets": 4,
        "items": 3,
        "not_in_catalogue": 0,
        "rare_items": 0,
        "beyond_most": 0,
    }
    assert report.removed == 8
    assert report.rows == report.removed + report.merged + report.lines
    assert "not products 1" in str(report)
    assert sales.items == ("CAKE", "MUG", "TEA")
    assert sales.baskets == ("1", "2", "4", "5")
    assert sales.starts.tolist() == [0, 2, 3, 4, 5]
    assert sales.item.tolist() == [0, 2, 2, 0, 1]
    assert sales.quantity.tolist() == [4, 2, 1, 1, 1]
    # (1 * 2 + 3 * 4) / 4 for the merged cakes; the last cake's price is not known.
    np.testing.assert_array_equal(sales.price, [3.5, 3.0, 3.0, np.nan, 7.5])
    assert sales.customer is not None
    assert sales.time is not None
    assert sales.customer[[0, 2]].min() >= 0
    assert sales.customer[0] != sales.customer[2] == sales.customer[3]
    assert sales.customer[1] == -1
    assert str(sales.time[3]).startswith("2024-01-05T09:00")


def test_without_rules_all_is_a_sale(tmp_path: Path) -> None:
    """Postage is an article and TEA is not tea unless the rules say so."""
    table = read_table(write(tmp_path, "r.csv", DIRTY))
    sales, report = clean(table, COLUMNS, CleaningRule())
    assert sales.items == ("POST", "TEA", "cake", "mug", "tea")
    assert report.cancelled == report.not_products == 0
    assert report.bad_quantity == 3


def test_baskets_and_items_are_enough(tmp_path: Path) -> None:
    """Two columns make receipts: one unit a row, nothing else known."""
    sales, report = clean(
        read_table(write(tmp_path, "r.csv", "basket,item\n1,tea\n1,tea\n2,tea\n2,mug\n")),
        Columns(),
        CleaningRule(),
    )
    assert report.duplicates == 1
    assert sales.quantity.tolist() == [1, 1, 1]
    assert np.isnan(sales.price).all()
    assert sales.customer is None
    assert sales.time is None


def test_a_column_that_was_named_must_be_there(tmp_path: Path) -> None:
    """The usual name may be absent, another one may not."""
    table = read_table(write(tmp_path, "r.csv", "basket,item\n1,tea\n"))
    with pytest.raises(InvalidFile, match=r"r\.csv: column 'menge': expected a column"):
        clean(table, Columns(quantity="menge"), CleaningRule())
    with pytest.raises(InvalidFile, match=r"column 'receipt'.*found \['basket', 'item'\]"):
        clean(table, Columns(basket="receipt"), CleaningRule())
    ignored, _ = clean(table, Columns(quantity=None), CleaningRule())
    assert ignored.m == 1


def test_nothing_left_is_told_with_the_counts(tmp_path: Path) -> None:
    """A pattern that takes everything away is found in the message."""
    table = read_table(write(tmp_path, "r.csv", "basket,item\nC1,tea\nC2,mug\n"))
    with pytest.raises(InvalidFile, match=r"at least one sale, found none .*cancelled 2"):
        clean(table, Columns(), CleaningRule(cancelled="C.*"))


def test_patterns_match_the_whole_text(tmp_path: Path) -> None:
    """`C` alone does not cancel receipt C1."""
    table = read_table(write(tmp_path, "r.csv", "basket,item\nC1,tea\nC,mug\n"))
    _, report = clean(table, Columns(), CleaningRule(cancelled="C"))
    assert report.cancelled == 1


@pytest.mark.parametrize("wrong", [{"cancelled": "("}, {"products": "["}])
def test_patterns_that_are_none(wrong: dict[str, str]) -> None:
    """A broken regular expression is named when the rule is made."""
    with pytest.raises(InvalidParameter, match="regular expression"):
        CleaningRule(**wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="least_baskets"):
        CleaningRule(least_baskets=0)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "C4"]),
        st.sampled_from(["a", "b", "c", "POST"]),
        st.sampled_from([-1, 0, 1, 2, 5]),
        st.sampled_from([0.0, 1.0, 2.5]),
    ),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_baskets_equal_a_groupby(rows: list[tuple[str, str, int, float]]) -> None:
    """The compressed rows are what pandas groups, and no row gets lost."""
    frame = pd.DataFrame(rows, columns=["basket", "item", "quantity", "price"])
    keep = frame.drop_duplicates()
    keep = keep[~keep.basket.str.startswith("C") & (keep.item != "POST")]
    keep = keep[(keep.quantity > 0) & (keep.price > 0)]
    rule = CleaningRule(cancelled="C.*", products="[a-z]")
    if keep.empty:
        with pytest.raises(InvalidFile, match="at least one sale"):
            clean(read_table(frame), Columns(), rule)
        return
    sales, report = clean(read_table(frame), Columns(), rule)
    keep = keep.assign(money=keep.quantity * keep.price)
    groups = keep.groupby(["basket", "item"])[["quantity", "money"]].sum().reset_index()
    assert [sales.baskets[b] for b in sales.basket_of_line] == groups.basket.tolist()
    assert [sales.items[i] for i in sales.item] == groups["item"].tolist()
    np.testing.assert_array_equal(sales.quantity, groups.quantity)
    np.testing.assert_allclose(sales.price, groups.money / groups.quantity)
    assert report.rows == len(frame) == report.removed + report.merged + report.lines
    assert report.duplicates == frame.duplicated().sum()


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    rows: list[tuple[str, str, int, float]], random: object
) -> None:
    """A shuffled file gives the same baskets and the same counts."""
    frame = pd.DataFrame(
        [*rows, ("9", "z", 1, 1.0)], columns=["basket", "item", "quantity", "price"]
    )
    order = list(range(len(frame)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, counted = clean(read_table(frame), Columns(), CleaningRule())
    two, again = clean(read_table(frame.iloc[order]), Columns(), CleaningRule())
    assert counted == again
    assert (one.items, one.baskets) == (two.items, two.baskets)
    np.testing.assert_array_equal(one.item, two.item)
    np.testing.assert_array_equal(one.quantity, two.quantity)
    np.testing.assert_allclose(one.price, two.price)

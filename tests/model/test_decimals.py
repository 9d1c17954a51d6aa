"""Decimals: exact, whatever kind of number says them and however long they are."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.columns import decimals_needed, in_units, whole_numbers
from bundlesolve.model.decimals import (
    digits_after_point,
    last_digit,
    shortened,
    to_decimal,
    to_integer,
)
from bundlesolve.model.frozen import integers

LARGEST = 2**53 - 1
FEW = st.integers(0, 9)
PLACE = "$[{}]".format


@given(st.integers(-LARGEST, LARGEST), st.integers(0, 15))
def test_there_and_back(value: int, decimals: int) -> None:
    """A whole number said as a decimal, and that as a text, comes back the same."""
    said = to_decimal(value, decimals)
    assert to_integer(said, decimals) == value
    assert to_integer(str(said), decimals) == value
    assert digits_after_point(said) <= decimals


@pytest.mark.parametrize(
    ("number", "digit"),
    [(12, 0), (300, 2), (0.25, -2), ("0.250", -2), (Decimal("1E+3"), 3), (0, None)],
)
def test_last_digit(number: Any, digit: int | None) -> None:
    """The last digit that is not 0 stands where a person sees it."""
    assert last_digit(number) == digit


@pytest.mark.parametrize(
    "number",
    [np.float32(0.1), np.float64(0.1), 0.1, "0.1", Decimal("0.10")],
    ids=["float32", "float64", "float", "text", "decimal"],
)
def test_every_kind_of_tenth_is_a_tenth(number: Any) -> None:
    """Whatever holds 0.1 is worth one tenth."""
    assert to_integer(number, 1) == 1


def test_whole_numbers_of_numpy_count() -> None:
    """A count that comes out of an array is a count."""
    assert to_integer(np.int64(7), 0) == 7  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (9.25, 1, "at most 1 decimals"),
        ("0.10000000000000000000000000000000001", 1, "at most 1 decimals"),
        (310, -2, "a multiple of 100"),
        (Decimal("1E-999999999999999999"), -15, "a multiple of"),
        (2**53, 0, "below 2**53"),
        (10**5000, 0, "below 2**53"),
        (Decimal("1E+999999999999999999"), 2, "below 2**53"),
        ("9.007199254740992", 15, "below 2**53"),
        (float("nan"), 0, "a finite number"),
        (float("-inf"), 0, "a finite number"),
        (True, 0, "a number"),
        (np.True_, 0, "a number"),
        ("ten", 0, "a number"),
        (None, 0, "a number"),
        ([1], 0, "a number"),
    ],
    ids=shortened,
)
def test_what_is_not_exact_is_refused(number: Any, decimals: int, expected: str) -> None:
    """No number is rounded: one that does not fit is named in a single short line."""
    with pytest.raises(InvalidInstance) as caught:
        to_integer(number, decimals, "$.here")
    assert str(caught.value).startswith("$.here: expected ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160


def test_a_short_context_changes_nothing() -> None:
    """A user who computes with three digits elsewhere still gets all of his here."""
    with localcontext(prec=3):
        assert to_integer("123456.789", 3) == 123456789
        assert digits_after_point("123456.789") == 3


def test_messages_stay_short() -> None:
    """A value of a million characters does not flood the terminal."""
    assert len(shortened("x" * 10**6)) <= 75
    assert shortened(10**100000) == "an integer of 332193 bits"


@given(st.lists(st.integers(-(10**17), 10**17)), FEW, FEW)
def test_columns_agree_with_single_numbers(
    values: list[int], decimals: int, scale: int
) -> None:
    """The fast way over a column finds what the slow one finds, errors and all."""
    floats = np.array([value / 10**decimals for value in values], dtype=np.float64)
    for column in (floats, floats.tolist(), list(map(str, floats)), values):
        assert _outcome(lambda c=column: whole_numbers(c, scale, PLACE).tolist()) == (
            _outcome(
                lambda c=column: [to_integer(v, scale, PLACE(r)) for r, v in enumerate(c)]
            )
        )
        if all(digits_after_point(v) <= 9 for v in column):
            most = max((digits_after_point(v) for v in column), default=0)
            assert decimals_needed(column, PLACE) == most


@given(st.lists(st.integers(-LARGEST, LARGEST)), st.integers(0, 15))
def test_columns_in_units_lose_nothing(values: list[int], decimals: int) -> None:
    """What is shown to the user reads back as what it was, floats or not."""
    shown = in_units(integers(values), decimals)
    assert whole_numbers(shown, decimals, PLACE).tolist() == values


def test_a_column_says_where() -> None:
    """The first wrong number of a column is told with its row."""
    with pytest.raises(InvalidInstance, match=r"^\$\[2\]: expected at most 9"):
        decimals_needed(np.array([1.0, 0.5, 1 / 3, 1 / 7]), PLACE)
    with pytest.raises(InvalidInstance, match=r"^\$\[1\]: expected a number"):
        whole_numbers([1, [2]], 0, PLACE)  # type: ignore[list-item]
    with pytest.raises(InvalidInstance, match=r"^\$\[0\]: expected a number"):
        whole_numbers([[1], [2]], 0, PLACE)  # type: ignore[list-item]


def _outcome(act: Any) -> Any:
    try:
        return act()
    except InvalidInstance as error:
        return str(error)

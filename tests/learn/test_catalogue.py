"""Catalogues: what is missing is filled by rules that are told, or refused."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.learn import read_catalogue
from bundlesolve.learn.catalogue import NOTHING
from tests.learn.shop import baskets, write

CATALOGUE = """\
item,text,category,price,cost,stock,weight,colour
b,Big cup,cups,4.00,1.00,7,0.25,red
a,,cups,,,,0.5,
c,Can,,10.00,5.00,,1,blue
z,Zero sold,cups,1.00,0.50,1,1,green
"""


def test_missing_prices_and_costs(tmp_path: Path) -> None:
    """a: price 1 as paid, cost 0.38 (median of 1/4 and 5/10 is 0.375); no stock limit."""
    receipts = baskets([[0, 1], [0, 2]], 3)
    known = read_catalogue(write(tmp_path, "c.csv", CATALOGUE))
    offer = known.completed(receipts)
    assert offer.items == ("a", "b", "c")
    assert offer.text == ("a", "Big cup", "Can")
    assert offer.category == ("cups", "cups", "")
    assert offer.price.tolist() == [1.0, 4.0, 10.0]
    assert offer.cost.tolist() == [0.38, 1.0, 5.0]
    np.testing.assert_allclose(offer.margin, [0.62, 3.0, 5.0])
    np.testing.assert_array_equal(offer.stock, [np.nan, 7, np.nan])
    assert offer.numbers["weight"].tolist() == [0.5, 0.25, 1.0]
    assert "colour" not in offer.numbers


def test_without_costs_worth_is_revenue(caplog: pytest.LogCaptureFixture) -> None:
    """No catalogue at all: prices are those paid, nothing costs, and the log says so."""
    with caplog.at_level(logging.WARNING, logger="bundlesolve"):
        offer = NOTHING.completed(baskets([[0, 1]], 2))
    assert offer.margin.tolist() == [1.0, 1.0]
    assert "worth is revenue" in caplog.text


def test_an_item_without_any_price() -> None:
    """Neither the catalogue nor a receipt knows what b costs the customer."""
    receipts = baskets([[0], [1]], 2).replace(price=np.array([1.0, np.nan]))
    with pytest.raises(InvalidFile, match="item 'b': expected a price"):
        NOTHING.completed(receipts)


def test_ids_in_capitals(tmp_path: Path) -> None:
    """Where receipts ignore case the catalogue does."""
    path = write(tmp_path, "c.csv", "item\na1\nb\n")
    assert read_catalogue(path, ignore_case=True).items == ("A1", "B")
    assert read_catalogue(path).items == ("a1", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id\na\n", "column 'item': expected a column of this name"),
        ("item,price\na,1\n,2\n", "column 'item', row 2: expected an id, found none"),
        ("item\na\nb\na\n", "row 3: expected each id once, found 'a' again"),
        (
            "item,cost\na,cheap\n",
            "column 'cost': expected a number, found 'cheap' in row 1",
        ),
        ("item,price\na,1\nb,-2\n", "numbers of 0 or more, found -2.0 for item 'b'"),
    ],
)
def test_wrong_catalogues(tmp_path: Path, text: str, message: str) -> None:
    """The file, the column and the row are named."""
    with pytest.raises(InvalidFile, match=f"c.csv: .*{message}"):
        read_catalogue(write(tmp_path, "c.csv", text))

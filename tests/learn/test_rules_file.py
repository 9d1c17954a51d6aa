"""The rules file: what it may say, what it becomes, and what is said when it is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.learn import Catalogue, Rules, learn, read_rules
from bundlesolve.learn.limits import Limits
from bundlesolve.model import (
    Budget,
    Bundle,
    Category,
    Conflict,
    Exclude,
    Include,
    Requires,
    Scope,
)
from tests.learn.shop import write

OFFER = Catalogue(
    items=("a", "b", "c", "d"),
    text=("A", "B", "C", "D"),
    category=("cups", "cups", "cans", ""),
    numbers={
        "price": np.array([1.0, 2.5, 3.0, 4.0]),
        "cost": np.array([0.5, 1.25, 1.0, 2.0]),
        "stock": np.array([3.0, np.nan, 0.0, 9.9]),
        "weight": np.array([0.125, np.nan, 1.0, 1.0]),
    },
    name="c.csv",
)

EVERYTHING = """\
name = "shop window"
max_units = 2
include = ["a"]
exclude = ["d"]
conflicts = [["c", "a"]]
requires = [{item = "b", needs = "a"}]

[size]
at_least = 1
at_most = 3

[[budgets]]
column = "cost"
at_most = 2.5
penalty = 10
priority = 3

[[budgets]]
column = "price"
name = "shelf price"
at_least = 1
per = "item"
scope = "total"

[[categories]]
each = true
at_most = 1
bundles = ["left"]

[[categories]]
category = "cups"
name = "some cups"
at_least = 1
penalty = 0.5

[[categories]]
items = ["d", "a"]
name = "ends"
at_most = 1

[[bundles]]
id = "left"

[[bundles]]
id = "right"
copies = 3
"""


def limits(folder: Path, text: str) -> Limits:
    """Read rules and apply them to the offer."""
    return Limits(read_rules(write(folder, "r.toml", text)), OFFER, "r.toml", 2)


def test_everything_a_file_can_say(tmp_path: Path) -> None:
    """Each word becomes the limit it stands for; 10 pounds a pound are 10 a penny."""
    told = limits(tmp_path, EVERYTHING)
    assert told.rules.name == "shop window"
    assert told.max_units().tolist() == [2, 2, 2, 2]
    assert told.bundles() == (Bundle("left"), Bundle("right", 3))
    cost, price = told.budgets()
    assert cost.replace(per_unit=price.per_unit) == Budget(
        name="cost", at_most=250, decimals=2, penalty=10, priority=3
    ).replace(per_unit=price.per_unit)
    assert cost.per_unit.to_dense(4).tolist() == [50, 125, 100, 200]
    assert price.per_item.to_dense(4).tolist() == [10, 25, 30, 40]
    assert (price.name, price.at_least, price.decimals) == ("shelf price", 10, 1)
    assert (price.scope, price.at_most, len(price.per_unit)) == (Scope.TOTAL, None, 0)
    assert told.categories() == (
        Category(name="size", items=np.arange(4), at_least=1, at_most=3),
        Category(name="cans", items=np.array([2]), at_most=1, bundles=(0,)),
        Category(name="cups", items=np.array([0, 1]), at_most=1, bundles=(0,)),
        Category(name="some cups", items=np.array([0, 1]), at_least=1, penalty=50),
        Category(name="ends", items=np.array([0, 3]), at_most=1),
    )
    assert told.others() == (
        Include(name="include a", item=0),
        Exclude(name="exclude d", item=3),
        Conflict(name="conflict 1", items=np.array([0, 2])),
        Requires(name="b needs a", item=1, needs=0),
    )


def test_stock_of_the_catalogue(tmp_path: Path) -> None:
    """No stock known: no limit; 9.9 units are 9; it may be left aside."""
    stock = limits(tmp_path, "").stock()
    assert (stock.items.tolist(), stock.values.tolist()) == ([0, 2, 3], [3, 0, 9])
    assert len(limits(tmp_path, "use_stock = false").stock()) == 0


def test_a_stock_beyond_counting(tmp_path: Path) -> None:
    """A stock that is no number of things names the catalogue, not the rules."""
    offer = replace(OFFER, numbers={**OFFER.numbers, "stock": np.array([1, 2, 1e99, 1])})
    told = Limits(read_rules(write(tmp_path, "r.toml", "")), offer, "r.toml", 2)
    with pytest.raises(InvalidFile, match=r"c\.csv: item 'c': expected a stock below"):
        told.stock()


def test_an_empty_file_asks_for_nothing(tmp_path: Path) -> None:
    """One bundle, one of each, no limits, the usual columns."""
    told = limits(tmp_path, "")
    assert told.rules == Rules()
    assert told.bundles() == (Bundle(),)
    assert told.budgets() == told.categories() == told.others() == ()
    assert told.rules.receipts.columns().basket == "basket"


def test_receipts_are_read_as_told(tmp_path: Path) -> None:
    """Columns, format and cleaning stand in one table."""
    text = (
        '[receipts]\nbasket = "no"\nseparator = ";"\ncancelled = "C.*"\nleast_baskets = 2\n'
    )
    how = read_rules(write(tmp_path, "r.toml", text)).receipts
    assert how.columns().basket == "no"
    assert how.columns().text.separator == ";"
    assert how.cleaning().cancelled == "C.*"
    assert how.cleaning().least_baskets == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae = 'x'", r"\$: expected keys out of \['budgets', .*\], found 'nmae'"),
        (
            "[[budgets]]\ncolum = 'cost'",
            r"\$\.budgets\[0\]: expected keys out of .*'column'.*, found 'colum'",
        ),
        (
            "[[budgets]]\nat_most = 1",
            r"\$\.budgets\[0\]: expected the key 'column', found none",
        ),
        ("[size]\nat_most = 'few'", r"\$\.size\.at_most: expected int.*, found str"),
        (
            "[[budgets]]\ncolumn = 'cost'\npenalty = true",
            r"\$.*\.penalty: expected int \| float, found bool",
        ),
        ("name = ", r"\$: expected a TOML file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    """File and place of an unknown key, a missing key, a wrong type are told."""
    with pytest.raises(InvalidFile, match=r"r\.toml: " + message):
        read_rules(write(tmp_path, "r.toml", text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[[budgets]]\ncolumn = 'colour'\nat_most = 1",
            r"budgets\[0\]\.column: expected one of",
        ),
        (
            "[[budgets]]\ncolumn = 'weight'\nat_most = 1",
            r"a weight for every item.*none for 'b'",
        ),
        ("[[budgets]]\ncolumn = 'cost'", r"budgets\[0\]: expected at_most or at_least"),
        (
            "[[budgets]]\ncolumn = 'cost'\nat_most = 1\nper = 'kilo'",
            r"per: expected 'unit' or",
        ),
        (
            "[[budgets]]\ncolumn = 'cost'\nat_most = 1\nscope = 'all'",
            r"scope: expected 'bundle'",
        ),
        ("[[budgets]]\ncolumn = 'cost'\nat_most = 1\nat_least = 2", r"at_least <= at_most"),
        (
            "[[budgets]]\ncolumn = 'cost'\nat_most = 1\npenalty = 0.5",
            r"budgets\[0\]\.penalty: expected 0 or more, a multiple of 100 / 100, ",
        ),
        (
            "[size]\nat_most = 1\npenalty = 0.001",
            r"size\.penalty: expected at most 2 decimals",
        ),
        ("[size]\nat_most = 1\npenalty = -1", r"size\.penalty: expected 0 or more"),
        ("[size]\nat_most = -1", r"size: expected a count of 0 or more, found -1"),
        (
            "[size]\nat_most = 1\nbundles = ['x']",
            r"size\.bundles: expected ids of \['bundle'\]",
        ),
        ("[[categories]]\nat_most = 1", r"categories\[0\]: expected one of category, each"),
        (
            "[[categories]]\ncategory = 'pots'\nat_most = 1",
            r"one of \['cans', 'cups'\], found 'p",
        ),
        ("[[categories]]\nitems = ['a']\nat_most = 1", r"categories\[0\]: expected a name"),
        (
            "[[categories]]\ncategory = 'cups'",
            r"categories\[0\]: expected at_least or at_most",
        ),
        (
            "include = ['a', 'x']",
            r"include\[1\]: expected one of the 4 items .*, found 'x'",
        ),
        ("exclude = ['a', 'a']", r"exclude\[1\]: expected each id once, found 'a' again"),
        ("conflicts = [['a']]", r"conflicts\[0\]: expected two or more ids, found 1"),
        (
            "requires = [{item = 'a', needs = 'a'}]",
            r"requires\[0\]\[1\]: expected each id once",
        ),
        ("max_units = -1", r"max_units: expected a number from 0 to .*, found -1"),
        ("max_units = 99999999999", r"max_units: expected a number from 0 to .*"),
        ("[[bundles]]\nid = 'x'\ncopies = 0", r"bundles: expected copies of 1 or more"),
        ("[[budgets]]\ncolumn = 'cost'\nat_most = nan", r"budgets\[0\]: expected a finite"),
        ("[[budgets]]\ncolumn = 'cost'\nat_most = 1e99", r"budgets\[0\]: expected a size"),
    ],
)
def test_rules_that_do_not_fit_the_shop(tmp_path: Path, text: str, message: str) -> None:
    """The file and the key are named, and what would have been right."""
    told = limits(tmp_path, text)
    with pytest.raises(InvalidFile, match=r"r\.toml: \$\..*" + message.removeprefix("$")):
        _ = (
            told.budgets(),
            told.categories(),
            told.others(),
            told.max_units(),
            told.bundles(),
        )


@pytest.mark.parametrize("text", ["separator = '::'", "products = '('", "basket = 'item'"])
def test_receipts_that_cannot_be_read_so(tmp_path: Path, text: str) -> None:
    """A wrong word under [receipts] is an error of the file."""
    rules = write(tmp_path, "r.toml", f"[receipts]\n{text}\n")
    receipts = write(tmp_path, "r.csv", "basket,item\n1,a\n")
    with pytest.raises(InvalidFile, match=r"r\.toml: \$\.receipts: "):
        learn(receipts, rules=rules)

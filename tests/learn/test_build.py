"""From files to an instance, whole: wiring, rounding, logging, and the committed sample."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import logging
import re
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from bundlesolve.errors import InvalidFile, InvalidInstance, InvalidParameter
from bundlesolve.learn import (
    CleaningRule,
    Columns,
    ExpectedMargin,
    Learned,
    PartialCorrelation,
    Rules,
    Transactions,
    learn,
    read_table,
)
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies import PairWorths
from bundlesolve.model import Synergies, check
from tests.conftest import ROOT, SHARED
from tests.learn.shop import DIRTY, write

SAMPLE = ROOT / "instances"
FULL = SHARED / "data" / "online_retail" / "online_retail.parquet"

RECEIPTS = """\
basket,item,quantity,price,time,customer
1,tea,1,4.00,2024-01-01,ann
1,cake,1,2.00,2024-01-01,ann
2,tea,1,4.00,2024-01-02,bob
2,cake,1,2.00,2024-01-02,bob
3,tea,1,4.00,2024-01-03,cid
3,cake,1,2.00,2024-01-03,cid
4,mug,1,9.00,2024-01-04,dan
5,tea,1,4.00,2024-01-05,eve
6,pin,1,1.00,2024-01-06,eve
7,mug,1,9.00,2024-01-06,eve
8,cake,1,2.00,2024-01-07,eve
"""
CATALOGUE = (
    "item,text,cost,stock\ntea,Tea,1.00,5\ncake,Cake,0.50,\nmug,Mug,10.00,0\nfan,Fan,1,1\n"
)
RULES = """\
name = "kiosk"
[receipts]
least_baskets = 2
[[budgets]]
column = "price"
at_most = 6.5
"""


@pytest.fixture(scope="module")
def sample() -> Learned:
    """Learn the committed sample with its own catalogue and rules."""
    return learn(
        SAMPLE / "online-retail-receipts.csv.gz",
        catalogue=SAMPLE / "online-retail-catalogue.csv",
        rules=SAMPLE / "online-retail-rules.toml",
    )


def kiosk(folder: Path) -> Learned:
    """Learn the receipts of eight customers of a kiosk."""
    return learn(
        write(folder, "r.csv", RECEIPTS),
        catalogue=write(folder, "c.csv", CATALOGUE),
        rules=write(folder, "r.toml", RULES),
        utility=ExpectedMargin(),
        synergy=PartialCorrelation(least_baskets=1, least_customers=1),
    )


def test_a_kiosk_by_hand(tmp_path: Path) -> None:
    """Tea 4/8 of the baskets at 3.00: 1,500.00 per 1,000; the mug sells at a loss."""
    learned = kiosk(tmp_path)
    instance = learned.instance
    assert instance.items == ("cake", "mug", "tea")
    assert instance.labels == ("Cake", "Mug", "Tea")
    assert instance.decimals == 2
    assert instance.utility.tolist() == [75000, -25000, 150000]
    assert instance.name == "kiosk"
    assert instance.budgets[0].at_most == 65
    assert instance.stock.to_dense(3).tolist() == [0, 0, 5]
    assert instance.stock.items.tolist() == [1, 2]
    assert learned.cleaning.not_in_catalogue == 1
    assert learned.cleaning.baskets == 8
    both = dict(
        zip(
            zip(instance.synergies.first, instance.synergies.second, strict=True),
            instance.synergies.worth.tolist(),
            strict=True,
        )
    )
    assert both[0, 2] > 0 > both[1, 2]
    assert check(instance, np.array([[1, 0, 1]])).worth == 75000 + 150000 + both[0, 2]


def test_the_card_tells_what_was_done(tmp_path: Path) -> None:
    """Names of files without their folders, counts, formulas, parameters, versions."""
    learned = kiosk(tmp_path)
    card = json.loads(learned.card.to_json())
    assert (card["receipts"], card["catalogue"], card["rules"]) == (
        "r.csv",
        "c.csv",
        "r.toml",
    )
    assert card["cleaning"]["rows"] == 11
    assert card["first_time"].startswith("2024-01-01")
    assert card["last_time"].startswith("2024-01-07")
    assert card["utility"]["name"] == "expected_margin"
    assert card["synergy"]["parameters"]["least_baskets"] == 1
    assert card["fingerprint"] == learned.instance.fingerprint
    assert card["pairs"] == len(learned.instance.synergies)
    assert "numpy" in card["versions"]
    assert str(tmp_path) not in learned.card.to_json()
    assert learned.card == kiosk(tmp_path).card


def test_counts_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line a step, with the numbers."""
    with caplog.at_level(logging.INFO, logger="bundlesolve"):
        kiosk(tmp_path)
    told = "\n".join(caplog.messages)
    for part in ("rows 11", "1 articles left out as not in the catalogue", "3 items"):
        assert part in told
    assert all("\n" not in message for message in caplog.messages)


def test_options_of_the_call_win(tmp_path: Path) -> None:
    """Columns, rows and size of the offer may be said in the call instead of the file."""
    columns = Columns(
        basket="receipt", item="article", quantity="units", price="paid", time="when"
    )
    learned = learn(
        write(tmp_path, "r.csv", DIRTY),
        columns=columns,
        cleaning=CleaningRule(cancelled="C.*", ignore_case=True, least_baskets=1),
        rules=Rules(name="no file"),
        most_items=2,
    )
    assert learned.instance.items == ("CAKE", "TEA")
    assert learned.cleaning.beyond_most == 2
    assert learned.card.rules == "<rules>"
    assert learned.card.catalogue is None
    assert learned.instance.limits == ()


def test_what_leaves_nothing_to_learn(tmp_path: Path) -> None:
    """Too few receipts, or a number of articles that makes no sense, are told."""
    receipts = write(tmp_path, "r.csv", RECEIPTS)
    with pytest.raises(InvalidFile, match=r"\(least_baskets\), found 4 receipts at most"):
        learn(receipts)
    with pytest.raises(InvalidParameter, match="most_items: expected 1 or more, found 0"):
        learn(receipts, most_items=0)
    elsewhere = write(tmp_path, "c.csv", "item\nfan\n")
    with pytest.raises(InvalidFile, match="found 0 receipts at most"):
        learn(receipts, catalogue=elsewhere, cleaning=CleaningRule(least_baskets=1))


def test_worth_beyond_exactness(tmp_path: Path) -> None:
    """A price of 1e99 is refused rather than wrapped around."""
    receipts = write(tmp_path, "r.csv", "basket,item,price\n1,a,1e99\n2,b,1\n")
    with pytest.raises(InvalidInstance, match="a worth below"):
        learn(receipts, cleaning=CleaningRule(least_baskets=1))


def test_models_are_plugged_in(tmp_path: Path) -> None:
    """Any object with the two attributes and the method serves; small pairs vanish."""

    class Constant:
        name: ClassVar[str] = "constant"
        formula: ClassVar[str] = "1.006 and 0.004"

        def estimate(self, receipts: Transactions, catalogue: Catalogue) -> PairWorths:
            first, second = np.array([0, 0]), np.array([1, 2])
            return PairWorths(first, second, np.ones(2), first, np.array([1.006, 0.004]))

    learned = learn(
        write(tmp_path, "r.csv", RECEIPTS),
        cleaning=CleaningRule(least_baskets=2),
        synergy=Constant(),
        utility=ExpectedMargin(),
    )
    assert learned.instance.synergies == Synergies.of({(0, 1): 101})
    assert learned.card.synergy == {
        "name": "constant",
        "formula": "1.006 and 0.004",
        "parameters": {},
    }


def test_week_numbers_on_the_card(tmp_path: Path) -> None:
    """Time need not be a date."""
    receipts = write(tmp_path, "r.csv", "basket,item,price,time\n1,a,1,7\n2,a,1,9\n")
    card = learn(receipts, cleaning=CleaningRule(least_baskets=1)).card
    assert (card.first_time, card.last_time) == ("7", "9")


def test_times_that_are_missing(tmp_path: Path) -> None:
    """A row without a time does not blank its basket; none at all is None on the card."""
    rule = CleaningRule(least_baskets=1)
    some = "basket,item,price,time\n1,a,1,\n1,b,1,2024-01-05\n2,a,1,\n"
    card = learn(write(tmp_path, "r.csv", some), cleaning=rule).card
    assert card.first_time == card.last_time == "2024-01-05T00:00:00.000000"
    none = "basket,item,price,time\n1,a,1,\n"
    assert learn(write(tmp_path, "r.csv", none), cleaning=rule).card.last_time is None
    untold = "basket,item,price\n1,a,1\n"
    assert learn(write(tmp_path, "r.csv", untold), cleaning=rule).card.last_time is None


# --------------------------------------------------------------- the committed sample


def test_the_sample_shows_dirt_and_gives_an_instance(sample: Learned) -> None:
    """Every kind of dirt but a missing id is in it; the counts are those of the README."""
    counts = sample.cleaning.as_dict()
    told = (SAMPLE / "online-retail.md").read_text(encoding="utf-8")
    assert f"{counts['rows']:,} rows" in told
    for dirt in ("duplicates", "cancelled", "not_products", "bad_quantity", "bad_price"):
        assert counts[dirt] > 50
    assert counts["unknown_customers"] > 50
    assert sample.instance.n == 600
    assert sample.instance.name == "autumn gift table"
    assert [limit.name for limit in sample.instance.budgets] == ["money", "shelf"]


def test_synergies_of_the_sample_are_sparse(sample: Learned) -> None:
    """At most 40 pairs an item; cups of one set belong together."""
    pairs = sample.pairs
    degree = np.bincount(np.concatenate([pairs.first, pairs.second]), minlength=600)
    assert degree.max() <= 40
    assert pairs.worth[cups_of_a_set(sample, pairs)] > 0


def test_partial_correlations_of_the_sample_are_signed(sample: Learned) -> None:
    """Where all are bought in large baskets, substitutes show in what is left."""
    pairs = PartialCorrelation().estimate(sample.receipts, sample.catalogue)
    degree = np.bincount(np.concatenate([pairs.first, pairs.second]), minlength=600)
    assert degree.max() <= 20
    assert (pairs.worth < 0).sum() > 100
    assert pairs.strength[cups_of_a_set(sample, pairs)] > 0.2
    assert np.abs(pairs.strength).max() < 1


def cups_of_a_set(sample: Learned, pairs: PairWorths) -> int:
    """Return the place of green and roses, regency teacup."""
    number = sample.instance.item_number
    i, j = number["22697"], number["22699"]
    return int(np.flatnonzero((pairs.first == i) & (pairs.second == j))[0])


def test_learning_twice_gives_the_same_instance(sample: Learned) -> None:
    """No draw, no clock: the fingerprint stays."""
    again = learn(
        SAMPLE / "online-retail-receipts.csv.gz",
        catalogue=SAMPLE / "online-retail-catalogue.csv",
        rules=SAMPLE / "online-retail-rules.toml",
    )
    assert again.instance.fingerprint == sample.instance.fingerprint
    assert again.card == sample.card


def test_the_sample_is_small_and_attributed() -> None:
    """At most 1.5 MB, the licence beside it, and invented columns called so."""
    files = list(SAMPLE.glob("online-retail*"))
    assert sum(file.stat().st_size for file in files) < 1.5e6
    told = (SAMPLE / "online-retail.md").read_text(encoding="utf-8")
    for word in ("Chen, D.", "10.24432/C5BW33", "CC BY 4.0"):
        assert word in told
    for column in ("cost", "stock", "shelf"):
        assert re.search(rf"`{column}` \| \*\*invented\*\*", told)


def script() -> ModuleType:
    """Import the script that makes the sample."""
    path = ROOT / "bench" / "make_online_retail_sample.py"
    spec = importlib.util.spec_from_file_location("make_online_retail_sample", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_makes_the_sample_again() -> None:
    """From the full data set comes byte for byte what is committed."""
    if not FULL.is_file():
        pytest.skip("the full Online Retail is not on this machine")
    made = script().make(read_table(FULL))
    for name, content in made.items():
        committed = (SAMPLE / name).read_bytes()
        if name.endswith(".gz"):
            committed = gzip.decompress(committed)
        assert content == committed, name


def test_the_full_data_set_is_cleaned_as_published() -> None:
    """The counts of duplicates and rows are those that the data's own notes give."""
    if not FULL.is_file():
        pytest.skip("the full Online Retail is not on this machine")
    table = read_table(FULL)
    assert len(table) == 541_909
    assert int(table.repeated().sum()) == 5_268


def test_segments_become_bundles() -> None:
    """Two tastes, two bundles, each with utilities of its own; no customer is named."""
    rows = [
        f"{b},{item},{'ann' if b % 2 else 'bob'}{b % 12},{b}"
        for b in range(400)
        for item in (("tea", "cake") if b % 2 else ("mug", "pot"))
    ]
    text = "basket,item,customer,time\n" + "\n".join(rows) + "\n"
    table = csv_table(text)
    learned = learn(table, catalogue=csv_table(PRICES), segments=2)
    bundles = learned.instance.bundles
    assert [bundle.id for bundle in bundles] == ["segment 1", "segment 2"]
    worth = [bundle.utility.to_dense(4) for bundle in bundles]
    names = learned.instance.items
    tea, mug = names.index("tea"), names.index("mug")
    likes_tea = 0 if worth[0][tea] > worth[1][tea] else 1
    assert worth[likes_tea][mug] < worth[1 - likes_tea][mug]
    assert learned.card.utility["name"] == "segments"
    assert "ann" not in learned.card.to_json()
    with pytest.raises(InvalidParameter, match="segments"):
        learn(table, catalogue=csv_table(PRICES), segments=2, utility=ExpectedMargin())


PRICES = "item,price\ntea,1\ncake,1\nmug,1\npot,1\n"


def csv_table(text: str) -> pd.DataFrame:
    """Return a csv text as a table in memory."""
    return pd.read_csv(io.StringIO(text), dtype=str)

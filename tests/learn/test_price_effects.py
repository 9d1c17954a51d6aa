"""Price and promotion effects: panels and shifts by hand, recovery, and the wiring."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bundlesolve.cli.main import cli
from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import Transactions, learn
from bundlesolve.learn.cleaning import CleaningRule, clean
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.features.history import History
from bundlesolve.learn.features.price_panel import panel_of
from bundlesolve.learn.features.price_regression import respond
from bundlesolve.learn.price_effects import PriceEffects
from bundlesolve.learn.tables import FloatArray, read_table
from tests.learn.shop import baskets, write


def sold(
    lists: list[list[int]],
    n: int,
    price: list[float],
    time: list[int],
    promotion: list[float] | None = None,
) -> Transactions:
    """Return baskets with the prices of their lines and a number for a time."""
    plain = baskets(lists, n)
    flags = None if promotion is None else np.array(promotion)
    return plain.replace(price=np.array(price), time=np.array(time), promotion=flags)


def market(elasticity: float, effect: float, seed: int = 0) -> Transactions:
    """40 weeks of 150 baskets, 20 items whose prices and promotions change by the week."""
    rng = np.random.default_rng(seed)
    weeks, n, visits = 40, 20, 150
    log_price = np.log(rng.uniform(1, 5, n)) + rng.normal(0, 0.3, (weeks, n))
    promoted = rng.random((weeks, n)) < 0.2
    usual = log_price.mean(0)
    odds = -2.2 + elasticity * (log_price - usual) + effect * promoted
    lists: list[list[int]] = []
    price: list[float] = []
    flags: list[float] = []
    time = []
    for week in range(weeks):
        for _ in range(visits):
            held = np.flatnonzero(
                rng.random(n) < np.exp(odds[week]) / (1 + np.exp(odds[week]))
            )
            lists.append(held.tolist())
            price += np.exp(log_price[week, held]).tolist()
            flags += promoted[week, held].astype(float).tolist()
            time.append(week)
    return sold(lists, n, price, time, flags)


def test_panel_by_hand() -> None:
    """Item a is sold in weeks 0 and 2, b in 2 alone; week 1 has a basket of neither."""
    receipts = sold(
        [[0], [0], [], [0, 1], []],
        2,
        [2.0, 4.0, 8.0, 5.0],
        [0, 0, 1, 2, 3],
        [0.0, 1.0, 0.0, 1.0],
    )
    panel = panel_of(receipts, 4)
    price, promoted = panel.level()
    np.testing.assert_allclose(price, [np.log(3.0 * 3 * 8 * 8) / 4, np.log(5.0)])
    np.testing.assert_allclose(promoted, [0.25, 1.0])
    w = np.exp((np.arange(4) - 3) / 4 / 0.1)
    np.testing.assert_allclose(panel.level(0.1)[1], [(w[0] + w[1]) / 2 / w.sum(), 1.0])
    assert panel.count.tolist() == [[2, 0, 1, 0], [0, 0, 1, 0]]
    assert panel.active.tolist() == [[1, 1, 1, 0], [0, 0, 1, 0]]
    np.testing.assert_allclose(np.exp(panel.offset[0]), [2, 1, 1, 0])
    filled = np.log([3.0, 3.0, 8.0, 8.0])
    np.testing.assert_allclose(panel.columns[0, :, 0], filled - filled.mean())
    np.testing.assert_allclose(panel.columns[1, :, 0], 0, atol=1e-12)
    assert panel.columns[0, :, 1].tolist() == [0.5, 0.5, 0, 0]
    assert panel.columns[1, :, 1].tolist() == [1, 1, 1, 1]
    assert panel.columns[0, :, 2].tolist() == [-0.375, -0.125, 0.125, 0.375]


def test_effects_are_recovered() -> None:
    """Odds and chances differ little at shares of a tenth."""
    effects = PriceEffects(periods=40).fit(market(-2.0, 0.6))
    assert effects.mean_[0] == pytest.approx(-1.8, abs=0.3)
    assert effects.mean_[1] == pytest.approx(0.55, abs=0.2)
    assert abs(effects.mean_[2]) < 0.3
    assert effects.told_ == 20
    assert (effects.elasticity_error_ < 0.5).all()
    told = effects.describe()
    assert told["items_with_price_changes"] == 20
    assert told["believed"] == [1.0, 1.0]


def test_nothing_is_found_where_there_is_nothing() -> None:
    effects = PriceEffects(periods=40).fit(market(0.0, 0.0, seed=3))
    assert abs(effects.mean_[0]) < 0.2
    assert abs(effects.mean_[1]) < 0.2


def test_the_mode_is_stationary() -> None:
    """Slope of likelihood over dispersion plus prior is 0, dispersion as Pearson's."""
    panel = panel_of(market(-1.0, 0.3), 26)
    found = respond(panel)
    weight = np.exp(panel.offset + np.einsum("ntk,nk->nt", panel.columns, found.beta))
    chance = weight / weight.sum(1, keepdims=True)
    gap = panel.count - panel.count.sum(1, keepdims=True) * chance
    slope = np.einsum("ntk,nt->nk", panel.columns, gap)
    pull = (found.beta - found.mean) / found.spread**2
    # One unknown dispersion an item, the same for its three coefficients.
    ratio = slope / pull
    np.testing.assert_allclose(ratio[:, 0], ratio[:, 1], rtol=0.2)
    assert (ratio > 0.9).all()


def test_shifts_by_hand() -> None:
    """Elasticity -2, half the price: odds times 4; promoted now, never before: times e."""
    effects = PriceEffects()
    effects.believed_ = np.ones(2)
    effects.elasticity_ = np.array([-2.0, -2.0, 1.0, -2.0, -2.0])
    effects.promotion_ = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    effects.log_price_ = np.log([2.0, 2.0, 2.0, 2.0, np.nan])
    effects.promoted_ = np.zeros(5)
    share, price = np.full(5, 0.2), np.array([1.0, 0.5, 1.0, np.nan, 1.0])
    odds = np.array([0.25 * 4, 0.25 * 4, 0.25, 0.25, 0.25])
    np.testing.assert_allclose(effects.adjust(share, price), odds / (1 + odds))
    both = effects.adjust(np.stack([share, share]), price, np.array([1, 1, 1, np.nan, 0]))
    odds[0] *= np.e
    np.testing.assert_allclose(both, np.stack([odds / (1 + odds)] * 2))
    effects.believed_ = np.zeros(2)
    np.testing.assert_allclose(effects.adjust(share, price, np.ones(5)), share)


def test_effects_that_foretell_are_believed() -> None:
    """The forecast is the recent share, at recent prices; the next weeks' tell the rest."""

    def forecast(past: Transactions) -> FloatArray:
        return History(past).share(0.1)

    effects = PriceEffects(periods=40).fit(market(-2.0, 0.6), forecast)
    assert effects.believed_[0] > 0.7
    assert effects.believed_[1] > 0.5
    none = PriceEffects(periods=40).fit(market(0.0, 0.0, seed=3), forecast)
    assert (none.believed_ >= 0).all()
    assert (none.believed_ <= 1).all()


def test_without_times_or_prices() -> None:
    timeless = baskets([[0], [1]], 2)
    with pytest.raises(InvalidParameter, match="expected times"):
        PriceEffects().fit(timeless)
    priceless = sold([[0], [1]], 2, [np.nan, np.nan], [0, 1])
    with pytest.raises(InvalidParameter, match="expected prices"):
        PriceEffects().fit(priceless)
    with pytest.raises(InvalidParameter, match="periods"):
        PriceEffects(periods=2)


def test_promotions_are_read(tmp_path: Path) -> None:
    """Above 0 is promoted, missing is not; of merged rows one is enough."""
    file = write(
        tmp_path,
        "receipts.csv",
        "basket,item,quantity,price,off\n1,tea,1,2.0,0.5\n1,tea,2,2.0,0\n1,mug,1,3.0,\n",
    )
    table = read_table(file, Columns().text)
    rule = CleaningRule(least_baskets=1)
    sales, _ = clean(table, Columns(promotion="off"), rule)
    assert sales.items == ("mug", "tea")
    assert sales.promotion is not None
    assert sales.promotion.tolist() == [0, 1]
    assert clean(table, Columns(), rule)[0].promotion is None
    tea = sales.only(np.array([False, True]))
    assert tea.promotion is not None
    assert tea.promotion.tolist() == [1]


def receipts_file(folder: Path) -> Path:
    """Write a market as a csv file."""
    sales = market(-2.0, 0.6)
    assert sales.promotion is not None
    rows = ["basket,item,price,time,off"]
    for line, basket in enumerate(sales.basket_of_line.tolist()):
        assert sales.time is not None
        cells = (
            sales.baskets[basket],
            sales.items[sales.item[line]],
            f"{sales.price[line]:.4f}",
            str(sales.time[basket]),
            f"{sales.promotion[line]:.0f}",
        )
        rows.append(",".join(cells))
    return write(folder, "receipts.csv", "\n".join(rows) + "\n")


def test_learn_foretells_sales_at_coming_prices(tmp_path: Path) -> None:
    """Items a and b become cheap, the others' prices are not told and change nothing."""
    receipts = receipts_file(tmp_path)
    catalogue = write(
        tmp_path,
        "shop.csv",
        "item,price\na,0.5\nb,0.5\n"
        + "".join(f"{item},\n" for item in "cdefghijklmnopqrst"),
    )
    columns = Columns(promotion="off")
    plain = learn(receipts, catalogue=catalogue, columns=columns)
    effects = PriceEffects()
    told = learn(receipts, catalogue=catalogue, columns=columns, price_effects=effects)
    np.testing.assert_allclose(told.utilities[2:], plain.utilities[2:])
    assert (told.utilities[:2] > 1.2 * plain.utilities[:2]).all()
    assert told.card.price_effects == effects.describe()
    assert plain.card.price_effects is None
    with pytest.raises(InvalidParameter, match="a catalogue with a column"):
        learn(receipts, columns=columns, price_effects=PriceEffects())


def test_segments_follow_prices_too(tmp_path: Path) -> None:
    rows = receipts_file(tmp_path).read_text().splitlines()
    who = [f"{row},c{int(row.split(',')[0]) % 40}" for row in rows[1:]]
    receipts = write(tmp_path, "r.csv", "\n".join([rows[0] + ",customer", *who]) + "\n")
    catalogue = write(
        tmp_path,
        "shop.csv",
        "item,price\n" + "".join(f"{item},0.5\n" for item in "abcdefghijklmnopqrst"),
    )
    plain = learn(receipts, catalogue=catalogue, segments=2).instance
    told = learn(
        receipts, catalogue=catalogue, segments=2, price_effects=PriceEffects()
    ).instance
    for old, new in zip(plain.bundles, told.bundles, strict=True):
        assert old.utility is not None
        assert new.utility is not None
        assert (new.utility.values >= old.utility.values).all()


def test_the_command(tmp_path: Path) -> None:
    receipts = receipts_file(tmp_path)
    catalogue = write(tmp_path, "shop.csv", "item,price,promotion\na,1.5,1\nb,2.5,0\n")
    card = tmp_path / "card.json"
    command = ["learn", str(receipts), "--catalogue", str(catalogue), "--promotion", "off"]
    command += ["--price-effects", "--card", str(card), "-o", str(tmp_path / "i.json")]
    ended = CliRunner().invoke(cli, command)
    assert ended.exit_code == 0, ended.output
    told = json.loads(card.read_text())["price_effects"]
    assert set(told) >= {"elasticity", "promotion", "believed", "periods"}
    wrong = CliRunner().invoke(cli, [*command, "--utility", "expected_margin"])
    assert wrong.exit_code == 2
    assert "price effects" in wrong.output
    alone = CliRunner().invoke(cli, ["learn", str(receipts), "--price-effects"])
    assert alone.exit_code == 2
    assert "--catalogue" in alone.output

"""What bundles were worth later: by hand, and the promises of the comparison."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bundlesolve.learn import Catalogue, Transactions
from bundlesolve.learn.evaluation.decision_quality import (
    SETTINGS,
    Setting,
    by_popularity,
    decision_quality,
)
from bundlesolve.learn.evaluation.worth import LaterWorth
from bundlesolve.learn.synergies.lift import Lift
from bundlesolve.model.check import check
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from tests.learn.shop import baskets, catalogue
from tests.learn.test_estimators import drawn


def test_later_worth_by_hand() -> None:
    """Four baskets, margins 2 and 4: 500 p each, together on 1 of 4 as expected."""
    later = LaterWorth(baskets([[0, 1], [0], [1], []], 2), np.array([2.0, 4.0]))
    assert later.utilities.tolist() == [1000.0, 2000.0]
    assert later.of(np.array([0, 1])) == pytest.approx(3000.0)
    assert later.lift(np.array([0, 1])) == pytest.approx(1.0)
    assert later.earned_together(np.array([0, 1])) == pytest.approx(1000 * 6 / 4)
    twice = np.array([2.0, 1.0, 1.0, 0.0])
    # p = 3/4 each, together 1/2 and not 9/16.
    expected = 1000 * (0.75 * 6 + (0.5 - 0.5625) * 3)
    assert later.of(np.array([0, 1]), twice) == pytest.approx(expected)
    nothing = np.zeros(0, dtype=np.int64)
    assert later.of(nothing) == 0
    assert np.isnan(later.lift(nothing))


def test_the_oracles_pairs_are_the_counts() -> None:
    """Worth by item and pair adds up to the worth of the bundle."""
    receipts = baskets(drawn(2, 200, 5), 5)
    later = LaterWorth(receipts, np.arange(1.0, 6.0))
    pairs = later.pairs(10)
    items = np.array([0, 1, 3])
    inside = np.isin(pairs.first, items) & np.isin(pairs.second, items)
    total = later.utilities[items].sum() + pairs.worth[inside].sum()
    assert later.of(items) == pytest.approx(total)


def decide(instance: Instance) -> IntArray:
    """Choose by trying everything, judged by the checker of the house."""
    best, chosen = None, np.zeros(0, dtype=np.int64)
    for size in range(4):
        for items in itertools.combinations(range(instance.n), size):
            units = np.zeros((1, instance.n), dtype=np.int64)
            units[0, list(items)] = 1
            verdict = check(instance, units)
            if verdict.feasible and (best is None or verdict.objective > best):
                best, chosen = verdict.objective, np.array(items, dtype=np.int64)
    return chosen


def shop_of(receipts: Transactions) -> Catalogue:
    """Return a catalogue of two categories."""
    plain = catalogue(receipts, np.ones(receipts.n))
    group = tuple("even" if i % 2 == 0 else "odd" for i in range(receipts.n))
    return Catalogue(plain.items, plain.text, group, plain.numbers)


def test_oracle_learned_popularity() -> None:
    """Three ways a setting, within the limits, regret against the best of them."""
    train, test = baskets(drawn(3, 400, 6), 6), baskets(drawn(4, 300, 6), 6)
    shop = shop_of(train)
    settings = (Setting(3, 1.0, 2), Setting(2, 2.0))
    pairs = Lift(least_baskets=1, significance=0).estimate(train, shop)
    worth = 1000 * train.purchase_share * shop.margin
    found = decision_quality(worth, pairs, shop, train, test, decide, settings)
    assert [o.way for o in found] == ["learned", "popularity", "oracle"] * 2
    for o in found:
        assert o.regret >= 0
        assert o.low <= o.high
        assert len(o.items) <= o.setting.size
    for setting in settings:
        regrets = {o.way: o.regret for o in found if o.setting == setting}
        assert min(regrets.values()) == 0
        assert regrets["learned"] <= regrets["popularity"]


def test_popularity_keeps_the_limits() -> None:
    """Most sold first, unless the category is full or the money is gone."""
    receipts = baskets([[0, 2, 4]] * 3 + [[1, 2]] * 2, 6)
    shop = shop_of(receipts)
    assert by_popularity(Setting(3, 1.0, 1), shop, receipts).tolist() == [2, 1]
    assert by_popularity(Setting(3, 1.0), shop, receipts).tolist() == [2, 0, 4]
    assert by_popularity(Setting(3, 0.7), shop, receipts).tolist() == [2, 0]


def test_settings_are_rules() -> None:
    """Five by default; money in median prices; a shop without categories has none."""
    receipts = baskets([[0, 1]], 2)
    assert len(SETTINGS) == 5
    rules = SETTINGS[0].rules(shop_of(receipts))
    assert rules.budgets[0].at_most == pytest.approx(5 * 2.0 * 2.0)
    assert rules.categories[0].at_most == 2
    assert not SETTINGS[0].rules(catalogue(receipts, np.ones(2))).categories

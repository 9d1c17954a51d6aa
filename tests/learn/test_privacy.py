"""Few customers leave no pair behind, no customer reaches a file, noise has its budget."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.errors import InvalidParameter, MissingExtra
from bundlesolve.files.write import write
from bundlesolve.learn import CleaningRule, learn
from bundlesolve.learn.privacy import Privacy
from bundlesolve.learn.synergies.counts import count
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.synergies.support import item_customers
from bundlesolve.learn.transactions import Transactions
from tests.learn.shop import baskets, catalogue

FROM_RECEIPTS = sorted(set(SYNERGIES) - {"text"})
"""The model of texts speaks of texts: no customer is behind it."""
HAS_OPENDP = importlib.util.find_spec("opendp") is not None
needs_opendp = pytest.mark.skipif(not HAS_OPENDP, reason="opendp is not installed")


def crowd(seed: int, people: int = 12, m: int = 240) -> Transactions:
    """Return receipts in which some pairs have few customers, some unknown."""
    rng = np.random.default_rng(seed)
    who = rng.integers(-1, people, m)
    lists = []
    for customer in who.tolist():
        taste = [0, 1] if customer < 4 else [2, 3]
        every = np.flatnonzero(rng.random(6) < 0.2).tolist()
        lists.append(sorted({*every, *(taste if rng.random() < 0.7 else [])}))
    return baskets(lists, 6, customer=who).replace(time=np.arange(m))


def behind(receipts: Transactions, i: int, j: int) -> tuple[int, int, int]:
    """Return customers of both on one receipt, of ``i``, and of ``j``, by sets."""
    both, one, other = set(), set(), set()
    for b in range(receipts.m):
        items = set(receipts.item[receipts.starts[b] : receipts.starts[b + 1]].tolist())
        who = b if receipts.customer is None else int(receipts.customer[b])
        if i in items:
            one.add(who)
        if j in items:
            other.add(who)
        if {i, j} <= items:
            both.add(who)
    return len(both), len(one), len(other)


@pytest.mark.parametrize("name", FROM_RECEIPTS)
@pytest.mark.parametrize("told", [True, False])
def test_five_customers_behind_every_pair(name: str, told: bool) -> None:
    """Unknown customers are one together; without any told, each receipt is one."""
    receipts = crowd(0) if told else crowd(0).replace(customer=None)
    model = synergy_class(name)(least_baskets=1)
    assert model.least_customers == 5
    pairs = model.estimate(receipts, catalogue(receipts, np.ones(6)))
    assert len(pairs)
    ends = zip(pairs.first, pairs.second, pairs.strength, strict=True)
    for i, j, strength in ends:
        both, one, other = behind(receipts, int(i), int(j))
        assert (both if strength > 0 else min(one, other)) >= 5


@pytest.mark.parametrize("name", FROM_RECEIPTS)
def test_four_customers_are_too_few(name: str) -> None:
    """However often they come; the fifth makes a pair of it."""
    lists = [[0, 1]] * 60 + [[2]] * 60
    for people, kept in ((4, 0), (5, 1)):
        who = np.r_[np.arange(60) % people, 100 + np.arange(60)]
        receipts = baskets(lists, 3, customer=who).replace(time=np.arange(120))
        pairs = synergy_class(name)().estimate(receipts, catalogue(receipts, np.ones(3)))
        met = (pairs.first == 0) & (pairs.second == 1)
        assert met.sum() == kept


@given(st.integers(0, 10_000))
def test_customers_of_items_equal_sets(seed: int) -> None:
    receipts = crowd(seed, m=30)
    found = item_customers(receipts)
    assert found.tolist() == [behind(receipts, i, i)[0] for i in range(6)]


@pytest.mark.parametrize("segments", [None, 2])
def test_no_customer_reaches_a_file(tmp_path: Path, segments: int | None) -> None:
    """Neither instance nor card holds an id, or any receipt's number."""
    receipts = crowd(1)
    line = receipts.basket_of_line
    assert receipts.customer is not None
    rows = pd.DataFrame(
        {
            "basket": [f"receipt-{b}" for b in line],
            "item": [receipts.items[i] for i in receipts.item],
            "customer": [f"customer-{c}" for c in receipts.customer[line]],
            "price": 1.0,
            "time": line,
        }
    )
    rule = CleaningRule(least_baskets=5)
    learned = learn(rows, cleaning=rule, segments=segments)
    write(learned.instance, tmp_path / "instance.json")
    text = (tmp_path / "instance.json").read_text() + learned.card.to_json()
    assert "customer-" not in text
    assert "receipt-" not in text
    assert json.loads(learned.card.to_json())["least_customers"] == 5


def without_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    def exact(_: Privacy, counts: np.ndarray) -> np.ndarray:
        return counts

    monkeypatch.setattr(Privacy, "_noise", exact)


def test_counts_are_exact_but_for_the_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that binds nobody leaves the counts of all baskets."""
    without_noise(monkeypatch)
    receipts = crowd(2)
    found, true = Privacy(epsilon=1.0, most_counts=10**6).count(receipts), count(receipts)
    assert found.m == receipts.m
    for name in ("single", "first", "second", "baskets"):
        assert np.array_equal(getattr(found, name), getattr(true, name))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_one_customer_changes_so_much_at_most(seed: int, most: int) -> None:
    """L1 distance of the counts with and without the customer, for every customer."""
    receipts = crowd(seed, m=40)
    assert receipts.customer is not None
    privacy = Privacy(epsilon=1.0, most_counts=most, seed=seed)
    for customer in set(receipts.customer.tolist()) - {-1}:
        own = receipts.some(receipts.customer == customer)
        i, _, m = privacy._bounded(own)
        assert len(i) + m <= most


def test_parameters_and_models_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidParameter, match="epsilon"):
        Privacy(epsilon=0.0)
    with pytest.raises(InvalidParameter, match="most_counts"):
        Privacy(epsilon=1.0, most_counts=0)
    receipts = crowd(3)
    monkeypatch.setattr("bundlesolve.learn.privacy.MOST_ITEMS", 5)
    with pytest.raises(InvalidParameter, match="at most 5 items"):
        Privacy(epsilon=1.0).count(receipts)
    model, shop = synergy_class("ising")(), catalogue(receipts, np.ones(6))
    with pytest.raises(InvalidParameter, match="counts alone"):
        model.priced_privately(receipts, shop, count(receipts))


def test_without_opendp_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp", None)
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(MissingExtra, match="privacy"):
        Privacy(epsilon=1.0).count(crowd(0))


def learned_privately(epsilon: float) -> tuple[np.ndarray, str]:
    rows = pd.DataFrame(
        {
            "basket": np.repeat(np.arange(300), 2),
            "item": ["tea", "cup", "tea", "jam", "cup", "tea"] * 100,
            "customer": np.repeat(np.arange(300), 2),
            "price": 1.0,
        }
    )
    learned = learn(rows, privacy=Privacy(epsilon=epsilon, most_counts=10))
    return learned.pairs.worth, learned.card.to_json()


def test_the_card_states_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    without_noise(monkeypatch)
    worth, card = learned_privately(2.0)
    assert len(worth)
    told = json.loads(card)["privacy"]
    assert (told["epsilon"], told["delta"], told["most_counts"]) == (2.0, 0.0, 10)


@needs_opendp
def test_noise_is_of_the_scale_asked_for() -> None:
    """Discrete Laplace of scale s has mean size near s; a large budget is near exact."""
    sizes = []
    draw: Callable[[np.ndarray], np.ndarray] = Privacy(epsilon=2.0, most_counts=20)._noise
    sizes = np.abs(draw(np.zeros(4000, dtype=np.int64)))
    assert 9.0 < sizes.mean() < 11.0
    worth, _ = learned_privately(1e6)
    assert len(worth)

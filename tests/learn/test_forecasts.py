"""What is fitted to forecasts within the past: shares, their sums, excess of pairs."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import Transactions
from bundlesolve.learn.past_futures import past_futures, toward
from bundlesolve.learn.synergies.excess import Excess
from bundlesolve.learn.synergies.weighted import joint_shares
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.combination import Combination
from bundlesolve.learn.utilities.smoothing import Smoothing
from tests.learn.shop import baskets, catalogue


def drift(m: int = 1000) -> Transactions:
    """Return receipts in which the first item comes up late and the second goes."""
    rng = np.random.default_rng(1)
    late = np.linspace(0.0, 1.0, m)[:, None]
    chance = np.hstack([0.5 * late, 0.5 - 0.5 * late, np.full((m, 4), 0.2)])
    drawn = rng.random((m, 6)) < chance
    drawn[:, 3] |= drawn[:, 2] & (rng.random(m) < 0.7)
    lists = [np.flatnonzero(row).tolist() for row in drawn]
    who = np.arange(m) % 40
    return baskets(lists, 6, customer=who).replace(time=np.arange(m))


def test_futures_follow_their_pasts() -> None:
    """Each future begins where its past ends; without times there is none."""
    receipts = drift(100)
    found = list(past_futures(receipts))
    assert [past.m for past, _ in found] == [50, 60, 70, 80]
    for past, future in found:
        assert past.time is not None
        assert future.time is not None
        assert future.time.min() == past.time.max() + 1
        assert future.m == 20
    assert list(past_futures(receipts.replace(time=None))) == []


def test_weights_drawn_to_a_prior() -> None:
    """Least squares without a ridge, the prior with a large one or without evidence."""
    rng = np.random.default_rng(0)
    columns, prior = rng.random((30, 3)), np.array([1.0, 0.0, 0.0])
    target = columns @ np.array([0.2, 0.5, -1.0])
    assert np.allclose(toward(prior, columns, target, 1e-12), [0.2, 0.5, -1.0])
    assert np.allclose(toward(prior, columns, target, 1e9), prior, atol=1e-6)
    assert np.array_equal(toward(prior, np.zeros((4, 3)), np.ones(4)), prior)


def test_smoothing_follows_what_lasts() -> None:
    """Nearer to the later shares than popularity is; popularity without times."""
    receipts = drift()
    shop = catalogue(receipts, np.ones(6))
    model = Smoothing().fit(receipts, shop)
    assert model.share_[0] > receipts.purchase_share[0] + 0.1
    assert model.share_[1] < receipts.purchase_share[1] - 0.1
    still = Smoothing().fit(receipts.replace(time=None), shop)
    assert still.theta_.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert np.allclose(still.share_, receipts.purchase_share, atol=1e-3)


def test_a_combination_weighs_what_foretold() -> None:
    """Nearer to the coming shares than old ones; popularity without times or margins."""
    receipts = drift(2000)
    past, coming = (
        receipts.some(np.arange(2000) < 1600),
        receipts.some(np.arange(2000) >= 1600),
    )
    shop = catalogue(past, np.ones(6))
    model = Combination().fit(past, shop)

    def error(share: FloatArray) -> float:
        return float(np.abs(share - coming.purchase_share).sum())

    assert error(model.share_) < 0.8 * error(past.purchase_share)
    assert model.theta_[0] < 0.9
    for found in (
        Combination().fit(past.replace(time=None), shop),
        Combination().fit(past, catalogue(past, np.zeros(6))),
    ):
        assert found.theta_.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
        assert np.allclose(found.share_, past.purchase_share, atol=1e-3)


def test_joint_shares_equal_plain_sums() -> None:
    receipts = drift(60)
    x = receipts.matrix().toarray()
    w = np.random.default_rng(2).random(60)
    i, j = np.triu_indices(6, 1)
    together, alone = joint_shares(receipts, i, j, w)
    full = (x * w[:, None]).T @ x / w.sum()
    assert np.allclose(together, full[i, j])
    assert np.allclose(alone, np.diag(full))
    plain, _ = joint_shares(receipts, i, j)
    assert np.allclose(plain, (x.T @ x / 60)[i, j])


def test_excess_by_hand_without_times() -> None:
    """Then it is the shrunk lift: (n + k) / (e + k) - 1 times both shares, in money."""
    lists = [[0, 1]] * 30 + [[0]] * 10 + [[1]] * 10 + [[]] * 50
    receipts = baskets(lists, 2)
    shop = catalogue(receipts, [2.0, 4.0])
    found = Excess(shrinkage=2.0).estimate(receipts, shop)
    expected = 100 * 0.4 * 0.4
    excess = ((30 + 2) / (expected + 2) - 1) * 0.16
    assert np.allclose(found.worth, 1000 * excess * 3.0)
    assert found.baskets.tolist() == [30]
    half = Excess(shrinkage=2.0).priced(receipts, shop, np.array([0.2, 0.4]))
    assert np.allclose(half.worth, found.worth / 2)


def test_excess_keeps_the_dearest_pairs() -> None:
    """The pair that goes together is worth most; a pair of few customers is left out."""
    receipts = drift()
    shop = catalogue(receipts, np.ones(6))
    found = Excess().estimate(receipts, shop)
    best = int(np.argmax(found.worth))
    assert (found.first[best], found.second[best]) == (2, 3)
    one = receipts.replace(customer=np.zeros(receipts.m, dtype=np.int64))
    assert len(Excess(least_customers=2).estimate(one, shop)) == 0
    with pytest.raises(InvalidParameter, match="shrinkage"):
        Excess(shrinkage=0.0)


def test_a_pair_never_met_but_expected_is_negative() -> None:
    """400 receipts with either of two items: 100 joint ones expected, none seen."""
    either = baskets([[0]] * 200 + [[1]] * 200, 2)
    found = Excess().estimate(either, catalogue(either, np.ones(2)))
    assert found.baskets.tolist() == [0]
    assert found.worth[0] < 0
    few = either.replace(customer=np.r_[np.zeros(200, int), np.arange(1, 201)])
    assert len(Excess().estimate(few, catalogue(few, np.ones(2)))) == 0

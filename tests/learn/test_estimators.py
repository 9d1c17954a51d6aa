"""Margins and partial correlations against hand counts and an independent computation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import (
    ExpectedMargin,
    PartialCorrelation,
    SynergyEstimator,
    UtilityEstimator,
)
from bundlesolve.learn.synergies import partial_correlation as module
from bundlesolve.learn.synergies.partial_correlation import partial_correlations
from bundlesolve.learn.synergies.sparse import CHUNK, strongest
from bundlesolve.learn.synergies.support import PairCustomers
from tests.learn.shop import baskets, catalogue

ANY = PartialCorrelation(least_baskets=1, least_customers=1)


def drawn(seed: int, m: int, n: int) -> list[list[int]]:
    """Draw baskets in which item 1 follows item 0 and item 2 avoids it."""
    rng = np.random.default_rng(seed)
    x = rng.random((m, n)) < 0.3
    follow, avoid = rng.random(m) < 0.7, rng.random(m) < 0.7
    x[:, 1] = np.where(follow, x[:, 0], x[:, 1])
    x[:, 2] = np.where(avoid, ~x[:, 0], x[:, 2])
    return [np.flatnonzero(row).tolist() for row in x]


def test_expected_margin_by_hand() -> None:
    """On two of four receipts, earning 1.50: 750 per 1,000 baskets; a loss is negative."""
    receipts = baskets([[0, 1], [0], [1], []], 2)
    worth = ExpectedMargin().estimate(receipts, catalogue(receipts, [1.5, -0.5]))
    assert worth.tolist() == [750.0, -250.0]
    assert isinstance(ExpectedMargin(), UtilityEstimator)
    assert isinstance(PartialCorrelation(), SynergyEstimator)


def residual_correlation(x: np.ndarray, i: int, j: int, ridge: float) -> float:
    """Correlate what regression on the other items leaves of two; no inverse involved.

    The ridge stands for rows of noise: ``sqrt(m * ridge)`` on each item alone.
    """
    z = (x - x.mean(0)) / x.std(0)
    z = np.vstack([z, math.sqrt(len(x) * ridge) * np.eye(x.shape[1])])
    others = [k for k in range(x.shape[1]) if k not in {i, j}]
    rest = [
        z[:, k] - z[:, others] @ np.linalg.lstsq(z[:, others], z[:, k])[0] for k in (i, j)
    ]
    return float(rest[0] @ rest[1] / np.sqrt((rest[0] @ rest[0]) * (rest[1] @ rest[1])))


@pytest.mark.parametrize("ridge", [1e-9, 0.1, 2.0])
def test_rho_equals_the_correlation_of_residuals(ridge: float) -> None:
    """The precision matrix and regressions tell the same, pair by pair."""
    receipts = baskets(drawn(1, 200, 6), 6)
    x = receipts.matrix().toarray()
    rho = partial_correlations(x.T @ x / len(x), ridge)
    assert np.array_equal(rho, rho.T)
    assert np.all(np.diag(rho) == 0)
    for i in range(6):
        for j in range(i):
            assert rho[i, j] == pytest.approx(
                residual_correlation(x, i, j, ridge), abs=1e-6
            )


def test_a_third_item_explains_a_pair_away() -> None:
    """Jam and butter are each bought with bread; without bread they have no tie."""
    rng = np.random.default_rng(2)
    bread = rng.random(20_000) < 0.5
    jam = np.where(bread, rng.random(20_000) < 0.8, rng.random(20_000) < 0.1)
    butter = np.where(bread, rng.random(20_000) < 0.8, rng.random(20_000) < 0.1)
    x = np.column_stack([bread, jam, butter]).astype(float)
    rho = partial_correlations(x.T @ x / len(x), 1e-6)
    assert np.corrcoef(jam, butter)[0, 1] > 0.4
    assert abs(rho[1, 2]) < 0.02
    assert rho[0, 1] > 0.4


def test_an_item_on_every_or_no_receipt_says_nothing() -> None:
    """Without variation there is no correlation, and no division by zero."""
    rho = partial_correlations(np.array([[1.0, 0.5, 0], [0.5, 0.5, 0], [0, 0, 0]]), 0.1)
    assert np.all(rho == 0)


def test_the_money_formula_by_hand() -> None:
    """Two items: rho is the correlation over 1 + ridge; p = 1/2 and 1/2, joint 3/8."""
    lists = [[0, 1]] * 3 + [[0]] + [[1]] + [[]] * 3
    receipts = baskets(lists, 2)
    pairs = ANY.estimate(receipts, catalogue(receipts, [2.0, 4.0]))
    rho = (3 / 8 - 1 / 4) / (1 / 4) / 1.1
    assert pairs.strength.tolist() == [pytest.approx(rho, abs=1e-9)]
    assert pairs.worth.tolist() == [pytest.approx(1000 * rho * (1 / 4) * 3.0, abs=1e-5)]
    assert pairs.baskets.tolist() == [3]
    assert (pairs.first.tolist(), pairs.second.tolist()) == ([0], [1])


def test_signs_are_those_of_the_shop() -> None:
    """Who follows earns more together, who avoids earns less."""
    receipts = baskets(drawn(3, 400, 5), 5)
    pairs = ANY.estimate(receipts, catalogue(receipts, np.ones(5)))
    worth = {
        (i, j): w
        for i, j, w in zip(
            pairs.first.tolist(), pairs.second.tolist(), pairs.worth.tolist(), strict=True
        )
    }
    assert worth[0, 1] > 0 > worth[0, 2]
    assert len(pairs) == len(worth)


def test_a_pair_never_seen_but_expected_is_evidence() -> None:
    """100 receipts with either of two items: 25 joint ones expected, none seen."""
    either = baskets([[0]] * 50 + [[1]] * 50, 2)
    pairs = PartialCorrelation().estimate(either, catalogue(either, [1.0, 1.0]))
    assert pairs.baskets.tolist() == [0]
    assert pairs.worth[0] < 0
    few = baskets([[0]] * 5 + [[1]] * 5, 2)
    assert len(PartialCorrelation().estimate(few, catalogue(few, [1.0, 1.0]))) == 0


def test_one_wholesaler_is_no_evidence() -> None:
    """Ten joint receipts of one customer, or of nobody known, do not make a synergy."""
    lists = [[0, 1]] * 10 + [[]] * 10
    ask = PartialCorrelation(least_customers=3)
    for customers, kept in (([7] * 20, 0), ([-1] * 20, 0), (list(range(20)), 1)):
        receipts = baskets(lists, 2, customer=customers)
        assert len(ask.estimate(receipts, catalogue(receipts, [1.0, 1.0]))) == kept
    unknown = baskets(lists, 2)
    assert len(ask.estimate(unknown, catalogue(unknown, [1.0, 1.0]))) == 1


@given(st.integers(0, 10_000))
def test_customers_of_pairs_equal_sets(seed: int) -> None:
    """Counting by sparse products and by Python sets agrees."""
    rng = np.random.default_rng(seed)
    lists = drawn(seed, 30, 5)
    who = rng.integers(-1, 4, 30)
    receipts = baskets(lists, 5, customer=who)
    first, second = np.triu_indices(5, 1)
    counts = PairCustomers(receipts).count(first, second)
    for i, j, count in zip(first, second, counts, strict=True):
        people = {who[b] for b, basket in enumerate(lists) if {i, j} <= set(basket)}
        assert count == len(people)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_at_most_so_many_pairs_an_item(seed: int, most: int) -> None:
    """No item has more pairs than asked; who is left out meets a full one."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(9, 1)
    size = rng.integers(0, 5, len(first)).astype(float)
    kept = strongest(first, second, size, most)
    degree = np.bincount(np.concatenate([first[kept], second[kept]]), minlength=9)
    assert degree.max(initial=0) <= most
    assert kept.tolist() == sorted(kept.tolist())
    for pair in set(range(len(first))) - set(kept.tolist()):
        ends = [
            sum(size[k] >= size[pair] for k in kept if item in {first[k], second[k]})
            for item in (first[pair], second[pair])
        ]
        assert size[pair] == 0 or max(ends) == most


def test_many_chunks_choose_like_one() -> None:
    """More pairs than a chunk: the room left is carried from one to the next."""
    first, second = np.triu_indices(300, 1)
    assert len(first) > 2 * CHUNK
    size = np.random.default_rng(4).random(len(first))
    kept = strongest(first, second, size, 150)
    room, chosen = [150] * 300, []
    for pair in np.argsort(-size).tolist():
        i, j = int(first[pair]), int(second[pair])
        if room[i] and room[j]:
            room[i] -= 1
            room[j] -= 1
            chosen.append(pair)
    assert kept.tolist() == sorted(chosen)


@pytest.mark.parametrize(
    "wrong",
    [{"ridge": 0.0}, {"ridge": math.nan}, {"pairs_per_item": 0}, {"least_baskets": 0}],
)
def test_parameters_out_of_range(wrong: dict[str, float]) -> None:
    """Nonsense is refused when the estimator is made."""
    with pytest.raises(InvalidParameter, match=next(iter(wrong))):
        PartialCorrelation(**wrong)  # type: ignore[arg-type]


def test_too_many_items_for_dense_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message comes before the memory is gone."""
    monkeypatch.setattr(module, "MOST_ITEMS", 1)
    receipts = baskets([[0, 1]], 2)
    with pytest.raises(InvalidParameter, match="at most 1 items"):
        ANY.estimate(receipts, catalogue(receipts, [1.0, 1.0]))

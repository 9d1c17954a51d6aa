"""Metrics by hand and against scikit-learn; nothing of the future leaks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve as sklearn_curve
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    ndcg_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import PartialCorrelation, Transactions
from bundlesolve.learn.evaluation.calibration import calibration_curve
from bundlesolve.learn.evaluation.classification import auc, best_threshold, decisions
from bundlesolve.learn.evaluation.evaluate import evaluate
from bundlesolve.learn.evaluation.likelihood import log_softmax, surprise
from bundlesolve.learn.evaluation.ranking import ranking_metrics, ranks_of
from bundlesolve.learn.features.categories import CategoryLifts
from bundlesolve.learn.joint import BasketModel, Chances
from bundlesolve.learn.queries import Queries, draw_queries
from bundlesolve.learn.softmax import fit_softmax
from bundlesolve.learn.split import Split, split_by_customer, split_by_time
from bundlesolve.learn.synergies.cosine import Cosine
from bundlesolve.learn.utilities.household import Household
from bundlesolve.learn.utilities.popularity import Popularity
from tests.learn.shop import baskets, catalogue


def timed(m: int, n: int, seed: int = 0) -> Transactions:
    """Return receipts of ten customers; item 1 follows item 0; a basket a moment."""
    rng = np.random.default_rng(seed)
    x = rng.random((m, n)) < 0.3
    x[:, 1] = np.where(rng.random(m) < 0.8, x[:, 0], x[:, 1])
    who = rng.integers(0, 10, m)
    x[:, 2] |= who == 3
    lists = [np.flatnonzero(row).tolist() for row in x]
    return baskets(lists, n, customer=who).replace(time=np.arange(m))


def test_ranks_by_hand() -> None:
    """Ties count against the target; items of the context are no candidates."""
    scores = np.array([[3.0, 1.0, 2.0, 9.0], [1.0, 1.0, 1.0, 0.0]])
    outside = np.array([[True, True, True, False], [True, True, True, True]])
    assert ranks_of(scores, outside, np.array([2, 1])).tolist() == [2, 3]
    found = ranking_metrics(np.array([1, 3, 20]), ks=(1, 3))
    assert found["MRR"] == pytest.approx((1 + 1 / 3 + 1 / 20) / 3)
    assert found["Recall@1"] == pytest.approx(1 / 3)
    assert found["Recall@3"] == pytest.approx(2 / 3)
    assert found["NDCG@3"] == pytest.approx((1 + 1 / 2) / 3)


@given(st.integers(0, 10_000), st.integers(1, 8))
def test_ndcg_equals_scikit_learn(seed: int, k: int) -> None:
    """One target a query: the field's NDCG is scikit-learn's."""
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(8.0), (5, 1)), axis=1)
    target = rng.integers(0, 8, 5)
    truth = np.eye(8)[target]
    ranks = ranks_of(scores, np.ones((5, 8), bool), target)
    ours = ranking_metrics(ranks, ks=(k,))[f"NDCG@{k}"]
    assert ours == pytest.approx(ndcg_score(truth, scores, k=k))


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_yes_or_no_equals_scikit_learn(seed: int, cells: int) -> None:
    """AUC with ties, accuracy, precision, recall, F1."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 6, cells) / 5
    truth = rng.random(cells) < 0.4
    truth[:2] = [True, False]
    assert auc(score, truth) == pytest.approx(roc_auc_score(truth, score))
    called = score >= 0.5
    found = decisions(score, truth, 0.5)
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, called))
    assert found["precision"] == pytest.approx(
        precision_score(truth, called, zero_division=0)
    )
    assert found["recall"] == pytest.approx(recall_score(truth, called))
    assert found["F1"] == pytest.approx(f1_score(truth, called, zero_division=0))
    best = best_threshold(score, truth)
    f1 = decisions(score, truth, best)["F1"]
    assert f1 == pytest.approx(max(decisions(score, truth, t)["F1"] for t in score))


def test_auc_of_one_class_is_unknown() -> None:
    """Without both there is nothing to compare."""
    assert np.isnan(auc(np.array([1.0, 2.0]), np.array([True, True])))


def test_nll_equals_scikit_learn() -> None:
    """Softmax over the candidates, nats of the target."""
    rng = np.random.default_rng(1)
    logits, target = rng.normal(size=(6, 5)), rng.integers(0, 5, 6)
    log_chance = log_softmax(logits, np.ones((6, 5), bool))
    expected = log_loss(target, np.exp(log_chance), labels=range(5))
    assert surprise(log_chance, target).mean() == pytest.approx(expected)
    outside = np.ones((6, 5), bool)
    outside[:, 4] = False
    assert np.exp(log_softmax(logits, outside))[:, 4].max() == 0


def test_calibration_curve_equals_scikit_learn() -> None:
    """The bins of quantiles, and an honest forecaster's small error."""
    rng = np.random.default_rng(2)
    chance = rng.random(5000)
    truth = rng.random(5000) < chance
    ours = calibration_curve(chance, truth, bins=8)
    observed, predicted = sklearn_curve(truth, chance, n_bins=8, strategy="quantile")
    assert ours.predicted == pytest.approx(predicted)
    assert ours.observed == pytest.approx(observed)
    assert ours.error < 0.03
    assert calibration_curve(chance**4, truth).error > 0.1


def test_queries_take_one_item_out() -> None:
    """Every context and its target are a basket; the draw repeats."""
    receipts = timed(60, 6)
    queries = draw_queries(receipts, most_baskets=40)
    lists = {
        tuple(receipts.item[a:b].tolist())
        for a, b in zip(receipts.starts, receipts.starts[1:], strict=False)
    }
    context = queries.contexts().toarray() > 0
    for row, target in zip(context, queries.target, strict=True):
        assert not row[target]
        row[target] = True
        assert tuple(np.flatnonzero(row).tolist()) in lists
    again = draw_queries(receipts, most_baskets=40)
    assert np.array_equal(again.target, queries.target)
    some = queries.take(np.array([5, 2]))
    assert np.array_equal(some.target, queries.target[[5, 2]])
    assert np.array_equal(some.contexts().toarray(), queries.contexts().toarray()[[5, 2]])
    assert np.array_equal(some.outside(), some.contexts().toarray() == 0)
    with pytest.raises(InvalidParameter, match="two items"):
        draw_queries(baskets([[0], [1]], 2))


def test_split_by_time_keeps_the_future_away() -> None:
    """Every train moment is before every valid one, and so on; moments stay together."""
    receipts = timed(200, 5)
    receipts = receipts.replace(time=np.arange(200) // 7)
    split = split_by_time(receipts)
    parts = [part.time for part in (split.train, split.valid, split.test)]
    assert parts[0] is not None
    assert parts[1] is not None
    assert parts[2] is not None
    assert parts[0].max() < parts[1].min() <= parts[1].max() < parts[2].min()
    assert split.train.m + split.valid.m + split.test.m == 200
    assert split.test.m >= 40
    told = split_by_time(receipts, valid_from="10", test_from=20)
    assert told.train.m == 70
    with pytest.raises(InvalidParameter, match="valid_from before test_from"):
        split_by_time(receipts, valid_from=20, test_from=10)
    with pytest.raises(InvalidParameter, match="test_from: expected a whole number"):
        split_by_time(receipts, test_from="soon")
    with pytest.raises(InvalidParameter, match="times"):
        split_by_time(baskets([[0]], 1))


def test_split_by_customer_shares_none() -> None:
    """A customer is in one part; without customers there is an error."""
    split = split_by_customer(timed(300, 5), seed=4)
    people = [
        set(part.customer.tolist())
        for part in (split.train, split.valid, split.test)
        if part.customer is not None
    ]
    assert len(people) == 3
    assert not people[0] & people[1]
    assert not people[0] & people[2]
    with pytest.raises(InvalidParameter, match="customers"):
        split_by_customer(baskets([[0]], 1))


def test_a_split_with_a_basket_twice_is_refused() -> None:
    """Leakage is an error before it is a result."""
    receipts = timed(30, 4)
    half = receipts.some(np.arange(30) < 20)
    rest = receipts.some(np.arange(30) >= 25)
    with pytest.raises(InvalidParameter, match="one part only"):
        Split(half, receipts.some(np.arange(30) >= 19), rest)


def fitted(receipts: Transactions) -> tuple[BasketModel, Split]:
    """Fit the default pair of models on the past."""
    split = split_by_time(receipts).known(2)
    shop = catalogue(split.train, np.ones(split.train.n))
    pairs = PartialCorrelation(least_baskets=1, least_customers=1)
    more = (Cosine(least_baskets=1),)
    model = BasketModel(Household(), pairs, more=more).fit(split.train, shop)
    return model.blend(draw_queries(split.valid)), split


def test_nothing_learned_depends_on_test_baskets() -> None:
    """Other test baskets: the same items, the same models, the same scores."""
    receipts = timed(400, 6)
    model, split = fitted(receipts)
    late = split.test.m
    assert receipts.time is not None
    other = timed(400, 6, seed=9)
    early = np.arange(400) < 400 - late
    starts = np.concatenate([receipts.starts[: 401 - late], other.starts[401 - late :]])
    past, future = receipts.some(early), other.some(~early)
    mixed = Transactions(
        items=receipts.items,
        baskets=receipts.baskets,
        starts=np.concatenate([past.starts, past.starts[-1] + future.starts[1:]]),
        item=np.concatenate([past.item, future.item]),
        quantity=np.ones(len(past.item) + len(future.item)),
        price=np.ones(len(past.item) + len(future.item)),
        customer=receipts.customer,
        time=receipts.time,
    )
    assert len(starts) == len(mixed.starts)
    again, changed = fitted(mixed)
    assert not np.array_equal(changed.test.item, split.test.item)
    queries = draw_queries(split.test)
    assert np.array_equal(model.theta, again.theta)
    assert np.array_equal(model.score(queries), again.score(queries))


def test_who_knows_pairs_beats_popularity() -> None:
    """On baskets with a pair and a habit, every metric sees the difference."""
    model, split = fitted(timed(1500, 8))
    valid, test = draw_queries(split.valid), draw_queries(split.test)
    log_count = np.log(split.train.baskets_with + 1.0)
    shop = catalogue(split.train, np.ones(split.train.n))
    plain = Chances(Popularity().fit(split.train, shop))
    ours = evaluate(model, valid, test, log_count, ks=(1, 2))
    theirs = evaluate(plain, valid, test, log_count, ks=(1, 2))
    assert ours.queries == len(test)
    assert ours.metrics["Recall@1"] > theirs.metrics["Recall@1"] + 0.1
    assert ours.metrics["NLL"] < theirs.metrics["NLL"]
    assert ours.metrics["AUC"] > theirs.metrics["AUC"]
    assert ours.curve.error < 0.1
    assert 0 < ours.errors["Recall@1"] < 0.1
    assert set(ours.as_dict()) >= {"metrics", "errors", "curve", "calibration_error"}


def test_softmax_finds_the_weights_that_drew() -> None:
    """Targets drawn from a conditional logit model give its weights back."""
    rng = np.random.default_rng(5)
    columns = rng.normal(size=(2, 4000, 6)).astype(np.float32)
    true = np.array([1.0, -0.5])
    outside = np.ones((4000, 6), bool)
    outside[:, 5] = False
    logits = np.tensordot(true, columns, axes=1)
    chance = np.exp(log_softmax(logits, outside))
    target = (chance.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    found = fit_softmax(columns, outside, target, ridge=0.0)
    assert found == pytest.approx(true, abs=0.08)


def test_queries_without_customers() -> None:
    """Customers may be unknown throughout."""
    queries = draw_queries(baskets([[0, 1], [1, 2]], 3))
    assert isinstance(queries, Queries)
    assert queries.customer.tolist() == [-1] * 4


def test_categories_bought_together() -> None:
    """By hand: x and y on 20 of 40 receipts; a basket with x speaks for items of y."""
    receipts = baskets([[0, 2], [1]] * 20, 3, customer=list(range(40)))
    shop = dataclasses.replace(catalogue(receipts, np.ones(3)), category=("x", "z", "y"))
    known = CategoryLifts.of(receipts, shop)
    assert known is not None
    rest = np.log(10 / 20)
    expected = np.array([[0, rest, rest], [rest, 0, rest], [rest, rest, 0]])
    x, y = known.category[0], known.category[2]
    expected[x, y] = expected[y, x] = np.log(30 / 20)
    assert known.lift == pytest.approx(expected)
    inside, any_, mean, total = known.columns(draw_queries(receipts).take(np.array([1])))
    assert inside[0].tolist() == pytest.approx([np.log(2), 0, 0])
    assert any_[0].tolist() == [1, 0, 0]
    assert mean[0].tolist() == total[0].tolist()
    assert total[0].tolist() == pytest.approx([0, rest, np.log(1.5)])
    few = CategoryLifts.of(receipts.replace(customer=np.arange(40) % 4), shop)
    assert few is not None
    assert few.lift[x, y] == 0
    assert CategoryLifts.of(receipts, catalogue(receipts, np.ones(3))) is None


def test_newton_ends_where_the_slope_is_zero() -> None:
    """And many queries, fitted in two goes, end where one go from anywhere does."""
    rng = np.random.default_rng(7)
    columns = rng.normal(size=(3, 800, 5)).astype(np.float32)
    columns[2] = 1.0  # the same for all: says nothing, and the ridge draws it to 0
    outside, target = np.ones((800, 5), bool), rng.integers(0, 5, 800)
    found = fit_softmax(columns, outside, target)
    other = fit_softmax(columns, outside, target, start=np.array([2.0, -2.0, 1.0]))
    assert found == pytest.approx(other, abs=2e-3)
    assert found[2] == pytest.approx(0, abs=1e-3)

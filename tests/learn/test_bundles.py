"""Pair scores from known bundles: features by hand, recovery, and no leakage."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.bundles.articles import (
    Articles,
    Parts,
    category_paths,
    describe_articles,
    principal,
)
from bundlesolve.learn.bundles.labelled import LabelledSet, pair_auc
from bundlesolve.learn.bundles.pair_features import pair_features, products, relative
from bundlesolve.learn.bundles.scorer import PairScorer
from bundlesolve.learn.bundles.within import within_sets
from bundlesolve.learn.features.embedders.base import Embedder, unit_rows
from bundlesolve.learn.features.embedders.wordllama import WordLlama

KINDS = ("camera lens tripod", "tea cup kettle", "wool scarf glove")


def shop(*embedders: Embedder) -> Articles:
    """30 articles of three kinds, whose texts share words inside a kind."""
    texts = [f"{KINDS[i % 3]} number{i}" for i in range(30)]
    return describe_articles(
        [f"i{i}" for i in range(30)],
        texts,
        [f"Home > {KINDS[i % 3]}" for i in range(30)],
        embedders,
    )


def sets(seed: int, count: int) -> list[LabelledSet]:
    """Sets of two kinds, a bundle each."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        items = np.sort(rng.choice(30, size=6, replace=False))
        bundles = [frozenset(items[items % 3 == k].tolist()) for k in range(3)]
        found.append(LabelledSet(items, tuple(b for b in bundles if len(b) >= 2)))
    return found


def test_paths() -> None:
    assert category_paths("Home > Kitchen>Cups | Gifts |") == (
        ("Home", "Kitchen", "Cups"),
        ("Gifts",),
    )
    assert category_paths("") == ()


def test_relative_by_hand() -> None:
    """Pairs 01, 02, 12 at 0.9, 0.3, 0.6: mean 0.6."""
    c = np.array([[1, 0.9, 0.3], [0.9, 1, 0.6], [0.3, 0.6, 1]])
    pair, z, centred, high, low, third, mean, spread = relative(c)
    np.testing.assert_allclose(pair, [0.9, 0.3, 0.6])
    np.testing.assert_allclose(spread, np.sqrt(0.06) + 0.05)
    np.testing.assert_allclose(z * spread, [0.3, -0.3, 0], atol=1e-12)
    np.testing.assert_allclose(centred, [0.15, -0.15, 0], atol=1e-12)
    np.testing.assert_allclose(high, [0, -0.6, -0.3], atol=1e-12)
    np.testing.assert_allclose(low, [0, -0.3, 0], atol=1e-12)
    np.testing.assert_allclose(third, [0.3 - 0.6, 0, 0.3 - 0.6], atol=1e-12)
    np.testing.assert_allclose(mean, 0.6)


def test_features_follow_the_items() -> None:
    """Another order of the set gives the same numbers of the same pairs."""
    articles = shop()
    one, two = pair_features(articles, np.array([0, 3, 7, 11])), np.array([11, 0, 3, 7])
    other = pair_features(articles, two)
    place = [(0, 3), (0, 7), (0, 11), (3, 7), (3, 11), (7, 11)]
    turned = [(11, 0), (11, 3), (11, 7), (0, 3), (0, 7), (3, 7)]
    row = {frozenset(pair): k for k, pair in enumerate(turned)}
    np.testing.assert_allclose(one, other[[row[frozenset(p)] for p in place]], atol=1e-12)
    assert np.isfinite(pair_features(articles, np.array([4, 5]))).all()


def test_products_sum_to_the_cosine() -> None:
    """And by hand: u = (1, 2) and (3, 5) gives 1 * 3, (1 * 5 + 2 * 3) / 2, 2 * 5."""
    vectors = np.random.default_rng(0).normal(size=(30, 5))
    parts = Parts(vectors, (np.array([[1.0, 2.0], [3.0, 5.0]]),))
    same, cross = products(dataclasses.replace(shop(), parts=parts), np.array([0, 1]))
    np.testing.assert_allclose(same.sum(1), [vectors[0] @ vectors[1]])
    np.testing.assert_allclose(cross, [[3, 5.5, 10]])
    assert products(shop(), np.array([0, 1])) == []


def test_principal_components_are_uncorrelated() -> None:
    u = principal(np.random.default_rng(0).normal(size=(50, 20)))
    assert u.shape == (50, 12)
    gram = u.T @ u
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-9)
    assert (np.diff(np.diag(gram)) <= 1e-9).all()


@dataclasses.dataclass(frozen=True)
class FirstLetters:
    """An embedder for tests: which of 13 letters a text holds."""

    name: ClassVar[str] = "letters"
    summary: ClassVar[str] = "letters"

    def embed(self, texts: Sequence[str]) -> Any:
        """Return a vector a text. Shape ``[n, 13]``."""
        rows = [[float(text.count(c)) for c in "abcdefghijklm"] for text in texts]
        return unit_rows(np.array(rows), texts)


def test_embeddings_are_learned_from_too() -> None:
    articles = shop(FirstLetters())
    assert list(articles.vectors)[3:] == [
        "letters",
        "letters of category",
        "letters of both",
    ]
    fitted = PairScorer().fit(articles, sets(1, 40))
    assert len(fitted.slope) == 7 * 8 + 9 + 13 + 2 * 78
    assert fitted.mean_auc(sets(2, 20)) > 0.99
    two = shop(FirstLetters(), FirstLetters()).parts
    assert two is not None
    assert [u.shape for u in two.cross] == [(30, 12)] * 4


def test_labels_and_auc_by_hand() -> None:
    one = LabelledSet(np.array([5, 7, 9]), (frozenset({5, 9}),))
    assert one.together.tolist() == [0, 1, 0]
    twice = LabelledSet(one.items, (*one.bundles, *one.bundles, frozenset({5, 7, 9})))
    assert twice.times.tolist() == [1, 3, 1]
    assert twice.together.tolist() == [1, 1, 1]
    assert pair_auc(one.together, np.array([0.1, 0.5, 0.5])) == 0.75
    assert pair_auc(np.ones(3), np.zeros(3)) is None


def test_the_scorer_learns_what_belongs_together() -> None:
    """Kinds are recovered on sets not seen; the log odds have the right signs."""
    fitted = PairScorer(strengths=(1.0,)).fit(shop(), sets(1, 40))
    assert fitted.mean_auc(sets(2, 20)) > 0.99
    worth = fitted.worth(np.array([0, 3, 4]))
    assert worth[0, 1] > 0 > worth[0, 2]
    np.testing.assert_array_equal(worth, worth.T)


def test_scores_know_no_bundle_but_those_learned_from() -> None:
    """Other bundles of the sets to be scored change nothing; nor do valid sets' items."""
    articles, train = shop(), sets(1, 20)
    test = sets(3, 5)
    bare = [LabelledSet(one.items, ()) for one in test]
    fitted = PairScorer(strengths=(0.01,)).fit(articles, train)
    for one, other in zip(test, bare, strict=True):
        np.testing.assert_array_equal(fitted.pairs(one.items), fitted.pairs(other.items))
    with_valid = PairScorer(strengths=(0.01,)).fit(articles, train, test)
    np.testing.assert_array_equal(with_valid.slope, fitted.slope)
    assert with_valid.start == fitted.start


def test_within_sets_by_hand() -> None:
    """One feature, sets of 3 pairs and of 1.

    Apart from the mean (2): x = -1, 0, 1 and y = -1/3, -1/3, 2/3; the lone pair counts
    nothing. With the weight 3^(-1/2): b = w (1/3 + 2/3) / (2 w + penalty).
    """
    table, label = np.array([[1.0], [2.0], [3.0], [99.0]]), np.array([0.0, 0, 1, 1])
    w = 3**-0.5
    found = within_sets(table, label, np.array([3, 1]), 0.5)
    np.testing.assert_allclose(found, [w / (2 * w + 0.5)])


def test_within_sets_is_ridge_with_an_intercept_a_set() -> None:
    """The same as indicators of the sets without penalty, and deaf to levels of sets."""
    rng = np.random.default_rng(0)
    size = np.array([3, 6, 10, 1, 3])
    table, label = rng.normal(size=(23, 4)), (rng.random(23) < 0.5).astype(float)
    found = within_sets(table, label, size, 0.7)
    one = np.repeat(np.eye(5), size, axis=0)
    design, weight = np.hstack([table, one]), np.repeat(size**-0.5, size)
    gram = design.T @ (design * weight[:, None]) + np.diag([0.7] * 4 + [0.0] * 5)
    full = np.linalg.solve(gram, design.T @ (label * weight))
    np.testing.assert_allclose(found, full[:4])
    level = np.repeat(rng.normal(size=(5, 4)), size, axis=0)
    np.testing.assert_allclose(within_sets(table + level, label, size, 0.7), found)


def test_sets_of_one_kind_leave_the_fit_inside_sets_out() -> None:
    """Sets that are one bundle, or none, say nothing of the order of their pairs."""
    train = [
        LabelledSet(one.items, (frozenset(one.items.tolist()),) if k % 2 else ())
        for k, one in enumerate(sets(1, 20))
    ]
    fitted = PairScorer().fit(shop(), train)
    plain = PairScorer(inside=0).fit(shop(), train)
    np.testing.assert_array_equal(fitted.slope, plain.slope)


def test_a_pair_that_more_people_put_together_comes_first() -> None:
    """Two kinds are in one bundle each; that of the first kind was made three times."""
    train = []
    for one in sets(1, 40):
        first = [b for b in one.bundles if min(b) % 3 == 0]
        train.append(LabelledSet(one.items, (*one.bundles, *first, *first)))
    items, scorer = np.array([0, 3, 1, 4]), PairScorer(inside=1.0, strengths=(1.0,))
    more = scorer.fit(shop(FirstLetters()), train).worth(items)
    once = scorer.fit(shop(FirstLetters()), sets(1, 40)).worth(items)
    assert more[0, 1] - more[2, 3] > once[0, 1] - once[2, 3]


def test_valid_sets_choose_the_penalty() -> None:
    chosen = PairScorer(strengths=(1e-9, 1.0)).fit(shop(), sets(1, 20), sets(2, 20))
    assert chosen.strength in {1e-9, 1.0}
    alone = PairScorer(strengths=(chosen.strength,)).fit(shop(), sets(1, 20))
    np.testing.assert_array_equal(chosen.slope, alone.slope)


def test_errors() -> None:
    with pytest.raises(InvalidParameter, match="two different items"):
        LabelledSet(np.array([1, 1]), ())
    with pytest.raises(InvalidParameter, match="items of its set"):
        LabelledSet(np.array([1, 2]), (frozenset({1, 3}),))
    with pytest.raises(InvalidParameter, match="two kinds"):
        PairScorer().fit(shop(), [LabelledSet(np.array([1, 2]), ())])
    with pytest.raises(InvalidParameter, match="strengths"):
        PairScorer(strengths=())
    with pytest.raises(InvalidParameter, match="product"):
        PairScorer(product=-1)
    with pytest.raises(InvalidParameter, match="inside"):
        PairScorer(inside=1.5)
    with pytest.raises(InvalidParameter, match="penalty"):
        PairScorer(penalty=0)
    with pytest.raises(InvalidParameter, match="texts and categories"):
        describe_articles(["a"], [], [""], [WordLlama()])

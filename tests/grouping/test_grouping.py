"""Divisions: exact against enumeration, heuristics against exact, hand-computed cases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.errors import InvalidParameter
from bundlesolve.grouping.group import group, inside
from bundlesolve.grouping.instance import grouping_instance, whole
from bundlesolve.grouping.linkage import average_linkage, numbered
from bundlesolve.grouping.moves import improve
from bundlesolve.grouping.tune import (
    best_jaccard,
    choose_threshold,
    correlation_clustering,
    sets_of,
)
from bundlesolve.kernels.partition import best_partition
from bundlesolve.learn.bundles.scorer import PairScorer
from bundlesolve.learn.tables import FloatArray
from bundlesolve.solve import solve
from bundlesolve.stop import Stop
from tests.learn.test_bundles import sets, shop


def divisions(n: int) -> Iterator[list[int]]:
    """Yield every division of n items, as restricted growth strings."""
    if n == 0:
        yield []
        return
    for rest in divisions(n - 1):
        for one in range(max(rest, default=-1) + 2):
            yield [*rest, one]


@st.composite
def worths(draw: st.DrawFn, most: int = 6) -> FloatArray:
    n = draw(st.integers(1, most))
    pairs = st.integers(-30, 30)
    upper = [[draw(pairs) if i < j else 0 for j in range(n)] for i in range(n)]
    half = np.array(upper, dtype=np.float64) / 10
    return np.asarray(half + half.T)


@given(worths())
@settings(max_examples=60, deadline=None)
def test_subsets_equal_enumeration(worth: FloatArray) -> None:
    pairs = whole(worth)
    best = max(inside(pairs, np.array(g)) for g in divisions(len(worth)))
    found = best_partition(pairs)
    assert inside(pairs, found) == best
    assert numbered(found).tolist() == found.tolist()


@given(worths())
@settings(max_examples=60, deadline=None)
def test_moves_never_worsen_and_end_at_a_local_best(worth: FloatArray) -> None:
    pairs = whole(worth)
    start = average_linkage(worth)
    better = improve(pairs, start)
    assert inside(pairs, better) >= inside(pairs, start)
    assert inside(pairs, better) >= 0
    assert improve(pairs, better).tolist() == better.tolist()


@given(worths(most=5))
@settings(max_examples=10, deadline=None)
def test_solve_on_the_instance_agrees_with_subsets(worth: FloatArray) -> None:
    items = [f"i{k}" for k in range(len(worth))]
    instance = grouping_instance(items, worth)
    found = solve(instance, "brute", stop=Stop(steps=10**6))
    assert found.objective == inside(whole(worth), best_partition(whole(worth)))


def two_camps(n: int) -> FloatArray:
    """Even items belong together, odd ones too, an even and an odd one do not."""
    parity = np.arange(n) % 2
    worth = np.where(parity[:, None] == parity, 1.0, -1.0)
    np.fill_diagonal(worth, 0.0)
    return np.asarray(worth)


def test_two_camps_by_subsets() -> None:
    found = group(["a", "b", "c", "d"], two_camps(4))
    assert found.bundles == (("a", "c"), ("b", "d"))
    assert found.alone == ()
    assert found.objective == found.bound == Decimal(2)
    assert found.optimal
    assert found.method == "subsets"


def test_two_camps_by_solve() -> None:
    items = [f"i{k:02d}" for k in range(18)]
    found = group(items, two_camps(18), method="local", stop=Stop(steps=2000))
    assert found.bundles == (tuple(items[::2]), tuple(items[1::2]))
    assert found.objective == Decimal(72)
    assert found.bound is None or found.bound >= 72


def test_items_that_nobody_wants_stay_alone() -> None:
    worth = np.array([[0.0, 1, -2], [1, 0, -2], [-2, -2, 0]])
    found = group(["a", "b", "c"], worth)
    assert (found.bundles, found.alone) == ((("a", "b"),), ("c",))


def test_one_item_is_no_bundle() -> None:
    assert group(["a"], np.zeros((1, 1))).alone == ("a",)


def test_average_linkage_by_hand() -> None:
    """0 and 1 merge at 3; 2 then meets them at (1 - 2) / 2 < 0."""
    score = np.array([[0.0, 3, 1], [3, 0, -2], [1, -2, 0]])
    assert average_linkage(score).tolist() == [0, 0, 1]
    assert average_linkage(score, -0.5).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "worth",
    [np.zeros((2, 3)), np.array([[0.0, 1], [2, 0]]), np.array([[0, np.nan], [np.nan, 0]])],
)
def test_worths_must_be_a_symmetric_matrix_of_numbers(worth: FloatArray) -> None:
    with pytest.raises(InvalidParameter, match="worth"):
        grouping_instance(["a", "b"], worth)


def test_jaccard_by_hand() -> None:
    """Truth 123 meets 12 at 2/3, truth 45 meets nothing but single items."""
    found = [frozenset({1, 2}), frozenset({4}), frozenset({5})]
    assert best_jaccard(found, [frozenset({1, 2, 3}), frozenset({4, 5})]) == 1 / 3


def test_sets_of_a_division() -> None:
    got = sets_of(np.array([7, 8, 9]), np.array([0, 1, 0]))
    assert got == [frozenset({7, 9}), frozenset({8})]


def test_threshold_needs_bundles() -> None:
    with pytest.raises(InvalidParameter, match="valid"):
        choose_threshold(None, [])  # type: ignore[arg-type]


def test_the_threshold_is_the_one_that_finds_the_bundles() -> None:
    """Well learned kinds are found exactly; thresholds beyond all log odds find nothing."""
    fitted = PairScorer(strengths=(1.0,)).fit(shop(), sets(1, 40))
    valid = sets(2, 10)
    assert choose_threshold(fitted, valid, (-50.0, -49.0, 0.0, 0.1, 50.0)) in {0.0, 0.1}
    one = valid[0]
    found = sets_of(one.items, correlation_clustering(fitted.worth(one.items)))
    assert best_jaccard(found, one.bundles) == 1

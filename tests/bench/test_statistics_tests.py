"""Ranks, tests, corrections, effects, profiles, targets: by hand and against SciPy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bundlesolve.bench.statistics.effect import rank_biserial, vargha_delaney, wins
from bundlesolve.bench.statistics.holm import holm
from bundlesolve.bench.statistics.measure import Measure, Scores, mean_scores
from bundlesolve.bench.statistics.pairs import ranking
from bundlesolve.bench.statistics.profile import performance_ratios, profile
from bundlesolve.bench.statistics.ranks import average_ranks, friedman
from bundlesolve.bench.statistics.runs import runs_of
from bundlesolve.bench.statistics.time_to_target import target_curve, target_seconds
from bundlesolve.bench.statistics.wilcoxon import Alternative, wilcoxon
from tests.bench.made import crowd, run

SMALL = st.lists(st.integers(-6, 6), min_size=1, max_size=9)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_average_ranks_are_scipys(values: list[int]) -> None:
    """Equal values share the mean of their ranks."""
    array = np.array(values, dtype=float)
    assert average_ranks(array).tolist() == stats.rankdata(array).tolist()


@given(st.integers(3, 5), st.integers(2, 9), st.integers(0, 1 << 30))
def test_friedman_is_scipys(methods: int, problems: int, seed: int) -> None:
    """With and without ties."""
    drawn = np.random.default_rng(seed).integers(0, 6, (problems, methods))
    scores = drawn.astype(np.float64)
    found = friedman(scores)
    assert found is not None
    if all(len(set(row)) == 1 for row in scores.tolist()):
        assert (found.statistic, found.p) == (0.0, 1.0)
        return
    expected = stats.friedmanchisquare(*scores.T)
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-9)


def test_friedman_by_hand() -> None:
    """Three methods in the same order on four problems: 12/48 * (16+64+144) - 48 = 8."""
    found = friedman(np.array([[1.0, 2.0, 3.0]] * 4))
    assert found is not None
    assert found.statistic == pytest.approx(8)
    assert found.p == pytest.approx(math.exp(-4))  # chi-squared with 2 degrees
    assert friedman(np.array([[1.0, 2.0]] * 4)) is None


@given(st.integers(1, 30), st.integers(0, 1 << 30))
def test_wilcoxon_without_ties_is_scipys(n: int, seed: int) -> None:
    """The exact distribution, both alternatives."""
    rng = np.random.default_rng(seed)
    sizes = rng.permutation(np.arange(1, n + 1)) * rng.choice([-1.0, 1.0], n)
    zero = np.zeros(n)
    expected = stats.wilcoxon(sizes, method="exact")
    assert wilcoxon(sizes, zero).p == pytest.approx(expected.pvalue, abs=1e-12)
    higher = stats.wilcoxon(sizes, method="exact", alternative="greater")
    found = wilcoxon(sizes, zero, Alternative.HIGHER)
    assert found.p == pytest.approx(higher.pvalue, abs=1e-12)


@given(SMALL)
def test_wilcoxon_with_ties_equals_all_signs_counted(values: list[int]) -> None:
    """The second computation: every assignment of signs, one by one."""
    array = np.array(values, dtype=float)
    found = wilcoxon(array, np.zeros(len(array)), Alternative.HIGHER)
    sizes = [abs(value) for value in values if value]
    ranks = stats.rankdata(sizes) if sizes else np.array([])
    total = sum(r for r, v in zip(ranks, [v for v in values if v], strict=True) if v > 0)
    sums = [
        sum(r for r, up in zip(ranks, signs, strict=True) if up)
        for signs in itertools.product([False, True], repeat=len(ranks))
    ]
    share = sum(s >= total - 1e-9 for s in sums) / len(sums)
    assert found.p == pytest.approx(share if sizes else 1.0)
    assert found.differing == len(sizes)
    assert found.higher == pytest.approx(total)


def test_wilcoxon_of_many_problems_is_scipys_normal_one() -> None:
    """Beyond the exact range, ties corrected."""
    values = np.random.default_rng(1).integers(-20, 25, 400).astype(np.float64)
    expected = stats.wilcoxon(values, method="approx", correction=False)
    found = wilcoxon(values, np.zeros(400))
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)


def test_rounding_errors_of_sums_are_no_differences() -> None:
    """0.1 + 0.2 is 0.3 to a statistician, and two such differences tie."""
    assert wilcoxon(np.array([0.1 + 0.2]), np.array([0.3])).differing == 0
    assert wins(np.array([0.1 + 0.2, 1.0]), np.array([0.3, 2.0])) == (1, 1, 0)
    tied = wilcoxon(np.array([0.1 + 0.2, 0.3]), np.array([0.0, 0.6]))
    assert tied.higher == tied.lower == 1.5


def test_holm_by_hand() -> None:
    """0.01 * 4, 0.02 * 3, 0.03 * 2, then 0.04 that may not fall below its forerunner."""
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_effects_by_hand() -> None:
    """Better by 1, 2 and 3, worse by 4: ranks 6 against 4 of 10."""
    first = np.array([1.0, 1.0, 1.0, 5.0])
    second = np.array([2.0, 3.0, 4.0, 1.0])
    assert rank_biserial(first, second) == pytest.approx(0.2)
    assert rank_biserial(second, first) == pytest.approx(-0.2)
    assert rank_biserial(first, first) == 0
    assert wins(first, second) == (3, 0, 1)
    assert vargha_delaney(np.array([1.0, 2.0]), np.array([2.0, 3.0])) == 0.875
    assert vargha_delaney(np.array([]), first) == 0.5


def test_profile_by_hand() -> None:
    """Costs 1, 2 and 6, 3 and never, 4 and never, never: five jumps, two problems lost."""
    never = math.inf
    costs = np.array([[1.0, 2.0], [6.0, 3.0], [never, 4.0], [never, never]])
    ratios = performance_ratios(costs)
    assert ratios.tolist() == [[1, 2], [2, 1], [never, 1], [never, never]]
    found = profile(costs)
    assert found.factors.tolist() == [1, 2]
    assert found.shares.tolist() == [[0.25, 0.5], [0.5, 0.75]]
    assert found.problems == 4


@given(st.integers(0, 1 << 30))
def test_profile_equals_its_definition(seed: int) -> None:
    """The second computation: count at every factor."""
    rng = np.random.default_rng(seed)
    costs = rng.choice([0.001, 0.5, 1.0, 3.0, math.inf], (6, 3))
    found = profile(costs)
    ratios = performance_ratios(costs)
    for column, factor in enumerate(found.factors):
        counted = [(ratios[:, m] <= factor).mean() for m in range(3)]
        assert found.shares[:, column].tolist() == pytest.approx(counted)
    assert (np.diff(found.shares, axis=1) >= 0).all()


def test_costs_below_the_floor_are_alike() -> None:
    """A microsecond against a millisecond is no factor of a thousand."""
    assert performance_ratios(np.array([[1e-6, 1e-3]])).tolist() == [[1, 1]]


def test_target_times_leave_out_what_is_absent() -> None:
    """Never is infinite; the problems of an absent method are not there."""
    runs = runs_of(
        [
            run("m", "a", "10", [(1.0, "9"), (2.0, "10")], repetition=0),
            run("m", "a", "9", [(1.0, "9")], repetition=1),
        ]
    )
    assert target_seconds(runs, "m") == [[2.0, math.inf]]
    assert target_seconds(runs, "m", 0.2) == [[1.0, 1.0]]
    assert target_seconds(runs_of(crowd()), "peer-gurobi") == []


def test_target_curve_by_hand() -> None:
    """Problem one: half by 1 s; problem two: all by 3 s; both weigh the same."""
    grid = np.array([0.5, 1.0, 3.0])
    times = [[1.0, math.inf], [3.0]]
    curve = target_curve(times, grid, np.random.default_rng(0))
    assert curve.shares.tolist() == [0, 0.25, 0.75]
    assert (curve.low <= curve.shares).all()
    assert (curve.shares <= curve.high).all()
    assert curve.high[0] == 0
    again = target_curve(times, grid, np.random.default_rng(0))
    assert again.low.tolist() == curve.low.tolist()


def test_target_band_is_the_binomial_one() -> None:
    """One problem, 100 runs, half reach: quantiles of binomial(100, 1/2) / 100."""
    times = [[1.0] * 50 + [math.inf] * 50]
    rng = np.random.default_rng(5)
    curve = target_curve(times, np.array([2.0]), rng, samples=20_000)
    low, high = stats.binom.ppf([0.025, 0.975], 100, 0.5) / 100
    assert curve.low[0] == pytest.approx(low, abs=0.011)
    assert curve.high[0] == pytest.approx(high, abs=0.011)


def test_no_problem_no_share() -> None:
    """An empty curve is zero, not an error."""
    curve = target_curve([], np.array([1.0]), np.random.default_rng(0))
    assert curve.shares.tolist() == [0]


def test_ranking_tests_every_pair() -> None:
    """The better ranked comes first; the corrected p-value is never the smaller."""
    found = ranking(mean_scores(runs_of(crowd()), Measure.INTEGRAL))
    assert len(found.pairs) == 10
    assert found.left_out == 1  # the infeasible one
    assert found.friedman is not None
    assert found.friedman.p < 0.001
    for pair in found.pairs:
        assert found.mean_ranks[pair.first] <= found.mean_ranks[pair.second]
        assert pair.wins + pair.ties + pair.losses == len(found.scores.problems)
        assert pair.corrected >= pair.p
    mean = (len(found.mean_ranks) + 1) / 2
    assert np.mean([*found.mean_ranks.values()]) == pytest.approx(mean)


def test_ranking_of_nothing() -> None:
    """No common problem: no ranks, no tests."""
    scores = Scores(Measure.GAP, ("a",), ("m", "n"), np.array([[1.0, math.nan]]))
    found = ranking(scores)
    assert (found.left_out, found.mean_ranks, found.pairs) == (1, {}, ())

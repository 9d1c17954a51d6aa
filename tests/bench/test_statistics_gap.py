"""Deviation, primal gap, primal integral, shifted mean: by hand."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.statistics.deviation import deviation, deviations
from bundlesolve.bench.statistics.gap_over_time import gap_over_time, time_grid
from bundlesolve.bench.statistics.primal_gap import (
    GapTrace,
    gap_trace,
    primal_gap,
    primal_integral,
)
from bundlesolve.bench.statistics.reference import Reference, reference_of
from bundlesolve.bench.statistics.runs import runs_of
from bundlesolve.bench.statistics.shifted_mean import shifted_geometric_mean
from bundlesolve.errors import InvalidParameter
from tests.bench.made import run


@pytest.mark.parametrize(
    ("value", "best", "expected"),
    [
        ("95", "100", 5.0),
        ("100", "100", 0.0),
        ("101", "100", -1.0),
        ("-101", "-100", 1.0),  # minimised: 101 instead of 100
        ("-99", "-100", -1.0),
        ("1", "0", None),
        ("0", "0", 0.0),
        ("-100", "100", 200.0),
    ],
)
def test_deviation_by_hand(value: str, best: str, expected: float | None) -> None:
    """Worse is positive in both senses; of a best of 0 nothing is a percentage."""
    assert deviation(Decimal(value), Decimal(best)) == expected


def test_rounded_best_is_no_deviation() -> None:
    """A published 12.35 was rounded: 12.346 is no worse, 12.344 is."""
    assert deviation(Decimal("12.346"), Decimal("12.35"), Decimal("0.005")) == 0
    worse = deviation(Decimal("12.344"), Decimal("12.35"), Decimal("0.005"))
    assert worse == pytest.approx(100 * 0.006 / 12.35)
    assert primal_gap(Decimal("12.346"), Decimal("12.35"), Decimal("0.005")) == 0


def test_deviations_average_seeds_first_and_count_the_unanswered() -> None:
    """Problem a: 2 % and 4 %, problem b: 9 % and nothing; the mean of 3 and 9 is 6."""
    runs = runs_of(
        [
            run("m", "a", "98", best_known="100"),
            run("m", "a", "96", best_known="100", repetition=1),
            run("m", "b", "91", best_known="100"),
            run("m", "b", best_known="100", repetition=1, status=RunStatus.CRASHED),
            run("m", "c", "5", best_known="0"),
            run("m", "d", best_known="1", status=RunStatus.ABSENT),
        ]
    )
    found = deviations(runs, "m")
    assert (found.mean, found.median, found.worst) == (6.0, 6.0, 9.0)
    assert (found.counted, found.undefined, found.unanswered) == (3, 1, 1)


def test_deviation_turns_with_the_sense() -> None:
    """Of a minimised problem 110 is ten per cent worse than 100, also unsigned."""
    runs = runs_of([run("m", "a", "110", best_known="100", minimise=True)])
    assert deviations(runs, "m").mean == 10.0
    better = runs_of([run("m", "a", "90", best_known="100", minimise=True)])
    assert deviations(better, "m").mean == -10.0


@pytest.mark.parametrize(
    ("value", "best", "expected"),
    [
        (None, "5", 1.0),
        ("0", "0", 0.0),
        ("50", "100", 0.5),
        ("-100", "-50", 0.5),
        ("-1", "1", 1.0),
        ("0", "1", 1.0),
        ("3", "2", 0.0),
    ],
)
def test_primal_gap_by_hand(value: str | None, best: str, expected: float) -> None:
    """The cases of Berthold's definition, and a value better than the best."""
    number = None if value is None else Decimal(value)
    assert primal_gap(number, Decimal(best)) == expected


@given(
    st.decimals(-1000, 1000, places=2),
    st.decimals(-1000, 1000, places=2),
    st.decimals(-1000, 1000, places=2),
)
def test_primal_gap_is_monotone(one: Decimal, two: Decimal, three: Decimal) -> None:
    """Between 0 and 1, and a better value never has the larger gap."""
    worst, middle, best = sorted((one, two, three))
    assert 1 >= primal_gap(worst, best) >= primal_gap(middle, best) >= 0


def test_primal_integral_by_hand() -> None:
    """Nothing for 2 s, gap 0.5 for 3 s, 0.1 to the end at 10 s: 2 + 1.5 + 0.5."""
    assert primal_integral([2, 5], [0.5, 0.1], 10) == pytest.approx(4.0)
    assert primal_integral([], [], 10) == 10
    assert primal_integral([0], [0], 10) == 0
    assert primal_integral([2, 12], [0.5, 0.0], 10) == pytest.approx(2 + 4)


@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 1)), max_size=8),
    st.floats(0.1, 20),
)
def test_primal_integral_equals_a_sum_of_thin_slices(
    steps: list[tuple[float, float]], horizon: float
) -> None:
    """The second computation: the mean height at many times, times the width."""
    steps.sort()
    trace = GapTrace(tuple(s for s, _ in steps), tuple(g for _, g in steps))
    times = (np.arange(4000) + 0.5) * horizon / 4000
    slices = float(trace.at(times).mean()) * horizon
    exact = primal_integral(trace.seconds, trace.gaps, horizon)
    assert exact == pytest.approx(slices, abs=horizon * (len(steps) + 1) / 4000)


def test_reference_takes_the_better_and_keeps_the_sense() -> None:
    """Of a minimised problem the lower of known and found is best."""
    runs = [
        run("m", "a", "90", best_known="100", minimise=True),
        run("n", "a", best_known="100", status=RunStatus.FAILED),  # it never read it
    ]
    reference = reference_of(runs)
    assert reference.best == Decimal(-90)
    assert reference.compared == Decimal(-100)
    assert reference.told(Decimal(-90)) == "90"


def test_reference_is_infeasible_only_where_nobody_has_an_answer() -> None:
    """A claim of infeasibility does not outlive an answer."""
    claim = run("m", "a", status=RunStatus.INFEASIBLE)
    assert reference_of([claim]).infeasible
    assert not reference_of([claim, run("n", "a", "1")]).infeasible


def test_trace_of_a_broken_run_is_empty() -> None:
    """Whatever its trace says: a late run holds nothing."""
    late = run("m", "a", None, [(1.0, "5")], status=RunStatus.LATE)
    trace = gap_trace(late, Reference(found=Decimal(5)))
    assert trace == GapTrace()
    assert trace.final == 1.0
    assert trace.reached(1.0) == math.inf


def test_gap_over_time_by_hand() -> None:
    """Three problems at 0, 50 and 100 %: the middle is 50, the quartiles 25 and 75."""
    runs = runs_of(
        [
            run("m", "a", "10", [(1.0, "10")], best_known="10"),
            run("m", "b", "5", [(1.0, "5")], best_known="10"),
            run("m", "c", best_known="10"),
        ]
    )
    found = gap_over_time(runs, "m", np.array([0.5, 1.0, 9.0]))
    assert found.median.tolist() == [100, 50, 50]
    assert found.low.tolist() == [100, 25, 25]
    assert found.high.tolist() == [100, 75, 75]
    assert found.problems == 3
    grid = time_grid(runs)
    assert grid[0] == pytest.approx(0.01)
    assert grid[-1] == pytest.approx(10)


def test_shifted_mean_by_hand() -> None:
    """(1 + 1)(7 + 1) is 16, its root 4, less the shift 3."""
    assert shifted_geometric_mean([1, 7], 1) == pytest.approx(3)
    assert shifted_geometric_mean([4, 9], 0) == pytest.approx(6)
    assert shifted_geometric_mean([]) is None


@pytest.mark.parametrize(("values", "shift"), [([-1], 2), ([0], 0), ([math.inf], 1)])
def test_shifted_mean_refuses_nonsense(values: list[float], shift: float) -> None:
    """No negative, no endless numbers, no logarithm of nothing."""
    with pytest.raises(InvalidParameter, match="finite values"):
        shifted_geometric_mean(values, shift)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_shifted_mean_lies_between(values: list[float]) -> None:
    """Never outside the values, never above their arithmetic mean."""
    mean = shifted_geometric_mean(values, 1.0)
    assert mean is not None
    room = 1e-9 * (1 + max(values))
    assert min(values) - room <= mean <= sum(values) / len(values) + room

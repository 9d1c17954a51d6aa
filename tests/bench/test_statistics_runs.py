"""Runs in order, how they ended, and what they score."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.statistics.measure import (
    Measure,
    mean_scores,
    median_scores,
    score,
)
from bundlesolve.bench.statistics.runs import runs_of
from bundlesolve.bench.statistics.solved import best_bound, solved
from bundlesolve.bench.statistics.summary import summaries
from bundlesolve.errors import InvalidParameter
from tests.bench.made import crowd, run


def test_every_run_is_counted() -> None:
    """Whatever became of the runs, their statuses add up to all of them."""
    runs = runs_of(crowd())
    assert sum(solved(runs, method).runs for method in runs.methods) == len(runs.records)
    for method in runs.methods:
        counts = solved(runs, method)
        assert sum(counts.statuses.values()) == counts.runs
        assert counts.answered <= counts.runs
    assert "peer-gurobi" in runs.methods
    assert "peer-gurobi" not in runs.taking_part


def test_solved_by_hand() -> None:
    """Two answers of which one is best and proved, a crash, an absence."""
    runs = runs_of(
        [
            run("m", "a", "10", status=RunStatus.OPTIMAL, bound="10"),
            run("m", "a", "9", repetition=1),
            run("m", "b", status=RunStatus.CRASHED),
            run("m", "c", status=RunStatus.ABSENT),
            run("m", "d", status=RunStatus.INFEASIBLE),
        ]
    )
    counts = solved(runs, "m")
    assert (counts.runs, counts.answered, counts.proved, counts.best) == (5, 2, 2, 1)
    assert (counts.other, counts.contradicted) == (2, 0)


def test_what_others_found_contradicts_claims() -> None:
    """A bound below another method's verified answer, and infeasibility beside one."""
    runs = runs_of(
        [
            run("honest", "a", "10"),
            run("proud", "a", "9", status=RunStatus.OPTIMAL, bound="9"),
            run("gloomy", "a", status=RunStatus.INFEASIBLE),
        ]
    )
    assert solved(runs, "proud").contradicted == 1
    assert solved(runs, "proud").proved == 0
    assert solved(runs, "gloomy").contradicted == 1
    assert solved(runs, "honest").contradicted == 0
    assert best_bound(runs, "a") is None


def test_scores_by_hand() -> None:
    """90 of 100 at 2 s, 99.5 at 6 s, of 10 s; proved never."""
    record = run("m", "a", "99.5", [(2.0, "90"), (6.0, "99.5")], best_known="100")
    runs = runs_of([record])
    assert score(runs, "a", record, Measure.GAP) == pytest.approx(0.5)
    integral = 2 + 4 * 0.1 + 4 * 0.005
    assert score(runs, "a", record, Measure.INTEGRAL) == pytest.approx(10 * integral)
    assert score(runs, "a", record, Measure.TARGET) == 6.0
    assert score(runs, "a", record, Measure.TARGET, 0.2) == 2.0
    assert score(runs, "a", record, Measure.TARGET, 0.001) == math.inf
    assert score(runs, "a", record, Measure.PROOF) == math.inf
    assert mean_scores(runs, Measure.PROOF).values.tolist() == [[10.0]]


@pytest.mark.parametrize(
    "status",
    [
        RunStatus.UNKNOWN,
        RunStatus.LATE,
        RunStatus.UNVERIFIED,
        RunStatus.CRASHED,
        RunStatus.FAILED,
        RunStatus.REFUSED,
    ],
)
def test_runs_without_an_answer_score_worst(status: RunStatus) -> None:
    """All of them, whenever they ended."""
    record = run("m", "a", status=status, seconds=0.1)
    runs = runs_of([record, run("n", "a", "1")])
    assert score(runs, "a", record, Measure.GAP) == 100
    assert score(runs, "a", record, Measure.INTEGRAL) == 100
    assert mean_scores(runs, Measure.TARGET).of("m").tolist() == [10.0]
    assert median_scores(runs, Measure.TARGET).of("m").tolist() == [math.inf]


def test_absent_and_infeasible_have_no_score() -> None:
    """They leave the tables; a proof of infeasibility counts as a proof."""
    runs = runs_of(
        [
            run("m", "a", "1"),
            run("n", "a", status=RunStatus.ABSENT),
            run("m", "b", status=RunStatus.INFEASIBLE, seconds=3.0),
            run("n", "b", status=RunStatus.INFEASIBLE, seconds=4.0),
        ]
    )
    gaps = mean_scores(runs, Measure.GAP)
    assert np.isnan(gaps.of("n")[0])
    assert np.isnan(gaps.values[1]).all()
    assert gaps.complete().problems == ()
    assert mean_scores(runs, Measure.PROOF).complete().values.tolist() == [[3.0, 4.0]]


def test_median_scores_need_half_of_the_runs() -> None:
    """Two of three reach it: their slower time; one of two: never."""
    three = [run("m", "a", "1", [(t, "1")], repetition=i) for i, t in enumerate((1, 4))]
    three.append(run("m", "a", repetition=2))
    assert median_scores(runs_of(three), Measure.TARGET).values.tolist() == [[4.0]]
    assert median_scores(runs_of(three[1:]), Measure.TARGET).values.tolist() == [[math.inf]]


def test_without_a_time_limit_the_longest_run_is_the_horizon() -> None:
    """Suites that stop on steps have integrals too."""
    runs = runs_of(
        [
            run("m", "a", "1", [(2.0, "1")], limit=None, seconds=4.0),
            run("n", "a", "1", [(1.0, "1")], limit=None, seconds=2.0),
        ]
    )
    assert runs.horizons == {"a": 4.0}
    assert mean_scores(runs, Measure.INTEGRAL).values.tolist() == [[50.0, 25.0]]


def test_never_without_any_time_is_no_number() -> None:
    """A run that failed before it began, stopped by steps only: 0 s would be praise."""
    runs = runs_of([run("m", "a", status=RunStatus.FAILED, limit=None, seconds=None)])
    assert np.isnan(mean_scores(runs, Measure.TARGET).values).all()
    assert mean_scores(runs, Measure.GAP).values.tolist() == [[100.0]]


def test_several_suites_are_kept_apart() -> None:
    """The same instance under two limits is two problems."""
    runs = runs_of([run("m", "a", "1"), run("m", "a", "1", suite="long", limit=60.0)])
    assert runs.problems == ("made: a", "long: a")
    assert runs.horizons == {"made: a": 10.0, "long: a": 60.0}


def test_runs_twice_none_or_of_another_instance_are_refused() -> None:
    """Numbers of a muddle would be believed."""
    with pytest.raises(InvalidParameter, match="found none"):
        runs_of([])
    with pytest.raises(InvalidParameter, match="again: made, a, m"):
        runs_of([run("m", "a"), run("m", "a")])
    other = replace(run("n", "a"), fingerprint="2" * 64)
    with pytest.raises(InvalidParameter, match="one instance named 'a'"):
        runs_of([run("m", "a", fingerprint="1" * 64), other])


def test_summaries_order_by_integral_and_keep_absent_methods() -> None:
    """The quick method leads, the absent one is last and has no numbers."""
    lines = summaries(runs_of(crowd()))
    assert lines[0].integral == min(
        line.integral for line in lines if line.integral is not None
    )
    assert lines[-1].method == "peer-gurobi"
    assert lines[-1].integral is None
    assert lines[-1].solved.statuses == {RunStatus.ABSENT: 48}
    assert lines[-1].deviations.mean is None

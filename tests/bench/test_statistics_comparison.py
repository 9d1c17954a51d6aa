"""Before and after: regressions are found, and only those."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bundlesolve.bench.limits import Limits
from bundlesolve.bench.record import Record, RunStatus
from bundlesolve.bench.statistics.comparison import compare_records
from bundlesolve.bench.statistics.measure import Measure
from bundlesolve.errors import InvalidParameter
from tests.bench.made import MACHINE, SPEEDS, crowd, run


def series(*values: int, method: str = "m") -> list[Record]:
    """One run on each of several problems, answers out of 100."""
    return [
        run(method, f"p{n}", str(value), [(1.0, str(value))], best_known="100")
        for n, value in enumerate(values)
    ]


def test_the_same_runs_are_no_regression() -> None:
    """Nothing differs, so nothing is significant."""
    found = compare_records(crowd(), crowd())
    assert found.regressions() == []
    assert found.breakages == ()
    assert all(change.p_worse == change.p_better == 1 for change in found.changes)


def test_worse_answers_are_a_regression() -> None:
    """One per cent worse on each of ten problems is sure; better ones are not counted."""
    before, after = series(*[98] * 10), series(*[97] * 10)
    found = compare_records(before, after)
    worst = {change.measure for change in found.regressions()}
    assert Measure.GAP in worst
    gap = next(c for c in found.changes if c.measure is Measure.GAP)
    assert (gap.better, gap.equal, gap.worse) == (0, 0, 10)
    assert [gap.before, gap.after, gap.effect] == pytest.approx([2, 3, -1])
    # Four measures are tested; the two without a difference have p = 1.
    assert gap.p_worse == pytest.approx(4 / 2**10)
    back = compare_records(after, before)
    assert back.regressions() == []
    assert any(change.is_improvement() for change in back.changes)


def test_a_slower_method_is_a_regression() -> None:
    """Three times the hardness for one method, the others as before."""
    slower = {**SPEEDS, "auto": 3.0}
    found = compare_records(crowd(3, 40), crowd(3, 40, speeds=slower))
    assert {change.method for change in found.regressions()} == {"auto"}


def test_noise_of_a_clock_is_tolerated() -> None:
    """Two per cent later on every problem is sure, and still no regression."""
    before = [run("m", f"p{n}", "100", [(5.0, "100")], best_known="100") for n in range(12)]
    after = [run("m", f"p{n}", "100", [(5.1, "100")], best_known="100") for n in range(12)]
    found = compare_records(before, after)
    target = next(c for c in found.changes if c.measure is Measure.TARGET)
    assert target.p_worse < 0.05
    assert found.regressions() == []
    assert len(found.regressions(tolerance=0.0)) == 2


def test_a_crash_is_a_breakage_whatever_the_statistics() -> None:
    """One run of many: no test would see it."""
    before = series(99, 98, 97)
    after = [before[0], replace(series(0, 98)[1]), before[2]]
    after[1] = run("m", "p1", status=RunStatus.CRASHED, error="signal 11")
    (broken,) = compare_records(before, after).breakages
    assert (broken.problem, broken.before) == ("p1", RunStatus.FEASIBLE)
    assert (broken.after, broken.error) == (RunStatus.CRASHED, "signal 11")
    assert compare_records(after, before).breakages == ()


def test_both_sides_are_measured_against_the_same_best() -> None:
    """What only the later file finds is the earlier one's gap too."""
    before = [run("m", "a", "90")]
    after = [run("m", "a", "100")]
    gap = compare_records(before, after).changes[0]
    assert [gap.before, gap.after] == pytest.approx([10, 0])


def test_what_is_in_one_file_only_is_told() -> None:
    """Methods and problems, by name."""
    before = [*series(99, 98), *series(99, 98, method="old")]
    after = [*series(99), *series(99, method="new")]
    found = compare_records(before, after)
    assert found.only_before == ("method old", "problem p1")
    assert found.only_after == ("method new",)
    assert found.problems == 1
    with pytest.raises(InvalidParameter, match="a method in both"):
        compare_records(series(1), series(1, method="n"))
    with pytest.raises(InvalidParameter, match="a problem in both"):
        compare_records([run("m", "a")], [run("m", "b")])


def test_what_makes_files_incomparable_is_told() -> None:
    """Other limits, another processor, a slower day, too few problems."""
    before = series(99, 98)
    other = replace(MACHINE, cpu="Another", calibration=0.004)
    after = [replace(r, limits=Limits(seconds=20.0), machine=other) for r in before]
    told = " / ".join(compare_records(before, after).warnings)
    assert "different time limits: 10.0 s before, 20.0 s after" in told
    assert "different processors: A Processor before, Another after" in told
    assert "took 2.00 times as long after" in told
    assert "too few problems: with 4 tests no p-value can fall below 1" in told


def test_another_instance_under_the_same_name_is_refused() -> None:
    """A generator that changed between the two files."""
    before = [run("m", "a", "1", fingerprint="1" * 64)]
    after = [run("m", "a", "1", fingerprint="2" * 64)]
    with pytest.raises(InvalidParameter, match="one instance named 'a'"):
        compare_records(before, after)

"""CP-SAT: equal to enumeration, exact at any size, repeatable by steps."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.frozen import integers
from bundlesolve.model.program import Program
from bundlesolve.solvers.cpsat import CpSat, _has_risky_row, _whole
from bundlesolve.solvers.linearise import linearise
from bundlesolve.stop import Stop, StopReason
from tests.solvers.engines import knapsack, proves_truth, searched, small, told


@pytest.mark.parametrize("seed", range(200, 240))
def test_small_programs_are_proved(seed: int) -> None:
    """The optimum of enumeration, with its proof, or infeasibility."""
    assert proves_truth(CpSat(), small(seed))


def test_the_start_is_taken() -> None:
    """Started from the optimum, nothing is offered but the proof."""
    program = knapsack(12)
    best, _ = searched(CpSat(), program)
    assert best.incumbent is not None
    run, _ = searched(CpSat(), program, start=best.incumbent)
    assert [i.source for i in run.trace] == ["start"]
    assert run.bound == run.objective


def test_points_and_bounds_stream() -> None:
    """More than one of both comes before the end."""
    run, _ = searched(CpSat(), knapsack(20))
    assert len(run.trace) > 1
    assert len(run.bound_trace) > 1


def test_steps_are_repeatable() -> None:
    """Equal seeds, equal searches, also with another number of threads asked for."""
    program = knapsack(80, density=0.5)
    runs = [searched(CpSat(threads=t), program, Stop(steps=100))[0] for t in (1, 2)]
    assert told(runs[0]) == told(runs[1])
    assert runs[0].stop_reason is StopReason.STEP_LIMIT
    assert runs[0].steps == 100


def test_the_time_limit_holds() -> None:
    """45 thousand pairs: building alone takes longer than the limit."""
    program = knapsack(300)
    run, _ = searched(CpSat(), program, Stop(seconds=0.5), start=program.lower)
    assert run.seconds < 0.75
    assert run.stop_reason is StopReason.TIME_LIMIT
    assert run.bound is not None  # the reduction's, as there was no time for a model


def test_nothing_reaches_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever it logs."""
    searched(CpSat(), knapsack(8))
    assert capfd.readouterr().out == ""


def test_worths_up_to_the_limit_of_the_model_are_exact() -> None:
    """Just below 2**53 the last digit is proved: no double stands between."""
    big = 2**50
    program = Program(
        lower=integers([0, 0, 0]),
        upper=integers([1, 1, 1]),
        worth=integers([big, big + 1, -big]),
        pair_first=integers([0, 0]),
        pair_second=integers([1, 2]),
        pair_worth=integers([-big, big + 2]),
        row_start=integers([0, 3]),
        row_var=integers([0, 1, 2]),
        row_coef=integers([big, big, big]),
        row_low=integers([0]),
        row_high=integers([2 * big + 1]),
        row_soft=integers([0]),
        row_penalty=integers([0]),
    )
    assert proves_truth(CpSat(), program)


def test_one_exact_subset_sum_at_ten_to_the_thirteen_is_found() -> None:
    """Where tolerances of floating-point engines blur the row."""
    rng = np.random.default_rng(5)
    weights = rng.integers(10**12, 2 * 10**12, 12)
    goal = int(weights[:5].sum())
    program = knapsack(12).replace(
        row_coef=weights, row_low=integers([goal]), row_high=integers([goal])
    )
    assert proves_truth(CpSat(), program)


def test_the_guard_of_issue_5293_looks_at_sums_of_booleans() -> None:
    """google/or-tools#5293: Boolean coefficients that sum past 2**31 in a row."""
    program = knapsack(4)
    assert not _has_risky_row(linearise(program))
    heavy = integers([2**29] * 4)
    risky = program.replace(row_coef=heavy, row_high=integers([2**30]))
    assert _has_risky_row(linearise(risky))
    wide = risky.replace(
        upper=integers([9] * 4),
        pair_first=integers([]),
        pair_second=integers([]),
        pair_worth=integers([]),
    )
    assert not _has_risky_row(linearise(wide))


def test_the_guarded_case_is_solved_right() -> None:
    """Heavy coefficients next to an at-most-one, soft so that presolve enforces the row."""
    program = Program(
        lower=integers([0] * 4),
        upper=integers([1] * 4),
        worth=integers([5, 4, 3, 2]),
        row_start=integers([0, 4, 6]),
        row_var=integers([0, 1, 2, 3, 0, 1]),
        row_coef=integers([2**30, 2**30, 2**30, 2**30, 1, 1]),
        row_low=integers([0, 0]),
        row_high=integers([2**31, 1]),
        row_soft=integers([1, 0]),
        row_penalty=integers([1, 0]),
    )
    assert proves_truth(CpSat(), program)


@pytest.mark.parametrize(
    ("bound", "whole"), [(7.0, 7), (7.4, 7), (7.9999999, 8), (2.0**52 + 1, 2**52 + 1)]
)
def test_bounds_become_whole(bound: float, whole: int) -> None:
    """They are integers that travel as doubles."""
    assert _whole(bound) == whole


def test_nonsense_is_rejected() -> None:
    """At birth."""
    with pytest.raises(InvalidParameter, match="threads >= 1"):
        CpSat(threads=0)

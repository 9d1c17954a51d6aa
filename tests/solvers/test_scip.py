"""SCIP: equal to enumeration, tolerances thought through, repeatable by steps."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.model.frozen import integers
from bundlesolve.stop import Stop, StopReason
from tests.solvers.engines import knapsack, proves_truth, searched, small, told

pytest.importorskip("pyscipopt", reason="the extra 'scip' is not installed")

from bundlesolve.solvers.scip import Scip


@pytest.mark.parametrize("seed", range(300, 340))
def test_small_programs_are_proved(seed: int) -> None:
    """The optimum of enumeration, with its proof, or infeasibility."""
    assert proves_truth(Scip(), small(seed))


def test_a_linear_program_has_no_epigraph() -> None:
    """Without pairs the model is the plain knapsack."""
    assert proves_truth(Scip(), knapsack(12, density=0))


def test_the_start_is_taken() -> None:
    """Started from the optimum, nothing is offered but the proof."""
    program = knapsack(14)
    best, _ = searched(Scip(), program)
    assert best.incumbent is not None
    run, _ = searched(Scip(), program, start=best.incumbent)
    assert [i.source for i in run.trace] == ["start"]
    assert run.bound == run.objective


def test_points_and_bounds_stream() -> None:
    """More than one of both comes before the end."""
    run, _ = searched(Scip(), knapsack(20))
    assert len(run.trace) > 1
    assert len(run.bound_trace) > 1


def test_steps_are_nodes_and_repeatable() -> None:
    """Two searches of three nodes tell the same."""
    program = knapsack(25, density=0.5, seed=3)
    runs = [searched(Scip(), program, Stop(steps=1))[0] for _ in range(2)]
    assert told(runs[0]) == told(runs[1])
    assert runs[0].stop_reason in (StopReason.STEP_LIMIT, StopReason.PROVED)


def test_the_time_limit_holds() -> None:
    """45 thousand pairs: building alone takes longer than the limit."""
    program = knapsack(300)
    run, _ = searched(Scip(), program, Stop(seconds=0.5), start=program.lower)
    assert run.seconds < 0.75
    assert run.stop_reason is StopReason.TIME_LIMIT


def test_nothing_reaches_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever it logs."""
    searched(Scip(), knapsack(8))
    assert capfd.readouterr().out == ""


def test_a_budget_of_ten_million_is_not_broken_by_ten() -> None:
    """SCIP's tolerance is relative to the limit; ours must be below one unit."""
    rng = np.random.default_rng(11)
    weights = rng.integers(10**6, 2 * 10**6, 12)
    # Five items exceed the budget by one unit: a ten-millionth of it.
    limit = int(np.sort(weights)[:5].sum()) - 1
    program = knapsack(12).replace(row_coef=weights, row_high=integers([limit]))
    assert proves_truth(Scip(), program)


def test_a_slack_of_a_huge_row_does_not_vanish() -> None:
    """Scaled with its row: once it fell below SCIP's smallest coefficient, and a program
    with a soft budget was called infeasible."""
    rng = np.random.default_rng(64)
    weights = rng.integers(1, 10**12, 8)
    program = knapsack(8).replace(
        row_coef=weights,
        row_low=integers([int(weights.sum()) // 2]),
        row_high=integers([int(weights.sum()) // 2]),
        row_soft=integers([1]),
        row_penalty=integers([1]),
    )
    run, proof = searched(Scip(), program)
    assert not proof.infeasible
    assert run.objective is not None

"""The run keeps the books: strictly better only, honest bounds, limits that hold."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter, WrongAnswer
from bundlesolve.model import Instance, compile
from bundlesolve.model.improvement import Improvement
from bundlesolve.run import Run
from bundlesolve.stop import Stop, StopReason


def run_on(instance: Instance, stop: Stop = Stop()) -> Run:  # noqa: B008
    """Return a run on an instance's program."""
    return Run(compile(instance).program, stop, np.random.default_rng(0), "tester")


def test_only_better_points_are_taken(tea: Instance) -> None:
    """9 is taken, 3 is not, and the trace has one line."""
    run = run_on(tea)
    assert run.offer(np.array([1, 1, 0]))
    assert not run.offer(np.array([1, 0, 0]))
    assert run.objective == 9
    assert [i.objective for i in run.trace] == [9]


def test_infeasible_point_is_the_solvers_bug(tea: Instance) -> None:
    """All three cost 9 of 6."""
    with pytest.raises(WrongAnswer, match=r"tester.*infeasible"):
        run_on(tea).offer(np.array([1, 1, 1]))


def test_bounds_and_points_that_cross_are_bugs(tea: Instance) -> None:
    """A bound below the incumbent is a bug, and a point above the bound too."""
    run = run_on(tea)
    run.offer(np.array([1, 1, 0]))
    with pytest.raises(WrongAnswer, match="bound 8 below"):
        run.offer_bound(8)
    other = run_on(tea)
    other.offer_bound(8)
    with pytest.raises(WrongAnswer, match="above the proved bound"):
        other.offer(np.array([1, 1, 0]))


def test_proof_ends_the_run(tea: Instance) -> None:
    """Bound and objective meet."""
    run = run_on(tea)
    run.offer(np.array([1, 1, 0]))
    assert not run.should_stop()
    assert run.offer_bound(9)
    assert not run.offer_bound(9)
    assert run.gap == 0
    assert run.should_stop()
    assert run.stop_reason is StopReason.PROVED


def test_each_limit_has_its_reason(tea: Instance) -> None:
    """Steps, stall, target, gap, interruption."""
    point = np.array([1, 1, 0])
    run = run_on(tea, Stop(steps=3))
    run.step(3)
    assert run.should_stop()
    assert run.stop_reason is StopReason.STEP_LIMIT
    run = run_on(tea, Stop(stall=2))
    run.step(5)
    run.offer(point)
    run.step(1)
    assert not run.should_stop()
    run.step(1)
    assert run.should_stop()
    assert run.stop_reason is StopReason.STALLED
    run = run_on(tea, Stop(target=9))
    run.offer(point)
    assert run.should_stop()
    assert run.stop_reason is StopReason.TARGET_REACHED
    run = run_on(tea, Stop(gap=0.2))
    run.offer(point)
    run.offer_bound(10)
    assert run.should_stop()
    assert run.stop_reason is StopReason.GAP_LIMIT
    run = run_on(tea, Stop(seconds=1e-9))
    assert run.should_stop()
    assert run.stop_reason is StopReason.TIME_LIMIT
    run = run_on(tea)
    run.interrupt()
    assert run.should_stop()
    assert run.stop_reason is StopReason.INTERRUPTED


def test_part_shares_the_incumbent_and_keeps_its_own_limits(tea: Instance) -> None:
    """A part of two steps ends alone; its points and steps are the whole run's."""
    whole = run_on(tea, Stop(steps=5))
    part = whole.part(Stop(steps=2), "part")
    assert part.remaining_steps == 2
    part.offer(np.array([1, 1, 0]))
    part.step(2)
    assert part.should_stop()
    assert not whole.should_stop()
    assert whole.objective == 9
    assert whole.trace[0].source == "part"
    assert whole.part(Stop()).remaining_steps == 3
    whole.interrupt()
    assert whole.part(Stop()).should_stop()


def test_prelude_is_not_counted(tea: Instance) -> None:
    """What happens before the search leaves the step limit whole."""
    whole = run_on(tea, Stop(steps=2))
    prelude = whole.prelude("greedy", Stop(steps=50))
    prelude.step(40)
    prelude.offer(np.array([1, 1, 0]))
    assert prelude.remaining_steps == 10
    assert (whole.steps, whole.remaining_steps, whole.objective) == (0, 2, 9)


def test_listener_hears_points_and_bounds(tea: Instance) -> None:
    """Every improvement of either side is told, in order."""
    heard: list[Improvement] = []
    program = compile(tea).program
    run = Run(program, Stop(), np.random.default_rng(0), "t", heard.append)
    run.offer_bound(20)
    run.offer(np.array([1, 0, 0]))
    assert [(i.objective, i.bound) for i in heard] == [(None, 20), (3, 20)]


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"steps": 0}, {"stall": 0}, {"gap": -1}, {"seconds": 1e12}]
)
def test_limits_that_make_no_sense(limits: dict[str, float]) -> None:
    """Each is refused with its range."""
    with pytest.raises(InvalidParameter, match="expected"):
        Stop(**limits)  # type: ignore[arg-type]


def test_stop_reads_like_a_sentence() -> None:
    """The limits that are set, by name."""
    assert str(Stop(seconds=2, gap=0.01)) == "seconds=2, gap=0.01"
    assert str(Stop()) == "no limit"

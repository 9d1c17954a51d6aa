"""What engines and their processes tell each other, and what is believed of it."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.isolated.frames import Frames
from bundlesolve.model.frozen import integers
from bundlesolve.model.program import Program
from bundlesolve.reduce.core import Core
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.engine import settle
from bundlesolve.solvers.messages import Bound, Done, Job, Message, frame
from bundlesolve.solvers.process import POOL
from bundlesolve.solvers.report import Report, proved
from bundlesolve.stop import Stop, StopReason
from tests.solvers.engines import Told, knapsack, searched

PROGRAM = knapsack(6)


# -- frames and reports ----------------------------------------------------------------


@given(st.lists(st.binary(max_size=50), max_size=5), st.integers(1, 20))
def test_frames_survive_any_cutting(texts: list[bytes], size: int) -> None:
    """However the pipe cuts the stream, the bodies come out whole and in order."""
    stream = b"".join(len(text).to_bytes(8, "little") + text for text in texts)
    frames = Frames()
    found: list[bytes] = []
    for at in range(0, len(stream), size):
        found += frames.feed(stream[at : at + size])
    assert found == texts


@pytest.mark.parametrize(
    ("bound", "magnitude", "whole"),
    [
        (10.0, 0, 10),
        (9.9999999, 0, 10),  # the engine's rounding
        (9.5, 0, 9),
        (-3.0000001, 0, -3),
        (10.99, 0, 10),  # an absolute gap of 0.99 was allowed
        (2e12, 0, 2 * 10**12 + 2000),
        (5.0, 1e10, 15),
        (float("inf"), 0, None),
        (float("nan"), 0, None),
    ],
)
def test_a_floating_bound_proves_a_whole_one(
    bound: float, magnitude: float, whole: int | None
) -> None:
    """Rounded down, after room for the engine's tolerance."""
    assert proved(bound, magnitude) == whole


def test_a_report_tells_only_what_is_better() -> None:
    """Worse points, broken points and weaker bounds do not cross the pipe."""
    sent: list[Message] = []
    start = PROGRAM.lower
    report = Report(
        Job(Told(), PROGRAM, start, PROGRAM.objective(start), 0, None, 5), sent.append
    )
    better = start.copy()
    better[np.argmax(PROGRAM.worth)] = 1
    assert report.point(better + 1e-7)
    assert not report.point(start)
    assert not report.point(PROGRAM.upper)
    report.bound(7)
    report.bound(8)
    report.bound(None)
    report.steps(2.5)
    report.steps(9)  # the fifth of five is told by the end
    names = [type(message).__name__ for message in sent]
    assert names == ["Point", "Note", "Bound", "Steps", "Steps"]
    assert sent[-1] == (4,)
    assert report.objective == PROGRAM.objective(better)


# -- what needs no engine ---------------------------------------------------------------


def _row(low: int, high: int, soft: int = 0, upper: int = 1) -> Program:
    return Program(
        lower=integers([0, 1]),
        upper=integers([upper, 1]),
        worth=integers([2, 3]),
        row_start=integers([0, 2]),
        row_var=integers([0, 1]),
        row_coef=integers([1, 1]),
        row_low=integers([low]),
        row_high=integers([high]),
        row_soft=integers([soft]),
        row_penalty=integers([4 * soft]),
    )


@pytest.mark.parametrize(("low", "high"), [(3, 9), (-9, 0), (2, 1)])
def test_a_row_out_of_reach_needs_no_engine(low: int, high: int) -> None:
    """No point within the bounds keeps it: proved without one."""
    run, proof = searched(Told("crash_at_once"), _row(low, high))
    assert proof.infeasible
    assert run.objective is None


def test_a_program_of_one_point_needs_no_engine() -> None:
    """All variables fixed, one soft row broken by one: 3 - 4."""
    run, _ = searched(Told("crash_at_once"), _row(2, 9, soft=1, upper=0))
    assert (run.objective, run.bound) == (-1, -1)


def test_other_programs_need_one() -> None:
    """A soft row out of reach does not settle anything."""
    program = _row(5, 9, soft=1)
    run = Run(program, Stop(), np.random.default_rng(0))
    assert settle(Core(Restriction.whole(program), None), run) is None


# -- what an engine may say -------------------------------------------------------------


def test_banners_do_not_reach_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither Python's nor C's, and they do not mix with the messages."""
    searched(Told("shout"), PROGRAM)
    assert capfd.readouterr().out == ""


def test_a_refuted_bound_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    """A point is checked exactly, a bound cannot be: the point wins."""
    run, _ = searched(Told("low_bound"), PROGRAM)
    assert run.bound is None
    assert "is refuted by a point" in caplog.text


def test_refuted_infeasibility_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    """The same for this claim; without a point it stands."""
    _, proof = searched(Told("infeasible"), PROGRAM, start=PROGRAM.lower)
    assert not proof.infeasible
    assert "a point refutes it" in caplog.text
    assert searched(Told("infeasible"), PROGRAM)[1].infeasible


def test_a_broken_point_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """The parent checks again what the process has checked."""
    run, _ = searched(Told("broken_point"), PROGRAM)
    assert run.objective is None
    assert "an infeasible point was dropped" in caplog.text


def test_steps_are_counted_up_to_the_limit() -> None:
    """Two steps before the point, the rest at the end."""
    run, _ = searched(Told("steps"), PROGRAM, Stop(steps=10))
    assert run.trace[0].steps == 2
    assert run.steps == 10
    assert run.stop_reason is StopReason.STEP_LIMIT


def test_the_origins_of_rows_stay_at_home(caplog: pytest.LogCaptureFixture) -> None:
    """A large job is written in pieces while the process boots."""
    caplog.set_level(logging.DEBUG)
    POOL.kill_idle()
    program = knapsack(200)
    assert len(frame(Job(Told(), program, None, None, 0, None, None))) > 1 << 16
    run, _ = searched(Told("pid"), program)
    assert run.bound is not None


def test_messages_are_plain() -> None:
    """A default end is neither infeasible nor limited."""
    assert Done() == (False, None)
    assert Bound(3).value == 3

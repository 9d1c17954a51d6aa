"""Engines in a process of their own: limits hold, crashes stay there, nothing is left."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import EngineFailed
from bundlesolve.isolated.frames import Frames
from bundlesolve.model.frozen import integers
from bundlesolve.model.program import Program
from bundlesolve.reduce.core import Core
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers import process as processes
from bundlesolve.solvers.engine import settle
from bundlesolve.solvers.messages import Bound, Done, Job, Message, frame
from bundlesolve.solvers.process import POOL, EngineProcess
from bundlesolve.solvers.report import Report, proved
from bundlesolve.stop import Stop, StopReason
from tests.solvers.engines import Told, knapsack, searched

PROGRAM = knapsack(6)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ends(pid: int, seconds: float = 10.0) -> bool:
    """Wait until no process (no zombie either) has this number."""
    until = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not _alive(pid)


def _pid_of_next() -> int:
    """Which process answers next; it says so as a bound."""
    run, _ = searched(Told("pid"), PROGRAM)
    assert run.bound is not None
    return run.bound


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


# -- the life of a process --------------------------------------------------------------


def test_a_process_is_used_again() -> None:
    """Two jobs in a row are done by one process."""
    assert _pid_of_next() == _pid_of_next()


def test_warm_up_starts_what_the_search_takes() -> None:
    """One idle process is kept, and a second warm-up does not add another."""
    solver = Told("pid")
    solver.warm_up()
    [idle] = POOL.idle["told"]
    solver.warm_up()
    assert POOL.idle["told"] == [idle]
    assert _pid_of_next() == idle.pid


def test_the_deadline_is_kept_against_an_engine_that_hangs() -> None:
    """It is ended with the limit, its point stays, its process does not."""
    first = _pid_of_next()
    began = time.perf_counter()
    run, _ = searched(Told("hang"), PROGRAM, Stop(seconds=0.5))
    assert time.perf_counter() - began < 0.75
    assert run.stop_reason is StopReason.TIME_LIMIT
    assert run.objective == PROGRAM.objective(PROGRAM.lower)
    assert _ends(first)
    assert _pid_of_next() != first


def test_an_interrupt_ends_an_engine_that_hangs() -> None:
    """The run is interrupted when the first point arrives, and holds it."""
    run = Run(PROGRAM, Stop(), np.random.default_rng(0), on_improve=lambda _: stop())

    def stop() -> None:
        run.interrupt()

    Told("hang").search(PROGRAM, run)
    assert run.stop_reason is StopReason.INTERRUPTED
    assert run.objective is not None


def test_a_target_ends_the_search() -> None:
    """Good enough is good enough, though the engine would go on."""
    worth = PROGRAM.objective(PROGRAM.lower)
    run, _ = searched(Told("hang"), PROGRAM, Stop(target=worth))
    assert run.stop_reason is StopReason.TARGET_REACHED


def test_a_crash_keeps_the_point(caplog: pytest.LogCaptureFixture) -> None:
    """The user's process lives, the point too, and the log says what happened."""
    run, proof = searched(Told("crash"), PROGRAM)
    assert run.objective == PROGRAM.objective(PROGRAM.lower)
    assert not proof.infeasible
    assert "signal 6" in caplog.text
    assert "famous last words" in caplog.text


def test_a_crash_without_a_point_is_an_error() -> None:
    """There is nothing to return, so the error says how the process ended."""
    with pytest.raises(EngineFailed, match="signal 6; famous last words"):
        searched(Told("crash_at_once"), PROGRAM)


def test_a_process_that_is_killed_in_its_job_is_a_crash() -> None:
    """As an out-of-memory killer does it."""
    solver = Told("hang")
    solver.warm_up()
    [idle] = POOL.idle["told"]

    def kill(_: object) -> None:
        os.kill(idle.pid, signal.SIGKILL)

    run = Run(PROGRAM, Stop(), np.random.default_rng(0), on_improve=kill)
    solver.search(PROGRAM, run)
    assert run.objective is not None
    assert _ends(idle.pid)


def test_an_idle_process_that_died_is_replaced() -> None:
    """Nobody notices."""
    pid = _pid_of_next()
    os.kill(pid, signal.SIGKILL)
    assert _ends_as_zombie(pid)
    assert _pid_of_next() != pid
    pid = _pid_of_next()
    os.kill(pid, signal.SIGKILL)
    assert _ends_as_zombie(pid)
    Told().warm_up()
    assert _ends(pid)


def _ends_as_zombie(pid: int) -> bool:
    [process] = [one for one in POOL.idle["told"] if one.pid == pid]
    until = time.monotonic() + 10
    while not process.gone and time.monotonic() < until:
        time.sleep(0.01)
    return process.gone


def test_an_exception_of_the_engine_is_told() -> None:
    """In its words; with a point known, it is a warning only."""
    with pytest.raises(EngineFailed, match="ValueError: the engine dislikes it"):
        searched(Told("raise"), PROGRAM)
    run, _ = searched(Told("raise"), PROGRAM, start=PROGRAM.lower)
    assert run.objective is not None


def test_python_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the search, not by the warm-up: a greedy point may be good enough."""
    POOL.kill_idle()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    Told().warm_up()
    with pytest.raises(EngineFailed, match="cannot start a process"):
        searched(Told(), PROGRAM)


def test_threads_do_not_share_a_process() -> None:
    """Two searches at a time use two processes, and both are kept."""
    POOL.kill_idle()
    gate = threading.Barrier(2)
    pids: list[int] = []

    def work() -> None:
        one = POOL.take("told")
        gate.wait()
        pids.append(one.pid)
        POOL.give_back(one)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 2
    assert {one.pid for one in POOL.idle["told"]} == set(pids)


def test_more_than_enough_idle_processes_are_ended() -> None:
    """`MOST_IDLE` are kept."""
    POOL.kill_idle()
    taken = [EngineProcess("told") for _ in range(processes.MOST_IDLE + 1)]
    for one in taken:
        POOL.give_back(one)
    assert len(POOL.idle["told"]) == processes.MOST_IDLE
    assert _ends(taken[-1].pid)
    POOL.kill_idle()
    assert all(_ends(one.pid) for one in taken)


def test_a_process_leaves_no_folder() -> None:
    """What an engine litters is removed with it."""
    one = EngineProcess("told")
    home = one._home
    home.mkdir()
    one.kill()
    until = time.monotonic() + 10
    while home.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not home.exists()


SCRIPT = """
import os, sys, time
from bundlesolve.solvers.process import POOL
POOL.prepare("told")
print(POOL.idle["told"][0].pid, flush=True)
{then}
"""


def _script(then: str) -> tuple[int, subprocess.Popen[str]]:
    """Run a parent of its own; return its engine process's number."""
    source = SCRIPT.format(then=textwrap.dedent(then))
    root = str(Path(processes.__file__).resolve().parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", source],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert parent.stdout is not None
    return int(parent.stdout.readline()), parent


def test_a_parent_that_is_killed_takes_its_engines_along() -> None:
    """Even with a signal that it cannot handle."""
    pid, parent = _script("time.sleep(3600)")
    with parent:
        assert _alive(pid)
        parent.kill()
    assert _ends(pid)


def test_a_parent_that_ends_takes_its_engines_along() -> None:
    """And says nothing while it does."""
    pid, parent = _script("")
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.read() == ""
    assert parent.returncode == 0
    assert _ends(pid)


def test_a_fork_does_not_use_its_parents_process() -> None:
    """The copy of the pool is empty, and its end does not end the parent's engine."""
    pid, parent = _script(
        """
        first = POOL.idle["told"][0].pid
        if os.fork() == 0:
            assert not POOL.idle.get("told")
            os._exit(0 if POOL.take("told").pid != first else 1)
        print(os.waitstatus_to_exitcode(os.wait()[1]), POOL.idle["told"][0].gone)
        """
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.read().split() == ["0", "False"]
    assert _ends(pid)


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


def test_a_process_that_worked_enough_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines leak, so `MOST_JOBS` jobs are all that one process gets."""
    POOL.kill_idle()
    monkeypatch.setattr(processes, "MOST_JOBS", 3)
    one = EngineProcess("told")
    one.jobs = 3
    POOL.give_back(one)
    assert POOL.idle["told"] == []
    assert _ends(one.pid)

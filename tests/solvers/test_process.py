"""The process of an engine: used again, ended with its parent, replaced when it dies."""

from __future__ import annotations

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

from bundlesolve.errors import EngineFailed
from bundlesolve.run import Run
from bundlesolve.solvers import process as processes
from bundlesolve.solvers.process import POOL, EngineProcess
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


def test_a_process_that_worked_enough_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines leak, so `MOST_JOBS` jobs are all that one process gets."""
    POOL.kill_idle()
    monkeypatch.setattr(processes, "MOST_JOBS", 3)
    one = EngineProcess("told")
    one.jobs = 3
    POOL.give_back(one)
    assert POOL.idle["told"] == []
    assert _ends(one.pid)

"""Runs under watch: whatever a contender does, there is a record and nobody is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bundlesolve.bench.instances import Problem
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.runner import records
from bundlesolve.bench.suite import MethodSpec
from bundlesolve.isolated.processes import _from_ps, all_processes, carries
from bundlesolve.isolated.tree import ProcessTree
from tests.bench.contenders import EXAMPLE, SMALL, command, one_run, script

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

RUNAWAY = (
    "import subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    " start_new_session=True)"
)
"""Starts a process that leads a session of its own."""

WRONG = {
    "bundlesolve-solution": 1,
    "status": "feasible",
    "objective": 7,
    "units": {"bundle": {"1": 1}},
}
EMPTY = {
    "bundlesolve-solution": 1,
    "status": "unknown",
    "objective": None,
    "units": None,
}


def writing(solution: dict[str, object]) -> str:
    """Return a piece of Python that writes a solution file."""
    return f"import sys; open(sys.argv[2], 'w').write({json.dumps(solution)!r})"


def test_their_solver_takes_part() -> None:
    """The worked example of the documentation is judged like any method."""
    record = one_run(command(str(EXAMPLE), "{instance}", "{solution}"))
    assert record.status is RunStatus.FEASIBLE, record.error
    assert record.objective is not None
    assert float(record.objective) > 0
    assert record.kind == "command"
    assert record.seconds is not None
    assert record.total_seconds is not None
    assert record.seconds < record.total_seconds
    assert set(record.setup) == {"interpreter", "imports", "read", "warm_up", "judge"}
    assert record.peak_memory is not None
    assert record.peak_memory > 1 << 20
    assert (record.items, record.bundles) == (12, 1)
    assert record.incumbents[-1].value == record.objective
    assert record.versions["bundlesolve"]
    assert record.started


def test_our_solver_takes_part() -> None:
    """A solver of ours proves the optimum of a small instance."""
    record = one_run(MethodSpec(method="brute"), Limits(steps=1 << 20))
    assert record.status is RunStatus.OPTIMAL, record.error
    assert record.objective == record.bound
    assert {"compile", "search", "check"} <= set(record.split)
    assert record.parameters["most_points"] == 1 << 22


def test_what_was_never_read_has_no_sense() -> None:
    """A run that fails before the instance is read does not say that it maximises."""
    problem = Problem("generated/none#1", file="/nowhere/none.json")
    method = MethodSpec(method="greedy")
    (record,) = records([Job("tests", problem, method, 1, 0, Limits(steps=1))])
    assert record.status is RunStatus.FAILED
    assert record.minimise is None
    assert one_run(method).minimise is False


def test_refusal_is_a_record() -> None:
    """A method that declines says why."""
    method = MethodSpec(method="brute", parameters={"most_points": 2})
    record = one_run(method, Limits(steps=10))
    assert record.status is RunStatus.REFUSED
    assert "points" in record.error


def test_unknown_parameter_is_a_record() -> None:
    """So is a method that cannot be made."""
    method = MethodSpec(method="brute", parameters={"typo": 2})
    record = one_run(method, Limits(steps=10))
    assert record.status is RunStatus.FAILED
    assert "typo" in record.error


def test_absent_program_is_a_record() -> None:
    """A program that is not installed is listed as absent."""
    record = one_run(MethodSpec(command=["no-such-solver", "{instance}"]))
    assert record.status is RunStatus.ABSENT
    assert "no-such-solver" in record.error


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("import sys; sys.exit('no idea')", RunStatus.FAILED, "no idea"),
        (
            "import sys; open(sys.argv[2], 'w').write('{')",
            RunStatus.FAILED,
            "JSON",
        ),
        (writing(WRONG), RunStatus.UNVERIFIED, "recomputed"),
        (writing(EMPTY), RunStatus.UNKNOWN, ""),
        ("import os, signal; os.kill(os.getppid(), 9)", RunStatus.CRASHED, "signal 9"),
    ],
)
def test_failures_are_records(code: str, status: RunStatus, told: str) -> None:
    """Whatever goes wrong has a status and words, and the harness lives."""
    record = one_run(script(code))
    assert record.status is status, record.error
    assert told in record.error
    assert record.objective is None


@linux_only
def test_late_run_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """At limit plus grace the whole tree goes, sessions of their own included."""
    monkeypatch.setenv("BUNDLESOLVE_TEST", "late")
    before = _zombies()
    record = one_run(script(f"{RUNAWAY}; time.sleep(600)"), Limits(seconds=0.3, grace=0.5))
    assert record.status is RunStatus.LATE
    assert record.seconds is not None
    assert record.seconds >= 0.8
    assert not _left("late")
    assert _zombies() <= before


@linux_only
def test_orphans_of_a_sound_run_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who left the tree before its parent ended is found all the same."""
    monkeypatch.setenv("BUNDLESOLVE_TEST", "orphan")
    before = _zombies()
    record = one_run(script(RUNAWAY))
    assert record.status is RunStatus.FAILED
    assert not _left("orphan")
    assert _zombies() <= before


def _zombies() -> set[int]:
    """Return the children of this process of which nobody has taken leave."""
    return {p.pid for p in all_processes() if p.is_zombie and p.parent == os.getpid()}


def test_memory_limit_holds() -> None:
    """A run that holds too much is ended, and says so."""
    code = "x = bytearray(400 << 20); import time; time.sleep(600)"
    record = one_run(script(code), Limits(seconds=60, memory=300 << 20))
    assert record.status is RunStatus.CRASHED
    assert record.stop_reason == "memory_limit"
    assert record.peak_memory is not None
    assert record.peak_memory > 300 << 20


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of a run outlives it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one_run(command(str(EXAMPLE), "{instance}", "{solution}"))
    assert list(tmp_path.iterdir()) == []


def test_two_at_a_time() -> None:
    """Runs side by side are all recorded, and the records say that there were two."""
    problem = Problem("generated/small#1", generate=SMALL)
    method = command(str(EXAMPLE), "{instance}", "{solution}")
    jobs = [Job("tests", problem, method, k, 0, Limits(seconds=20)) for k in range(3)]
    found = list(records(jobs, 2))
    assert sorted(record.seed for record in found) == [0, 1, 2]
    assert {record.status for record in found} == {RunStatus.FEASIBLE}
    assert {record.jobs for record in found} == {2}


def test_tree_without_the_kernel_s_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where children cannot be asked for, the table of all processes serves."""
    monkeypatch.setattr("bundlesolve.isolated.tree.children_of", lambda pid: None)
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    tree = ProcessTree(parent.pid, "BUNDLESOLVE_TEST=table")
    for _ in range(100):
        if tree.resident() and len(tree._known) > 1:
            break
        time.sleep(0.1)
    numbers = set(tree._known)
    assert len(numbers) > 1
    tree.kill()
    parent.communicate()
    assert not numbers & {p.pid for p in all_processes() if not p.is_zombie}
    assert tree.peak > 0


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here")
def test_table_of_ps() -> None:
    """What ``ps`` says about ourselves is what the system says."""
    (mine,) = [process for process in _from_ps() if process.pid == os.getpid()]
    assert mine.parent == os.getppid()
    assert mine.resident > 1 << 20
    assert not mine.is_zombie


def _left(mark: str) -> list[int]:
    """Return who still carries a mark; a killed process may take a moment to go."""
    for _ in range(50):
        found = [
            process.pid
            for process in all_processes()
            if process.pid != os.getpid()
            and not process.is_zombie
            and carries(process.pid, f"BUNDLESOLVE_TEST={mark}".encode())
        ]
        if not found:
            break
        time.sleep(0.1)
    return found

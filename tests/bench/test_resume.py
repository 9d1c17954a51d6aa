"""Killed at any moment, a benchmark loses the run in progress and nothing else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bundlesolve.bench.record import Key, read_header, read_records
from tests.bench.contenders import EXAMPLE

KILLS = 20

SUITE = f"""
name = "tiny"
grace = 30
repetitions = 2
instances = [
    {{ generate = {{ kind = "qkp", items = 10, seed = [1, 2, 3] }} }},
]

[[methods]]
command = ["{sys.executable}", "{EXAMPLE}", "{{instance}}", "{{solution}}"]
label = "theirs"

[stop]
seconds = 30
"""


def bench(*words: str | Path) -> subprocess.Popen[bytes]:
    """Start ``bundlesolve bench``."""
    command = [sys.executable, "-m", "bundlesolve", "bench", *map(str, words), "--quiet"]
    return subprocess.Popen(command)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """The suite, the records of an uninterrupted run, and the seconds that took."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "tiny.toml").write_text(SUITE, encoding="utf-8")
    began = time.perf_counter()
    done = bench("run", folder / "tiny.toml", "-o", folder / "whole.jsonl")
    assert done.wait() == 0
    seconds = time.perf_counter() - began
    return folder / "tiny.toml", folder / "whole.jsonl", seconds


def told(file: Path) -> dict[Key, tuple[str, str | None]]:
    """Return what records say that does not depend on the clock."""
    records = read_records(file)
    found = {record.key: (record.status.value, record.objective) for record in records}
    assert len(found) == len(records)
    return found


@pytest.mark.slow
def test_killed_at_twenty_random_points(
    finished: tuple[Path, Path, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each kill all earlier records are there; the end equals an unkilled run."""
    suite, whole, seconds = finished
    monkeypatch.setenv("BUNDLESOLVE_TEST", tmp_path.name)
    file = tmp_path / "records.jsonl"
    chance = random.Random(3)
    kept: dict[Key, tuple[str, str | None]] = {}
    for _ in range(KILLS):
        if file.exists():
            running = bench("resume", file)
        else:
            running = bench("run", suite, "-o", file)
        time.sleep(chance.uniform(0, seconds / 3))
        running.kill()
        running.wait()
        if file.exists():
            now = told(file)
            assert kept.items() <= now.items()
            kept = now
    assert bench("resume", file).wait() == 0
    assert told(file) == told(whole)
    assert read_header(file).planned == len(told(whole)) == 6
    if sys.platform == "linux":
        assert not _runs_left(tmp_path.name)


def test_resume_does_what_is_missing(
    finished: tuple[Path, Path, float], tmp_path: Path
) -> None:
    """A file cut in the middle of a line is finished; a finished one is left alone."""
    _, whole, _ = finished
    file = tmp_path / "records.jsonl"
    file.write_bytes(whole.read_bytes()[:-30])
    assert bench("resume", file).wait() == 0
    assert told(file) == told(whole)
    before = file.read_bytes()
    assert bench("resume", file).wait() == 0
    assert file.read_bytes() == before


def test_ctrl_c_keeps_the_records(
    finished: tuple[Path, Path, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted benchmark ends with 130, and the rest is done by resume."""
    suite, whole, _ = finished
    monkeypatch.setenv("BUNDLESOLVE_TEST", tmp_path.name)
    file = tmp_path / "records.jsonl"
    running = bench("run", suite, "-o", file)
    while running.poll() is None and not (file.exists() and read_records(file)):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert running.wait() == 130
    kept = told(file)
    assert 1 <= len(kept) < len(told(whole))
    if sys.platform == "linux":
        assert not _runs_left(tmp_path.name)
    assert bench("resume", file).wait() == 0
    assert told(file) == told(whole)


def _runs_left(mark: str) -> list[int]:
    """Return processes of killed benchmarks that are still there after some seconds."""
    from bundlesolve.isolated.processes import all_processes, carries

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

"""Ctrl-C and SIGTERM: whatever the method, the best answer so far is written at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bundlesolve import SOLVERS, Amounts, Budget, Instance, Synergies
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.solvers.base import missing_packages, solver_class
from tests.cli.conftest import Call, saved

ENDLESS = sorted(set(SOLVERS) - {"greedy"})
"""Methods that a long limit keeps busy; greedy is done before anybody can press keys."""
PATIENCE_SECONDS = 60.0
"""For a process to start, compile kernels and find a first answer."""
SEARCH_SECONDS = 1.0
PROMPT_SECONDS = 1.0
"""Within which the answer must be there, and as much again for a busy machine to end."""


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dense knapsack of 300 items which nobody solves in a minute."""
    return saved(dense(300), tmp_path_factory.mktemp("hard"))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of 60 items, whose points nobody can count, each quickly tried."""
    return saved(dense(60), tmp_path_factory.mktemp("long"))


def dense(n: int) -> Instance:
    """Draw a knapsack with a worth for every pair, of either sign."""
    rng = np.random.default_rng(5)
    first, second = np.triu_indices(n, 1)
    weight = Amounts.dense(rng.integers(1, 51, n))
    return Instance(
        items=tuple(f"i{i}" for i in range(n)),
        utility=rng.integers(1, 101, n),
        synergies=Synergies(first, second, rng.integers(-40, 101, len(first))),
        budgets=(Budget(name="weight", per_item=weight, at_most=5 * n),),
        name="dense",
    )


@contextlib.contextmanager
def searching(file: Path, method: str, out: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the command and wait until it has searched for a while with an answer."""
    words = ["solve", file, "-m", method, "-o", out, "--time-limit", 600, "--json-stream"]
    if method == "brute":
        words += ["-p", f"most_points={10**99}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "bundlesolve", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["objective"] is not None:
                break
        time.sleep(SEARCH_SECONDS)
        assert process.poll() is None, process.communicate()[1]
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
@pytest.mark.parametrize("method", ENDLESS)
def test_the_answer_is_written_at_once(
    call: Call, hard: Path, long: Path, tmp_path: Path, method: str, number: signal.Signals
) -> None:
    """Exit 130, the solution in its file within a second, and it passes the check."""
    file = long if method == "brute" else hard
    if missing_packages(solver_class(method)):
        pytest.skip(f"{method} is not installed here")
    out = tmp_path / "answer.json"
    with searching(file, method, out) as process:
        sent = time.perf_counter()
        process.send_signal(number)
        while not out.exists() and process.poll() is None:
            time.sleep(0.01)
        written = time.perf_counter() - sent
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == ExitCode.INTERRUPTED
    assert out.exists()
    assert written < 2 * PROMPT_SECONDS
    found = json.loads(out.read_text())
    assert found["stop_reason"] == "interrupted"
    assert call("check", file, out, "-q").exit_code == ExitCode.VERIFIED


def test_before_the_search_there_is_nothing_to_write(
    call: Call, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the instance is being read: 130, one line, no file."""

    def read(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    # By the module's name: the package has the function of that name in its place.
    monkeypatch.setattr(sys.modules["bundlesolve.cli.solve"], "read", read)
    out = tmp_path / "answer.json"
    result = call("solve", shop, "-o", out)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr == "error: interrupted\n"
    assert not out.exists()


def test_while_the_answer_is_written_a_signal_waits(
    call: Call, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search is over, the answer found: it is written, then the command ends."""
    module = sys.modules["bundlesolve.cli.solve"]
    write = module.write_solution

    def slowly(*words: object) -> None:
        signal.raise_signal(signal.SIGTERM)
        write(*words)

    monkeypatch.setattr(module, "write_solution", slowly)
    out = tmp_path / "answer.json"
    result = call("solve", shop, "-m", "brute", "-o", out)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert json.loads(out.read_text())["objective"] == 9

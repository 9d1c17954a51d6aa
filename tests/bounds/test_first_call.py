"""The first call on a machine: two processes fill one cache, later calls find it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bundlesolve.bounds import first_call
from bundlesolve.kernels import cut_tree

COLD = "from bundlesolve.bounds.first_call import _is_cold; print(_is_cold())"


def is_cold(folder: Path, *, jit: bool = True) -> str:
    """Return what a new process with its cache in a folder says."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    environment["NUMBA_DISABLE_JIT"] = str(int(not jit))
    run = subprocess.run(
        [sys.executable, "-c", COLD],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def test_an_empty_cache_is_cold(tmp_path: Path) -> None:
    """Unless there is nothing to compile."""
    assert is_cold(tmp_path) == "True"
    assert is_cold(tmp_path, jit=False) == "False"


def test_nothing_is_started_where_kernels_are_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A warm cache means no process."""

    def start(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    cut_tree.warm_up()
    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(first_call, "_looked", [])
    with first_call.second_core() as helper:
        helper.join()

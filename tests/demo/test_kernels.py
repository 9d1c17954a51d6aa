"""Compiling ahead: afterwards no method compiles inside its clock."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bundlesolve.demo import kernels
from bundlesolve.demo.kernels import CODE, LATER, compile_kernels
from bundlesolve.solvers.base import SOLVERS


def test_the_helper_knows_its_work() -> None:
    """Its line of code runs in a process of its own and says nothing."""
    command = [sys.executable, "-c", CODE, "greedy"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


def test_every_method_is_warmed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, unless the helper's kernels are wanted."""
    warmed: list[str] = []

    class Warm:
        def __init__(self, name: str) -> None:
            self.name = name

        def warm_up(self) -> None:
            warmed.append(self.name)

    monkeypatch.setattr(kernels, "get_solver", Warm)
    monkeypatch.setattr(kernels, "missing_packages", lambda _: [])
    monkeypatch.setattr(kernels, "HELPED", "greedy")
    compile_kernels()
    assert warmed == sorted(set(SOLVERS) - LATER)

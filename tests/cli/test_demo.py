"""`bundlesolve demo`: everything from receipts to verified answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundlesolve import SOLVERS, read
from bundlesolve.cli.exit_codes import ExitCode
from tests.cli.conftest import Call

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


@pytest.mark.slow
def test_the_demo_ends_well(call: Call, tmp_path: Path) -> None:
    """Three tables, the best bundle, and files which pass the check."""
    out = tmp_path / "out"
    words = ["--instances", INSTANCES, "--out", out, "--seconds", 0.3]
    result = call("demo", *words)
    assert result.exit_code == ExitCode.VERIFIED, result.output
    assert result.stdout.count("takes no part") == 3  # brute
    assert "The best bundle" in result.stdout
    assert "known optimum 18558" in result.stdout
    assert "seconds." in result.stdout.splitlines()[-1]
    assert read(out / "instance.json").n > 200
    solutions = {file.stem for file in (out / "shop").iterdir()}
    assert solutions == set(SOLVERS) - {"brute"}
    for method in ("greedy", "local"):
        file = out / "shop" / f"{method}.json"
        assert call("check", out / "instance.json", file, "-q").exit_code == 0


def test_without_data_the_demo_says_what_is_missing(call: Call, tmp_path: Path) -> None:
    """Before anything is written."""
    out = tmp_path / "out"
    result = call("demo", "--instances", tmp_path, "--out", out)
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert "--instances" in result.stderr
    assert not out.exists()

"""`bench report` and `bench compare` on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from bundlesolve.bench.record import Header, Record, RunStatus
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.main import cli
from tests.bench.made import SPEEDS, crowd, run

Save = Callable[[str, list[Record]], Path]


def call(*words: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, ["bench", *map(str, words)])


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write records to a file and return where."""

    def write(name: str, records: list[Record]) -> Path:
        header = Header(1, {"name": "made"}, len(records) + 4)
        lines = [msgspec.json.encode(part) for part in (header, *records)]
        file = tmp_path / name
        file.write_bytes(b"\n".join(lines) + b"\n")
        return file

    return write


def test_report_writes_every_form(save: Save, tmp_path: Path) -> None:
    """A table on stdout, and three files."""
    file = save("r.jsonl", crowd())
    targets = [tmp_path / name for name in ("r.csv", "r.md", "r.html")]
    words = zip(("--csv", "--markdown", "--html"), targets, strict=True)
    result = call("report", file, "--problems", *(w for pair in words for w in pair))
    assert result.exit_code == 0, result.output
    assert "48 absent" in result.stdout
    assert "set/problem-007" in result.stdout
    assert targets[0].read_text().startswith("suite,instance")
    assert targets[1].read_text().startswith("# Benchmark made")
    assert "* Runs: 288 of 292 planned" in targets[1].read_text()
    assert targets[2].read_text("utf-8").startswith("<!doctype html>")


def test_report_to_stdout_is_only_that(save: Save) -> None:
    """For a pipe."""
    result = call("report", save("r.jsonl", crowd(problems=3)), "--csv", "-")
    assert result.stdout.startswith("suite,instance")
    assert "Methods" not in result.stdout


def test_report_reads_several_files_as_one(save: Save) -> None:
    """Methods measured on different days, side by side; a run twice is refused."""
    one = save("1.jsonl", [run("m", "a", "1")])
    two = save("2.jsonl", [run("n", "a", "2")])
    result = call("report", one, two)
    assert result.exit_code == 0
    assert "Tests by primal integral" in result.stdout
    assert call("report", one, one).exit_code == ExitCode.USAGE


def test_report_refuses_nonsense(save: Save, tmp_path: Path) -> None:
    """No file, no records, one place for two forms, a place that is not there."""
    file = save("r.jsonl", [run("m", "a", "1")])
    empty = save("empty.jsonl", [])
    assert call("report").exit_code == ExitCode.USAGE
    assert call("report", tmp_path / "none").exit_code == ExitCode.INVALID_INPUT
    assert call("report", empty).exit_code == ExitCode.USAGE
    same = ("--csv", tmp_path / "x", "--html", tmp_path / "x")
    assert call("report", file, *same).exit_code == ExitCode.USAGE
    nowhere = tmp_path / "no" / "x"
    assert call("report", file, "--html", nowhere).exit_code == ExitCode.USAGE


def test_compare_exits_with_1_on_a_regression(save: Save) -> None:
    """Slower is one; the same is none; faster is none."""
    before = save("a.jsonl", crowd(3, 40, accidents=False))
    after = save("b.jsonl", crowd(3, 40, speeds={**SPEEDS, "auto": 3.0}, accidents=False))
    worse = call("compare", before, after)
    assert worse.exit_code == 1
    assert "REGRESSION" in worse.stdout
    assert "significant regression" in worse.stdout
    same = call("compare", before, before)
    assert same.exit_code == 0
    assert "no significant regression" in same.stdout
    assert call("compare", after, before).exit_code == 0
    assert "improvement" in call("compare", after, before).stdout
    lenient = call("compare", before, after, "--alpha", 1e-9)
    assert "REGRESSION" not in lenient.stdout


def test_compare_exits_with_1_when_a_run_breaks(save: Save) -> None:
    """One crash is enough, and the table says which."""
    before = save("a.jsonl", [run("m", "p", "5")])
    crash = run("m", "p", status=RunStatus.CRASHED, error="signal 11")
    result = call("compare", before, save("b.jsonl", [crash]))
    assert result.exit_code == 1
    assert "signal 11" in result.stdout
    assert "0 significant regressions, 1 of the runs broke" in result.stdout


def test_compare_warns_and_names_what_is_missing(save: Save) -> None:
    """On stderr: another limit, a method that only one file has."""
    before = save("a.jsonl", [run("m", "p", "5"), run("old", "p", "5")])
    after = save("b.jsonl", [run("m", "p", "5", limit=20.0)])
    result = call("compare", before, after)
    assert result.exit_code == 0
    assert "different time limits" in result.stderr
    assert "method old" in result.stderr
    nothing = save("c.jsonl", [run("n", "q", "5")])
    assert call("compare", before, nothing).exit_code == ExitCode.USAGE

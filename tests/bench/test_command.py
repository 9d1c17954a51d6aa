"""``bundlesolve bench``: from a suite to a finished file, as a user types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bundlesolve.bench.record import read_header, read_records
from bundlesolve.cli.main import cli
from bundlesolve.files.write import write
from bundlesolve.generate import Small
from tests.bench.contenders import EXAMPLE

BENCH = EXAMPLE.parent


@pytest.mark.slow
def test_smoke_suite(tmp_path: Path) -> None:
    """The smoke suite runs to its end with tiny limits, nothing wrong in it."""
    file = tmp_path / "smoke.jsonl"
    words = [
        "bench",
        "run",
        str(BENCH / "smoke.toml"),
        "-o",
        str(file),
        "--time-limit",
        "0.5",
    ]
    outcome = CliRunner().invoke(cli, words)
    assert outcome.exit_code == 0, outcome.output
    records = read_records(file)
    assert len(records) == read_header(file).planned
    assert not [record for record in records if record.status in {"late", "unverified"}]
    assert "[1/" in outcome.stderr


def test_suites_are_listed() -> None:
    """Without a suite, the suites of a folder and all peers."""
    outcome = CliRunner().invoke(cli, ["bench", "list", "--folder", str(BENCH)])
    assert outcome.exit_code == 0, outcome.output
    assert "billionnet-soutif" in outcome.stdout
    assert "peer scip" in outcome.stdout


def test_runs_are_listed() -> None:
    """With a suite, its problems, its methods and how long it may take."""
    outcome = CliRunner().invoke(cli, ["bench", "list", str(BENCH / "peers.toml")])
    assert outcome.exit_code == 0, outcome.output
    assert "108 runs" in outcome.stdout


def test_usage_errors_come_before_the_runs(tmp_path: Path) -> None:
    """A file that is there, or a suite that is none, costs no run."""
    there = tmp_path / "there.jsonl"
    there.write_text("", encoding="utf-8")
    suite = str(BENCH / "smoke.toml")
    outcome = CliRunner().invoke(cli, ["bench", "run", suite, "-o", str(there)])
    assert outcome.exit_code == 2
    outcome = CliRunner().invoke(cli, ["bench", "run", str(there)])
    assert outcome.exit_code == 3
    outcome = CliRunner().invoke(cli, ["bench", "resume", str(there)])
    assert outcome.exit_code == 3


def test_records_and_suite_move_together(tmp_path: Path) -> None:
    """The header says where things are from the records' folder, nothing of the machine."""
    home = tmp_path / "home"
    (home / "sets" / "small").mkdir(parents=True)
    (home / "out").mkdir()
    write(Small(items=4).make(1), home / "sets" / "small" / "one.json")
    suite = home / "mine.toml"
    suite.write_text(
        'name = "mine"\nmethods = ["greedy"]\n'
        'instances = [{ files = "small/*.json" }]\n[stop]\nsteps = 10\n',
        encoding="utf-8",
    )
    file = home / "out" / "mine.jsonl"
    words = ["bench", "run", str(suite), "-o", str(file), "--sets", str(home / "sets")]
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert str(tmp_path) not in file.read_text(encoding="utf-8")
    header = read_header(file)
    assert (header.sets, header.folder) == ("../sets", "..")
    moved = home.rename(tmp_path / "elsewhere") / "out" / "mine.jsonl"
    moved.write_bytes(moved.read_bytes().splitlines(keepends=True)[0])
    assert CliRunner().invoke(cli, ["bench", "resume", str(moved)]).exit_code == 0
    assert len(read_records(moved)) == 1

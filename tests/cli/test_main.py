"""The command line as a whole: help, exit codes nobody asks for, closed pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bundlesolve import __version__
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.main import PLACES, cli
from tests.cli.conftest import Call


def test_help_lists_every_command(call: Call) -> None:
    """In the order of use, with a line each."""
    result = call("--help")
    assert result.exit_code == 0
    at = [result.stdout.index(f"\n  {name} ") for name in PLACES]
    assert at == sorted(at)


@pytest.mark.parametrize("name", PLACES)
def test_every_command_has_help(call: Call, name: str) -> None:
    """Each command can be imported and explains itself."""
    result = call(name, "--help")
    assert result.exit_code == 0
    assert f"{name} [OPTIONS]" in result.stdout
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help


def test_an_unknown_command_is_wrong_usage(call: Call) -> None:
    """As is none at all."""
    assert call("dance").exit_code == ExitCode.USAGE
    assert call().exit_code == ExitCode.USAGE


def test_the_version_is_the_packages(call: Call) -> None:
    """`--version` and pyproject.toml agree."""
    import tomllib

    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    assert version == __version__
    assert __version__ in call("--version").stdout


def run(*words: object) -> subprocess.CompletedProcess[bytes]:
    """Run the real thing."""
    command = [sys.executable, "-m", "bundlesolve", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)


def test_the_process_ends_with_the_code(shop: Path, tmp_path: Path) -> None:
    """Outside of tests the codes are those of the process, and errors one line."""
    assert run("solve", shop, "-m", "greedy").returncode == ExitCode.VERIFIED
    assert run("solve", shop, "--steps", "no").returncode == ExitCode.USAGE
    missing = run("solve", tmp_path / "none")
    assert missing.returncode == ExitCode.INVALID_INPUT
    assert missing.stderr.decode().startswith("error: ")
    assert missing.stderr.count(b"\n") == 1


def test_a_closed_pipe_is_silent() -> None:
    """`bundlesolve schema | true` leaves nothing on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "bundlesolve", "schema"],
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    assert process.communicate(timeout=120)[1] == b""
    assert process.returncode == ExitCode.BROKEN_PIPE


def test_a_bug_shows_its_traceback(
    call: Call, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only expected errors become one line."""

    def solve(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    call("solve", "--help")
    monkeypatch.setattr(sys.modules["bundlesolve.cli.solve"], "solve_instance", solve)
    result = call("solve", shop)
    assert isinstance(result.exception, ZeroDivisionError)


def test_a_wrong_answer_of_ours_ends_with_20(
    call: Call, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method whose answer fails verification is told as such."""
    from bundlesolve.errors import WrongAnswer

    def solve(*_: object, **__: object) -> None:
        raise WrongAnswer("magic", "it breaks the budget")

    call("solve", "--help")
    monkeypatch.setattr(sys.modules["bundlesolve.cli.solve"], "solve_instance", solve)
    result = call("solve", shop)
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert "'magic'" in result.stderr


def test_a_bug_is_no_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody expected has a code of its own: 1 is a regression in `bench compare`."""
    module = sys.modules["bundlesolve.cli.main"]

    def broken(**_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(module.cli, "main", broken)
    with pytest.raises(SystemExit) as end:
        module.main()
    assert end.value.code == ExitCode.BUG
    assert (int(ExitCode.BUG), int(ExitCode.REGRESSION)) == (70, 1)

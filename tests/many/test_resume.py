"""The file of answers: a kill at any moment costs what was in progress, and no more."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import bundlesolve as bs
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.main import cli
from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.generate import Qkp
from bundlesolve.many.answer import read_answers
from tests.many.test_solve_many import STEPS, told

COUNT = 80
KILLS = 6


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Instances in files, one of which cannot be read."""
    folder = tmp_path_factory.mktemp("many")
    names = []
    for seed in range(COUNT):
        file = folder / f"{seed}.json"
        bs.write(Qkp(items=12).make(seed), file)
        names.append(str(file))
    Path(names[50]).write_text("nonsense", encoding="utf-8")
    return names


def command(files: list[str], output: Path, *words: str) -> list[str]:
    """Return the command line."""
    call = ["solve-many", *files, "-o", str(output), "-m", "local", "--steps", "300"]
    return [*call, "--no-certify", "--jobs", "2", "--quiet", *words]


def start(*words: str) -> subprocess.Popen[bytes]:
    """Start the command."""
    return subprocess.Popen([sys.executable, "-m", "bundlesolve", *words])


@pytest.fixture(scope="module")
def whole(files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers of an uninterrupted run."""
    output = tmp_path_factory.mktemp("whole") / "answers.jsonl"
    assert start(*command(files, output)).wait() == ExitCode.INVALID_INPUT
    assert len(read_answers(output)) == COUNT
    return output


def lines(file: Path) -> list[tuple[object, ...]]:
    """Return what the file says that does not depend on the clock, by index."""
    return [told(answer) for answer in read_answers(file)]


@pytest.mark.slow
def test_killed_at_random_points(files: list[str], whole: Path, tmp_path: Path) -> None:
    """After each kill the earlier answers are there; the end equals an unkilled run."""
    output = tmp_path / "answers.jsonl"
    chance = random.Random(5)
    kept = b""
    for _ in range(KILLS):
        running = start(*command(files, output, "--resume"))
        deadline = time.monotonic() + 60
        more = chance.randrange(1, 30_000)
        while running.poll() is None and time.monotonic() < deadline:
            if output.exists() and output.stat().st_size > len(kept) + more:
                break
            time.sleep(0.001)
        running.kill()
        running.wait()
        data = output.read_bytes()
        assert data.startswith(kept[: kept.rfind(b"\n") + 1])
        kept = data
    final = start(*command(files, output, "--resume"))
    assert final.wait() == ExitCode.INVALID_INPUT
    assert lines(output) == lines(whole)
    assert len(output.read_bytes().splitlines()) == COUNT


def test_ctrl_c_ends_with_130(files: list[str], whole: Path, tmp_path: Path) -> None:
    """What was written stays, whole lines, and --resume does the rest."""
    output = tmp_path / "answers.jsonl"
    running = start(*command(files, output))
    while running.poll() is None and not (output.exists() and output.stat().st_size):
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    assert running.wait() == ExitCode.INTERRUPTED
    assert output.read_bytes().endswith(b"\n")
    assert start(*command(files, output, "--resume")).wait() == ExitCode.INVALID_INPUT
    assert lines(output) == lines(whole)


def test_a_torn_line_is_repaired(files: list[str], whole: Path, tmp_path: Path) -> None:
    """The last line half written is done again; a finished file is left alone."""
    output = tmp_path / "answers.jsonl"
    output.write_bytes(whole.read_bytes()[:-30])
    solver = bs.get_solver("local")
    stop = bs.Stop(steps=300)
    call = {"stop": stop, "certify": False, "jobs": 1, "output": output, "resume": True}
    answers = list(bs.solve_many(files, solver, **call))  # type: ignore[arg-type]
    assert [told(answer) for answer in answers] == lines(whole) == lines(output)
    before = output.read_bytes()
    again = list(bs.solve_many(files, solver, **call))  # type: ignore[arg-type]
    assert [told(answer) for answer in again] == lines(whole)
    assert output.read_bytes() == before


def test_other_questions_are_answered_again(tmp_path: Path) -> None:
    """Another instance in a place, or another seed: not what the file answers."""
    output = tmp_path / "answers.jsonl"
    instances = [Qkp(items=8).make(seed) for seed in range(3)]
    first = list(bs.solve_many(instances, "greedy", stop=STEPS, jobs=1, output=output))
    instances[1] = Qkp(items=8).make(7)
    again = list(
        bs.solve_many(instances, "greedy", stop=STEPS, jobs=1, output=output, resume=True)
    )
    assert len(output.read_bytes().splitlines()) == 4
    assert again[1].fingerprint == instances[1].fingerprint != first[1].fingerprint
    assert again[0].seconds == first[0].seconds
    assert [told(a) for a in read_answers(output)] == [told(a) for a in again]
    call = {"stop": STEPS, "jobs": 1, "output": output, "resume": True}
    list(bs.solve_many(instances, "greedy", seed=1, **call))  # type: ignore[arg-type]
    assert len(output.read_bytes().splitlines()) == 7


def test_files_that_are_something_else(tmp_path: Path) -> None:
    """One that is there is not written over; one of other lines is not gone on with."""
    output = tmp_path / "answers.jsonl"
    output.write_text("my diary\n", encoding="utf-8")
    with pytest.raises(InvalidParameter, match="new file"):
        bs.solve_many([], "greedy", output=output)
    with pytest.raises(InvalidFile, match="line 1"):
        list(bs.solve_many([], "greedy", output=output, resume=True))
    assert output.read_text(encoding="utf-8") == "my diary\n"


def test_a_line_holds_a_solution_file(tmp_path: Path, tea: bs.Instance) -> None:
    """`bundlesolve check` takes what a line holds."""
    shop, found = tmp_path / "tea.json", tmp_path / "found.json"
    bs.write(tea, shop)
    output = tmp_path / "answers.jsonl"
    call = ["solve-many", str(shop), str(shop), "-o", str(output), "-m", "brute"]
    result = CliRunner().invoke(cli, call)
    assert result.exit_code == ExitCode.VERIFIED, result.stderr
    assert "[2/2]" in result.stderr
    assert "2 optimal" in result.stderr
    line = json.loads(output.read_text(encoding="utf-8").splitlines()[1])
    assert line["status"] == "optimal"
    found.write_text(json.dumps(line["solution"]), encoding="utf-8")
    checked = CliRunner().invoke(cli, ["check", str(shop), str(found), "-q"])
    assert checked.exit_code == ExitCode.VERIFIED

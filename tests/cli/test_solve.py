"""`bundlesolve solve`: what it writes, where, and with which exit code it ends."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.files.solution_json import solution_schema
from tests.cli.conftest import Call


def test_a_verified_answer_ends_with_0(call: Call, shop: Path, tmp_path: Path) -> None:
    """Tea and cake, worth 9, are written and keep the published schema."""
    out = tmp_path / "answer.json"
    result = call("solve", shop, "--method", "brute", "-o", out)
    assert result.exit_code == ExitCode.VERIFIED
    found = json.loads(out.read_text())
    assert found["units"] == {"bundle": {"tea": 1, "cake": 1}}
    assert (found["status"], found["objective"], found["bound"]) == ("optimal", 9, 9)
    assert found["verified"] is True
    jsonschema.validate(found, solution_schema())
    assert "worth     9" in result.stdout


def test_without_o_a_summary_is_printed(call: Call, shop: Path) -> None:
    """A person sees status, worth and what is in."""
    result = call("solve", shop, "-m", "brute")
    assert "optimal (proved) by brute" in result.stdout
    assert "tea, cake" in result.stdout


def test_o_dash_puts_json_alone_on_stdout(call: Call, shop: Path) -> None:
    """The whole of stdout is the solution."""
    result = call("solve", shop, "-m", "brute", "-o", "-")
    assert json.loads(result.stdout)["objective"] == 9


def test_the_instance_comes_from_stdin_and_gzip(call: Call, shop: Path) -> None:
    """FILE may be - and its content compressed."""
    raw = gzip.compress(shop.read_bytes())
    result = call("solve", "-", "-m", "brute", "-o", "-", input=raw)
    assert json.loads(result.stdout)["objective"] == 9


def test_a_stream_ends_with_the_solution(call: Call, shop: Path) -> None:
    """One object an improvement, better every time, the whole solution last."""
    result = call("solve", shop, "-m", "brute", "--json-stream", "-q")
    *moments, last = map(json.loads, result.stdout.splitlines())
    worths = [m["objective"] for m in moments if m["objective"] is not None]
    assert worths == sorted(worths)
    assert worths[-1] == last["objective"] == 9
    assert result.stderr == ""


def test_progress_goes_to_stderr_and_quiet_silences_it(call: Call, shop: Path) -> None:
    """Time, best, bound, gap and source, in plain lines off a terminal."""
    told = call("solve", shop, "-m", "brute").stderr
    assert all(word in told for word in (" s  best ", "bound ", "gap "))
    assert "\r" not in told
    assert call("solve", shop, "-m", "brute", "-q").stderr == ""


def test_proved_infeasible_ends_with_10(call: Call, stuck: Path, tmp_path: Path) -> None:
    """The proof is written, without an answer."""
    out = tmp_path / "answer.json"
    result = call("solve", stuck, "-m", "brute", "-o", out)
    assert result.exit_code == ExitCode.INFEASIBLE
    found = json.loads(out.read_text())
    assert (found["status"], found["units"]) == ("infeasible", None)


def test_no_answer_within_the_limit_ends_with_11(call: Call, stuck: Path) -> None:
    """One step is not enough to find or refute anything."""
    result = call("solve", stuck, "-m", "brute", "--steps", 1)
    assert result.exit_code == ExitCode.NO_ANSWER


def test_require_optimal_ends_with_12(call: Call, shop: Path, tmp_path: Path) -> None:
    """An answer without proof is written all the same."""
    out = tmp_path / "answer.json"
    words = ["solve", shop, "-m", "brute", "--steps", 1, "--no-certify", "-o", out]
    assert call(*words).exit_code == ExitCode.VERIFIED
    assert call(*words, "--require-optimal").exit_code == ExitCode.NOT_OPTIMAL
    assert json.loads(out.read_text())["status"] == "feasible"


@pytest.mark.parametrize(
    "words",
    [
        ["--method", "magic"],
        ["--time-limit", "0"],
        ["--time-limit", "soon"],
        ["--steps", "0"],
        ["--gap", "-1"],
        ["--seed", "-1"],
        ["--threads", "0"],
        ["--from", "papyrus"],
        ["-m", "brute", "--param", "most_points"],
        ["-m", "brute", "--param", "most_points=many"],
        ["-m", "brute", "--param", "most_points=0"],
        ["-m", "brute", "--param", "mood=1"],
        ["-m", "brute", "--param", "most_points=9", "--param", "most-points=9"],
        ["-m", "brute", "--param", "most_points=4"],
        ["-o", "/no/such/folder/out.json"],
        ["-o", "-", "--json-stream"],
        ["--colour", "blue"],
    ],
)
def test_wrong_usage_ends_with_2(call: Call, shop: Path, words: list[str]) -> None:
    """Nonsense, and a method that declines the instance, end without a traceback."""
    result = call("solve", shop, *words)
    assert result.exit_code == ExitCode.USAGE
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "change",
    [
        {"bundlesolve": 99},
        {"items": "tea"},
        {"items": [{"id": "tea", "utility": "much"}]},
        {"items": [{"id": "tea"}, {"id": "tea"}]},
        {"mood": "good"},
    ],
)
def test_invalid_input_ends_with_3(
    call: Call, shop: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    """One line names file, path, what was expected and what came; nothing is written."""
    out = tmp_path / "answer.json"
    shop.write_text(json.dumps(json.loads(shop.read_text()) | change))
    result = call("solve", shop, "-o", out)
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert result.stderr.startswith(f"error: {shop}: $")
    assert ": expected " in result.stderr
    assert ", found " in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


def test_a_file_that_is_not_there_ends_with_3(call: Call, tmp_path: Path) -> None:
    """The line names the file."""
    result = call("solve", tmp_path / "none.json")
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert "none.json" in result.stderr


def test_a_start_is_never_lost(call: Call, shop: Path, tmp_path: Path) -> None:
    """Given the best answer, one step is enough to end with it."""
    best = tmp_path / "best.json"
    call("solve", shop, "-m", "brute", "-o", best)
    words = ["-m", "brute", "--steps", 1, "--start", best, "-o", "-"]
    found = json.loads(call("solve", shop, *words).stdout)
    assert found["objective"] == 9
    assert found["trace"][0]["source"] == "start"


def test_a_start_for_another_shop_ends_with_3(
    call: Call, shop: Path, tmp_path: Path
) -> None:
    """An item that the instance does not have is named."""
    start = tmp_path / "start.json"
    start.write_text(
        '{"bundlesolve-solution": 1, "status": "feasible", "objective": 1,'
        ' "units": {"bundle": {"coffee": 1}}}'
    )
    result = call("solve", shop, "--start", start)
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert "'coffee'" in result.stderr


def test_parameters_reach_the_method(call: Call, shop: Path) -> None:
    """They are typed by the method's fields and told in the solution."""
    words = ["-m", "brute", "-p", "most_points=64", "-o", "-"]
    found = json.loads(call("solve", shop, *words).stdout)
    assert found["parameters"] == {"most_points": 64}


def test_same_seed_and_steps_same_answer(call: Call, shop: Path) -> None:
    """Apart from seconds, two files are equal."""
    words = ["solve", shop, "-m", "local", "--steps", 50, "--seed", 3, "-o", "-"]
    one, two = (json.loads(call(*words).stdout) for _ in range(2))
    for name in ("units", "objective", "status", "stop_reason", "method", "seed"):
        assert one[name] == two[name]
    assert [m["objective"] for m in one["trace"]] == [m["objective"] for m in two["trace"]]

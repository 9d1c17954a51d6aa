"""`bundlesolve check`: what is true passes, what was tampered with does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bundlesolve.cli.exit_codes import ExitCode
from tests.cli.conftest import Call


@pytest.fixture
def answer(call: Call, shop: Path, tmp_path: Path) -> Path:
    """The best answer of the tea shop, in a file."""
    file = tmp_path / "answer.json"
    call("solve", shop, "-m", "brute", "-o", file)
    return file


def test_a_true_answer_is_verified(call: Call, shop: Path, answer: Path) -> None:
    """Every limit is listed with its slack."""
    result = call("check", shop, answer)
    assert result.exit_code == ExitCode.VERIFIED
    assert "money" in result.stdout
    assert "verified   optimal" in result.stdout


@pytest.mark.parametrize(
    "change",
    [
        {"objective": 10},
        {"objective": 9.5},
        {"objective": 10, "bound": 10, "source_objective": 10, "source_bound": 10},
        {"units": {"bundle": {"tea": 1, "vase": 1}}},
        {"units": {"bundle": {"tea": 1, "cake": 1, "vase": 1}}},
        {"units": {"bundle": {"tea": 2, "cake": 1}}},
        {"units": {"bundle": {"tea": -1, "cake": 1}}},
        {"units": {"bundle": {}}},
        {"bound": 10, "source_bound": 10},
        {"bound": 8, "source_bound": 8},
        {"status": "infeasible"},
        {"sense": "minimise", "sign": -1},
        {"source_objective": -9},
        {"verified": False},
    ],
)
def test_a_changed_answer_ends_with_20(
    call: Call, shop: Path, answer: Path, change: dict[str, Any]
) -> None:
    """One line says what was expected and what came."""
    answer.write_text(json.dumps(json.loads(answer.read_text()) | change))
    result = call("check", shop, answer)
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert result.stderr.startswith(f"error: {answer}: $.")
    assert ": expected " in result.stderr


@pytest.mark.parametrize(
    "change", [{"units": {"bundle": {"pot": 1}}}, {"mood": 1}, {"objective": "9"}]
)
def test_what_is_no_solution_ends_with_3(
    call: Call, shop: Path, answer: Path, change: dict[str, Any]
) -> None:
    """An item, field or type that cannot be."""
    answer.write_text(json.dumps(json.loads(answer.read_text()) | change))
    assert call("check", shop, answer).exit_code == ExitCode.INVALID_INPUT


def test_without_an_answer_there_is_nothing_to_verify(
    call: Call, stuck: Path, tmp_path: Path
) -> None:
    """A claim of infeasibility cannot be recomputed."""
    file = tmp_path / "none.json"
    call("solve", stuck, "-m", "brute", "-o", file)
    result = call("check", stuck, file)
    assert result.exit_code == ExitCode.NO_ANSWER
    assert "infeasible" in result.stderr


def test_quiet_leaves_the_word_to_the_exit_code(
    call: Call, shop: Path, answer: Path
) -> None:
    """Nothing on stdout."""
    result = call("check", shop, answer, "-q")
    assert (result.exit_code, result.output) == (ExitCode.VERIFIED, "")


def test_soft_limits_show_their_price(call: Call, tmp_path: Path) -> None:
    """A soft budget may be broken; the table tells what that cost."""
    from bundlesolve import Amounts, Budget, Instance
    from tests.cli.conftest import saved

    money = Budget(name="money", per_unit=Amounts.of({0: 5}), at_most=3, penalty=2)
    instance = Instance(("gift",), utility=np.array([10]), budgets=(money,), name="soft")
    file, out = saved(instance, tmp_path), tmp_path / "out.json"
    call("solve", file, "-m", "brute", "-o", out)
    result = call("check", file, out)
    assert result.exit_code == ExitCode.VERIFIED
    assert "penalties  4" in result.stdout
    assert "objective  6" in result.stdout

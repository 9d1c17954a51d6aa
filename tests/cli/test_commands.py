"""The smaller commands: generate, convert, learn, solvers, schema, doctor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bundlesolve import SOLVERS, Instance, read
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.files.json_schema import schema as instance_schema
from bundlesolve.files.solution_json import solution_schema
from bundlesolve.generate import KINDS, Small
from tests.cli.conftest import Call

ROOT = Path(__file__).resolve().parents[2]


def test_generate_writes_the_instance_of_the_seed(call: Call, tmp_path: Path) -> None:
    """Options are the kind's, in a file or on stdout."""
    file = tmp_path / "small.json"
    words = ["generate", "small", "--items", 4, "--most-points", 64, "--seed", 5]
    assert call(*words, "-o", file).exit_code == 0
    assert read(file) == Small(items=4, most_points=64).make(5)
    assert call(*words).stdout.encode() == file.read_bytes()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_a_command(call: Call, kind: str) -> None:
    """Each explains its options."""
    result = call("generate", kind, "--help")
    assert result.exit_code == 0
    assert "--seed" in result.stdout


@pytest.mark.parametrize(
    "words", [["magic"], ["small", "--items", "x"], ["small", "--items", "0"]]
)
def test_generate_refuses_nonsense(call: Call, words: list[str]) -> None:
    """Unknown kinds, texts that are no numbers, numbers out of range."""
    assert call("generate", *words).exit_code == ExitCode.USAGE


def test_convert_keeps_the_instance(call: Call, tea: Instance, shop: Path) -> None:
    """Through stdout and back."""
    there = call("convert", shop, "-").stdout
    back = shop.with_name("back.json.gz")
    assert call("convert", "-", back, input=there).exit_code == 0
    assert read(back) == tea


def test_convert_writes_for_other_solvers(call: Call, shop: Path) -> None:
    """The format follows the ending, or --to."""
    out = shop.with_suffix(".mps")
    assert call("convert", shop, out).exit_code == 0
    assert "ROWS" in out.read_text()
    assert "aximi" in call("convert", shop, "-", "--to", "lp").stdout


def test_convert_wants_a_known_ending(call: Call, shop: Path) -> None:
    """Before anything is read."""
    assert call("convert", shop, shop.with_suffix(".doc")).exit_code == ExitCode.USAGE


def test_solvers_tell_everything_as_json(call: Call) -> None:
    """One object a method, with documented parameters."""
    found = json.loads(call("solvers", "--json").stdout)
    assert [solver["name"] for solver in found] == sorted(SOLVERS)
    brute = next(solver for solver in found if solver["name"] == "brute")
    (parameter,) = brute.pop("parameters")
    assert parameter["type"] == "int"
    assert parameter["default"] == 1 << 22
    assert parameter["doc"].startswith("Largest box")
    assert set(brute) == {
        *("name", "summary", "proves", "needs", "extra", "installed", "step")
    }


def test_solvers_as_table_and_markdown(call: Call) -> None:
    """Every method has its row."""
    for words in ([], ["--markdown"]):
        told = call("solvers", *words).stdout
        assert all(name in told for name in SOLVERS)
    assert call("solvers", "--markdown", "--json").exit_code == ExitCode.USAGE


def test_schemas_are_the_readers(call: Call) -> None:
    """Of instances, and of solutions."""
    assert json.loads(call("schema").stdout) == instance_schema()
    assert json.loads(call("schema", "--solution").stdout) == solution_schema()


def test_learn_writes_instance_and_card(call: Call, tmp_path: Path) -> None:
    """Columns may be called anything."""
    lines = ["receipt,article,pieces,paid"]
    lines += [f"{r},{a},1,2.50" for r in range(30) for a in ("tea", "cake")[: 1 + r % 2]]
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("\n".join(lines))
    out, card = tmp_path / "shop.json", tmp_path / "card.json"
    columns = ["--basket", "receipt", "--item", "article", "--quantity", "pieces"]
    words = [*columns, "--price", "paid", "-o", out, "--card", card]
    result = call("learn", receipts, *words)
    assert result.exit_code == 0
    assert set(read(out).items) == {"cake", "tea"}
    assert json.loads(card.read_text())["items"] == 2
    assert "baskets 30" in result.stderr
    assert call("learn", receipts).exit_code == ExitCode.INVALID_INPUT


def test_learn_says_what_is_wrong_with_a_file(call: Call, tmp_path: Path) -> None:
    """One line, nothing written."""
    out = tmp_path / "shop.json"
    result = call("learn", tmp_path / "none.csv", "-o", out)
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert result.stderr.count("\n") == 1
    assert not out.exists()


def test_doctor_finds_every_method_well(call: Call) -> None:
    """Or not installed; versions and the kernel cache are shown."""
    result = call("doctor")
    assert result.exit_code == 0, result.stdout
    assert "ILL" not in result.stdout
    assert "kernels warm" in result.stdout
    assert all(name in result.stdout for name in SOLVERS)

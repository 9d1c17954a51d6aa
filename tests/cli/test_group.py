"""`bundlesolve group` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

PAIRS = "first,second,worth\na,b,1.5\nb,c,-1\na,c,0.2\nd,c,0.7\n"
KINDS = ("camera lens tripod", "tea cup kettle")


def test_pairs(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(PAIRS)
    result = call("group", "--pairs", file)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["sets"]["all"]
    assert found["bundles"] == [["a", "b"], ["c", "d"]]
    assert found["objective"] == found["bound"] == "2.2000"
    high = json.loads(call("group", "--pairs", file, "--threshold", 1).stdout)
    assert high["sets"]["all"]["bundles"] == [["a", "b"]]
    assert high["sets"]["all"]["alone"] == ["c", "d"]


def test_learned(call: Call, tmp_path: Path) -> None:
    """Two kinds of articles; 24 sets have bundles of a kind, the last gets them."""
    catalogue, sets, bundles = (tmp_path / f"{n}.csv" for n in ("c", "s", "b"))
    lines = [f"i{i},{KINDS[i % 2]} no{i},Shop > {KINDS[i % 2]}" for i in range(12)]
    catalogue.write_text("\n".join(["item,text,category", *lines]))
    held = {f"s{k:02d}": [(k * 5 + j * 7) % 12 for j in range(5)] for k in range(25)}
    rows = [f"{name},i{i}" for name, some in held.items() for i in some]
    sets.write_text("\n".join(["set,item", *rows]))
    labels = [
        f"{name},kind{i % 2},i{i}"
        for name, some in held.items()
        for i in some
        if name != "s24"
    ]
    bundles.write_text("\n".join(["set,bundle,item", *labels]))
    files = ("--catalogue", catalogue, "--sets", sets, "--bundles", bundles)
    result = call("group", *files, "-o", tmp_path / "out.json")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "out.json").read_text())["sets"]
    assert list(found) == ["s24"]
    parity = [{int(i[1:]) % 2 for i in bundle} for bundle in found["s24"]["bundles"]]
    assert sorted(map(sorted, parity)) == [[0], [1]]


@pytest.mark.parametrize(
    "text",
    ["first,second,worth\na,a,1\n", "first,second,worth\na,b,1\nb,a,2\n", "first,second\n"],
)
def test_wrong_pairs(call: Call, tmp_path: Path, text: str) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(text)
    assert call("group", "--pairs", file).exit_code == 3


def test_one_way_or_the_other(call: Call, tmp_path: Path) -> None:
    assert call("group").exit_code == 2
    assert call("group", "--pairs", "x", "--sets", "y").exit_code == 2
    assert call("learn", "x", "--embedder", "minilm").exit_code == 2

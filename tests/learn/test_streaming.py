"""Read in batches or at once: the same receipts; and frames of other libraries."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.learn import CleaningRule, Columns
from bundlesolve.learn.card import digest
from bundlesolve.learn.cleaning import clean
from bundlesolve.learn.streaming import read_in_batches
from bundlesolve.learn.tables import read_table
from tests.learn.shop import DIRTY, write

COLUMNS = Columns(
    basket="receipt",
    item="article",
    quantity="units",
    price="paid",
    time="when",
    customer="who",
)
RULE = CleaningRule(cancelled="C.*", products="[^P].*", ignore_case=True, least_baskets=1)


def both(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assert that batches of a few rows give the same sales and counts."""
    monkeypatch.setattr("bundlesolve.learn.streaming.BATCH_ROWS", 3)
    monkeypatch.setattr("bundlesolve.learn.streaming.BATCH_BYTES", 512)
    monkeypatch.setattr("bundlesolve.learn.streaming.MERGED", 2)
    once = read_table(path, COLUMNS.text)
    parts = read_table(path, COLUMNS.text, streamed=0)
    assert len(parts) == len(once)
    sales, report = clean(once, COLUMNS, RULE)
    streamed, counted = clean(parts, COLUMNS, RULE)
    assert counted == report
    assert digest(streamed) == digest(sales)
    assert np.array_equal(streamed.customer, sales.customer)  # type: ignore[arg-type]
    assert np.array_equal(streamed.time, sales.time)  # type: ignore[arg-type]


def many(rows: int) -> str:
    """Return receipts of many batches, with duplicates, blanks and quoted cells."""
    rng = np.random.default_rng(0)
    lines = [DIRTY.strip()]
    for k in range(rows):
        who = rng.choice(["ann", "bob", " ann ", ""])
        item = rng.choice(["tea", " TEA", "cake", "mug", ""])
        lines.append(
            f'{k // 3 + 10},{item},{k % 4},{k % 3}.50,2024-02-01 09:00,{who},"a,b"'
        )
        if k % 5 == 0:
            lines.append(lines[-1])
    return "\n".join(lines) + "\n"


def test_csv_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(write(tmp_path, "r.csv", many(200)), monkeypatch)


def test_gzip_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(many(100).encode()))
    both(path, monkeypatch)


@pytest.mark.parametrize("categories", [False, True])
def test_parquet_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, categories: bool
) -> None:
    """Numbers stay numbers, a dictionary of each row group is one of all."""
    frame = pd.read_csv(write(tmp_path, "r.csv", many(100)))
    frame["when"] = pd.to_datetime(frame["when"])
    if categories:
        frame["article"] = frame["article"].astype("category")
    frame.to_parquet(tmp_path / "r.parquet", row_group_size=20)
    both(tmp_path / "r.parquet", monkeypatch)


def test_texts_are_kept_once(tmp_path: Path) -> None:
    """Memory goes with rows and different texts: the long text stands there once."""
    long = "x" * 1000
    path = write(tmp_path, "r.csv", "basket,item\n" + f"1,{long}\n" * 5000)
    table = read_in_batches(path, COLUMNS.text)
    assert table.nbytes < 100_000 < path.stat().st_size


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bno gzip", b"PAR1no parquet", b"a,b\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match="bad"):
        read_table(path, streamed=-1)


def test_wrong_cells_are_named_with_their_row(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", "basket,item,price\n1,a,2\n1,b,cheap\n")
    with pytest.raises(InvalidFile, match="'cheap' in row 2"):
        read_table(path, streamed=0).numbers("price")


class Frame:
    """A table of a library that speaks Arrow, as polars does."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


def test_frames_that_speak_arrow(tmp_path: Path) -> None:
    """Texts of any layout; the same as from a file."""
    table = pa.table({"basket": ["1", "2"], "item": ["a", "b"]})
    views = pa.table(
        {
            "basket": table["basket"].cast(pa.large_string()),
            "item": table["item"].cast(pa.string_view()),
        }
    )
    found = read_table(Frame(views))
    assert found.texts("item").rows() == ["a", "b"]
    assert found.texts("basket").rows() == ["1", "2"]


def test_polars_frames() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame({"basket": [1, 2], "item": ["a", "b"], "price": [1.5, None]})
    found = read_table(frame)
    assert found.texts("basket").rows() == ["1", "2"]
    assert np.isnan(found.numbers("price")[1])


def test_polars_is_never_imported() -> None:
    """Reading a table in memory imports no library of frames."""
    code = (
        "import sys, pyarrow as pa\n"
        "from bundlesolve.learn.tables import read_table\n"
        "read_table(pa.table({'basket': ['1'], 'item': ['a']}))\n"
        "assert 'polars' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

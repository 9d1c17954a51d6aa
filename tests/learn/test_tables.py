"""Columns by name and type from csv and parquet, and what is said when they are not so."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.learn import Columns, TextFormat, read_table
from tests.learn.shop import write


def test_leading_zeros_stay(tmp_path: Path) -> None:
    """An id is a text: 00123 is not 123, and empty cells and NA are missing."""
    table = read_table(write(tmp_path, "r.csv", "item\n00123\n123\nNA\n 123 \n\n"))
    assert table.texts("item").rows() == ["00123", "123", None, "123"]


def test_csv_gzip_and_parquet_say_the_same(tmp_path: Path) -> None:
    """The content tells the format, whatever the file is called."""
    frame = pd.DataFrame({"item": ["a", None, "b"], "units": [1.5, 2.0, None]})
    frame["kind"] = pd.Categorical(["x", "y", "x"])
    frame.to_csv(tmp_path / "r.csv", index=False)
    (tmp_path / "r.any").write_bytes(gzip.compress((tmp_path / "r.csv").read_bytes()))
    frame.to_parquet(tmp_path / "r.dat")
    sources = [tmp_path / "r.csv", tmp_path / "r.any", tmp_path / "r.dat", frame]
    for source in sources:
        table = read_table(source)
        assert table.texts("item").rows() == ["a", None, "b"]
        assert table.texts("kind").rows() == ["x", "y", "x"]
        np.testing.assert_array_equal(table.numbers("units"), [1.5, 2.0, np.nan])
        assert table.repeated().tolist() == [False] * 3


def test_a_shop_on_the_continent(tmp_path: Path) -> None:
    """Semicolons, decimal commas, another encoding and day-first times can be read."""
    path = tmp_path / "r.csv"
    path.write_bytes("Größe;Preis;Zeit\nklein;1,25;31.12.2023 09:30\n".encode("latin-1"))
    text = TextFormat(
        separator=";", decimal=",", encoding="latin-1", time_format="%d.%m.%Y %H:%M"
    )
    table = read_table(path, text)
    assert table.texts("Größe").rows() == ["klein"]
    assert table.numbers("Preis").tolist() == [1.25]
    assert table.times("Zeit").tolist() == [dt.datetime(2023, 12, 31, 9, 30)]  # noqa: DTZ001


def test_cells_of_blanks_are_missing() -> None:
    """A blank id is none, whichever kind of text the table in memory holds."""
    cells = ["", "b", " ", "a", "b ", None]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        table = read_table(pa.table({"item": pa.array(cells, kind)}))
        assert table.texts("item").rows() == [None, "b", None, "a", "b", None]
    empty = read_table(pa.table({"item": pa.nulls(2)}))
    assert empty.texts("item").rows() == [None, None]
    assert np.isnan(empty.numbers("item")).all()


def test_the_index_of_a_frame_is_no_column() -> None:
    """Rows of a shuffled or filtered frame are still duplicates."""
    frame = pd.DataFrame({"item": ["a", "a"]}, index=[7, 3])
    assert read_table(frame).repeated().tolist() == [False, True]


def test_times_may_be_week_numbers(tmp_path: Path) -> None:
    """Plain numbers are an order too."""
    table = read_table(write(tmp_path, "r.csv", "week,day\n7,2024-02-29\n8,2024-03-01\n"))
    assert table.times("week").tolist() == [7, 8]
    assert table.times("day").dtype == np.dtype("datetime64[us]")
    weeks = read_table(pd.DataFrame({"week": [3, 4]}))
    assert weeks.times("week").tolist() == [3, 4]


@pytest.mark.parametrize(
    ("text", "ask", "message"),
    [
        ("a,b\n1,2\n", "texts:c", r"r.csv: column 'c': expected a column of this name, "),
        ("a\n1\nx\n", "numbers:a", r"column 'a': expected a number, found 'x' in row 2"),
        ("a\n1\n2\ninf\n", "numbers:a", r"a finite number, found an infinite one in row 3"),
        (
            "a\n2024-01-01\nsoon\n",
            "times:a",
            r"expected an ISO time without a zone, found 'soon' in row 2",
        ),
        ("a\n2024-01-01T09:00+02:00\n2024-01-01\n", "times:a", r"\+02:00' in row 1"),
        ('a\n7\n\n""\n', "times:a", r"expected a time in every row, found 1 missing"),
        ("a\n1\n1_000\n2\n3\n", "numbers:a", r"found '1_000' in row 2"),
        ("a,a\n1,2\n", "texts:a", r"different column names"),
        ("a,b\n1\n", "texts:a", r"r.csv: \$: expected a csv table in utf8 with ','"),
        ("", "texts:a", r"expected a csv or parquet table, found an empty file"),
        ("a,b\n", "texts:a", r"expected at least one row, found none"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, ask: str, message: str) -> None:
    """Every error names the file, the column and the row."""
    kind, column = ask.split(":")
    with pytest.raises(InvalidFile, match=message):
        getattr(read_table(write(tmp_path, "r.csv", text)), kind)(column)


def test_wrong_bytes_are_refused(tmp_path: Path) -> None:
    """Latin-1 read as UTF-8, half a parquet file and lists in cells are no tables."""
    (tmp_path / "l.csv").write_bytes("a\ncaf\xe9\n".encode("latin-1"))
    with pytest.raises(InvalidFile, match="utf8"):
        read_table(tmp_path / "l.csv")
    (tmp_path / "p").write_bytes(b"PAR1 and no more")
    with pytest.raises(InvalidFile, match="a parquet table"):
        read_table(tmp_path / "p")
    with pytest.raises(InvalidFile, match="<table>: \\$: expected a table"):
        read_table(3)
    lists = read_table(pd.DataFrame({"a": [[1], [2]]}))
    with pytest.raises(InvalidFile, match="texts or numbers"):
        lists.texts("a")


def test_formats_that_make_no_sense() -> None:
    """Two characters between cells and one name for two columns are refused at once."""
    with pytest.raises(InvalidParameter, match="separator"):
        TextFormat(separator="::")
    with pytest.raises(InvalidParameter, match="decimal"):
        TextFormat(decimal=";")
    with pytest.raises(InvalidParameter, match="different names"):
        Columns(basket="id", item="id")

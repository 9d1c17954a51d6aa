"""Columns of a csv or parquet file as NumPy arrays; errors name file and column."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidFile
from bundlesolve.files.source import display_name, read_bytes
from bundlesolve.learn.columns import MISSING, TextFormat
from bundlesolve.learn.streaming import read_in_batches
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

FloatArray = NDArray[np.float64]
STREAMED = 256 << 20
"""Files above this many bytes are read in batches."""


@dataclass(frozen=True)
class Texts:
    """A column of texts: each row's number in a list of different texts.

    Parameters
    ----------
    codes
        Number of each row's text; -1 where it is missing. Shape ``[rows]``.
    values
        The different texts, trimmed, not empty.
    """

    codes: IntArray
    values: list[str]

    def rows(self) -> list[str | None]:
        """Return each row's text, None where it is missing."""
        return [None if code < 0 else self.values[code] for code in self.codes]


class Table:
    """A table whose columns are asked for by name and type.

    Parameters
    ----------
    name
        Name of the source, for errors.
    arrow
        The content.
    text
        How cells are written.
    """

    def __init__(self, name: str, arrow: pa.Table, text: TextFormat) -> None:
        self.name = name
        self.arrow = arrow
        self.text = text
        names = arrow.column_names
        twice = sorted({column for column in names if names.count(column) > 1})
        if twice:
            raise InvalidFile(name, "header", "different column names", f"{twice} twice")

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        return list(self.arrow.column_names)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __contains__(self, column: str) -> bool:
        return column in self.arrow.column_names

    def texts(self, column: str) -> Texts:
        """Return a column as trimmed texts; numbers are written out.

        Raises
        ------
        InvalidFile
            If the column is absent or holds lists or the like.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = self._column(column)
        if pa.types.is_dictionary(cells.type):
            return _coded_texts(cells)
        try:
            cells = pc.utf8_trim_whitespace(cells.cast(pa.string()))
        except pa.ArrowException:
            raise self._wrong(column, "texts or numbers", f"type {cells.type}") from None
        coded = pc.dictionary_encode(cells).combine_chunks()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        values = coded.dictionary.to_pylist()
        if "" in values:
            empty = values.index("")
            codes[codes == empty] = -1
            codes[codes > empty] -= 1
            del values[empty]
        return Texts(codes, values)

    def numbers(self, column: str) -> FloatArray:
        """Return a column as finite numbers, NaN where the value is missing.

        Raises
        ------
        InvalidFile
            If the column is absent or a value is no finite number (with its row).
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = _decoded(self._column(column))
        if pa.types.is_string(cells.type):
            cells = pc.utf8_trim_whitespace(cells)
            if self.text.decimal == ",":
                cells = pc.replace_substring(cells, ",", ".")
            cells = pc.if_else(pc.equal(cells, ""), None, cells)

        def cast(some: Any) -> Any:
            return some.cast(pa.float64(), safe=False)

        try:
            array: FloatArray = cast(cells).to_numpy().astype(np.float64)
        except pa.ArrowException:
            row, bad = _first_bad(cells, cast)
            raise self._wrong(column, "a number", f"{bad!r} in row {row}") from None
        infinite = np.flatnonzero(np.isinf(array))
        if len(infinite):
            row = int(infinite[0]) + 1
            raise self._wrong(column, "a finite number", f"an infinite one in row {row}")
        return array

    def times(self, column: str) -> NDArray[Any]:
        """Return a column as times: ``datetime64[us]``, or ``int64`` for plain numbers.

        Raises
        ------
        InvalidFile
            If the column is absent or a value is no time (with its row).
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = _decoded(self._column(column))
        if pa.types.is_integer(cells.type):
            return self._whole(column, cells)
        pattern = self.text.time_format
        if pa.types.is_string(cells.type):
            cells = pc.utf8_trim_whitespace(cells)
            if pattern is None and _all_whole(cells):
                return self._whole(column, cells.cast(pa.int64()))

        def cast(some: Any) -> Any:
            if pattern is not None and pa.types.is_string(some.type):
                return pc.strptime(some, format=pattern, unit="us")
            return some.cast(pa.timestamp("us"), safe=False)

        try:
            array: NDArray[Any] = cast(cells).to_numpy()
        except pa.ArrowException:
            row, bad = _first_bad(cells, cast)
            expected = (
                "an ISO time without a zone"
                if pattern is None
                else f"a time like {pattern!r}"
            )
            raise self._wrong(column, expected, f"{bad!r} in row {row}") from None
        return array.astype("datetime64[us]")

    def _whole(self, column: str, cells: Any) -> IntArray:
        if cells.null_count:
            raise self._wrong(column, "a time in every row", f"{cells.null_count} missing")
        array: IntArray = cells.to_numpy().astype(np.int64)
        return array

    def repeated(self) -> NDArray[np.bool_]:
        """Return True for each row that equals an earlier one in every column."""
        import pyarrow as pa

        keys = self.arrow.column_names
        row = pa.array(np.arange(len(self)))
        # Texts that are coded by one dictionary are equal where their numbers are.
        columns = [_numbered(cells) for cells in self.arrow.columns]
        table = pa.table([*columns, row], names=[*keys, "\0row"])
        first = table.group_by(keys).aggregate([("\0row", "min")])["\0row_min"]
        repeated = np.ones(len(self), dtype=bool)
        repeated[first.to_numpy()] = False
        return repeated

    def _column(self, column: str) -> Any:
        if column not in self:
            raise self._wrong(column, "a column of this name", self.column_names)
        return self.arrow[column]

    def _wrong(self, column: str, expected: str, found: object) -> InvalidFile:
        return InvalidFile(self.name, f"column {column!r}", expected, found)


def _coded_texts(cells: Any) -> Texts:
    """Return texts that are coded already: only the different ones are trimmed."""
    import pyarrow.compute as pc

    part = cells.combine_chunks()
    trimmed = pc.utf8_trim_whitespace(part.dictionary).to_pylist()
    codes = part.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    number: dict[str, int] = {}
    anew = [number.setdefault(t, len(number)) if t else -1 for t in trimmed]
    return Texts(np.array([*anew, -1], dtype=np.int64)[codes], list(number))


def _decoded(cells: Any) -> Any:
    """Return coded cells as what they stand for; a column at a time has room."""
    import pyarrow as pa

    kind = cells.type
    return cells.cast(kind.value_type) if pa.types.is_dictionary(kind) else cells


def _numbered(cells: Any) -> Any:
    import pyarrow as pa

    if not pa.types.is_dictionary(cells.type):
        return cells
    return cells.combine_chunks().indices


def _all_whole(cells: Any) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(cells, r"^-?\d{1,9}$")).as_py())


def _first_bad(cells: Any, cast: Callable[[Any], Any]) -> tuple[int, object]:
    """Return number (from 1) and content of the first cell that cannot be cast."""
    import pyarrow as pa

    good, bad = 0, len(cells)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            cast(cells[good:middle])
            good = middle
        except pa.ArrowException:
            bad = middle
    return good + 1, cells[good].as_py()


def read_table(
    source: str | os.PathLike[str] | Any,
    text: TextFormat | None = None,
    streamed: int = STREAMED,
) -> Table:
    """Read a table from a csv (also gzip) or parquet file, told apart by content.

    Parameters
    ----------
    source
        Path, ``-`` for standard input, or a table in memory (pandas, polars, pyarrow).
    text
        How a csv file writes things. Default: ``TextFormat()``.
    streamed
        A file above so many bytes is read in batches, in memory that goes with its rows
        (`read_in_batches`); the table says the same. Default 256 MiB.

    Raises
    ------
    InvalidFile
        If it cannot be read, is no table, or has no rows.
    """
    import pyarrow as pa

    text = text or TextFormat()
    if not isinstance(source, str | os.PathLike):
        try:
            table = Table("<table>", _plain(_from_memory(source)), text)
        except (TypeError, pa.ArrowException) as error:
            raise InvalidFile("<table>", "$", "a table", error) from None
    else:
        name = display_name(source)
        if _size(source) > streamed:
            table = Table(name, read_in_batches(source, text), text)
        else:
            table = Table(name, _arrow(read_bytes(source), name, text), text)
    if not len(table):
        raise InvalidFile(table.name, "$", "at least one row", "none")
    return table


def _size(source: str | os.PathLike[str]) -> int:
    """Return a file's size; 0 of what is none, or is not there."""
    path = Path(source)
    return path.stat().st_size if path.is_file() else 0


def _from_memory(source: Any) -> Any:
    import pyarrow as pa

    if hasattr(source, "iloc"):  # pandas, whose index would make every row different
        return pa.Table.from_pandas(source, preserve_index=False)
    return pa.table(source)


def _arrow(data: bytes, name: str, text: TextFormat) -> Any:
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    stream = pa.BufferReader(data)
    if data[:4] == b"PAR1":
        try:
            return _plain(pq.read_table(stream))
        except (pa.ArrowException, OSError) as error:
            raise InvalidFile(name, "$", "a parquet table", error) from None
    if not data.strip():
        raise InvalidFile(name, "$", "a csv or parquet table", "an empty file")
    parse = pc.ParseOptions(delimiter=text.separator, newlines_in_values=True)
    read = pc.ReadOptions(encoding=text.encoding)
    try:
        header = pc.open_csv(stream, read_options=read, parse_options=parse).schema.names
        # Every cell is read as text: types that are guessed would eat leading zeros.
        convert = pc.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            null_values=list(MISSING),
            strings_can_be_null=True,
        )
        stream.seek(0)
        return pc.read_csv(stream, read, parse, convert)
    except (pa.ArrowException, LookupError, UnicodeError) as error:
        expected = f"a csv table in {text.encoding} with {text.separator!r} between cells"
        raise InvalidFile(name, "$", expected, error) from None


def _plain(table: Any) -> Any:
    """Return the table with one type of text, by which rows can be grouped."""
    import pyarrow as pa

    def plain(kind: Any) -> Any:
        if pa.types.is_dictionary(kind):
            return plain(kind.value_type)
        other_text = pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        return pa.string() if other_text or pa.types.is_null(kind) else kind

    fields = [(field.name, plain(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))

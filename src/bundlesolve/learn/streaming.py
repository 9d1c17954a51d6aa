"""Receipts larger than memory: read in batches, texts kept as numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bundlesolve.errors import InvalidFile
from bundlesolve.learn.columns import MISSING, TextFormat

BATCH_BYTES = 16 << 20
"""Bytes of csv that are parsed at a time."""
BATCH_ROWS = 1 << 18
"""Rows of parquet that are read at a time."""
MERGED = 16
"""Batches after which their lists of different texts are made one."""


def read_in_batches(path: str | os.PathLike[str], text: TextFormat) -> Any:
    """Return a csv (also gzip) or parquet file as a table whose texts are coded.

    Of each text column the different texts are kept once and 4 bytes a row, so that
    memory goes with the rows and not with the size of the file; besides, one batch is
    held at a time.

    Returns
    -------
    pyarrow.Table
        Text columns of type ``dictionary``, with one dictionary each.

    Raises
    ------
    InvalidFile
        If it cannot be read or is no table.
    """
    import pyarrow as pa

    name = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise InvalidFile(name, "$", "a readable file", error.strerror) from None
    parquet = head == b"PAR1"
    batches = _of_parquet(name) if parquet else _of_csv(name, text, head[:2] == b"\x1f\x8b")
    whole: list[Any] = []
    try:
        for batch in batches:
            whole.append(coded(pa.Table.from_batches([batch])))
            if len(whole) >= MERGED:
                whole = [_merged(whole)]
        if not whole:
            raise InvalidFile(name, "$", "at least one row", "none")
        return _merged(whole)
    except (pa.ArrowException, OSError, LookupError, UnicodeError) as error:
        expected = "a parquet table"
        if not parquet:
            expected = (
                f"a csv table in {text.encoding} with {text.separator!r} between cells"
            )
        raise InvalidFile(name, "$", expected, error) from None


def coded(table: Any) -> Any:
    """Return the table with its texts as dictionaries, other columns as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for cells in table.columns:
        kind = cells.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        texts = (
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_string_view(kind)
            or pa.types.is_null(kind)
        )
        columns.append(
            pc.dictionary_encode(cells.cast(pa.string())) if texts else cells.cast(kind)
        )
    return pa.table(columns, names=table.column_names)


def _merged(tables: list[Any]) -> Any:
    import pyarrow as pa

    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _of_parquet(name: str) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(name) as file:
        yield from file.iter_batches(batch_size=BATCH_ROWS)


def _of_csv(name: str, text: TextFormat, zipped: bool) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.csv as pc

    compression = "gzip" if zipped else None
    parse = pc.ParseOptions(delimiter=text.separator, newlines_in_values=True)
    read = pc.ReadOptions(encoding=text.encoding, block_size=BATCH_BYTES, use_threads=False)
    with pa.input_stream(name, compression=compression) as stream:
        first = pc.open_csv(stream, read_options=read, parse_options=parse)
        header = first.schema.names
    # Every cell is read as text: types that are guessed would eat leading zeros.
    convert = pc.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        null_values=list(MISSING),
        strings_can_be_null=True,
    )
    with pa.input_stream(name, compression=compression) as stream:
        yield from pc.open_csv(stream, read, parse, convert)

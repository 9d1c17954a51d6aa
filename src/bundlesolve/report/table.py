"""A table before it is drawn anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell: what is shown, and what it is sorted by.

    Parameters
    ----------
    text
        What is shown.
    value
        Number to sort by; None: by the text, and of numbers last.
    """

    text: str
    value: float | None = None


class Column(NamedTuple):
    """A column.

    Parameters
    ----------
    title
        Its head.
    hint
        What is in it, in a sentence. Default: the title says it.
    number
        True where it holds numbers.
    """

    title: str
    hint: str = ""
    number: bool = True


@dataclass(frozen=True)
class Table:
    """Cells in rows and columns.

    Parameters
    ----------
    title
        What it shows.
    columns
        From left to right; the first names the row.
    rows
        One cell for each column.
    note
        What a reader must know, below the table.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

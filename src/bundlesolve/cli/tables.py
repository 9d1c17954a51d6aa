"""Tables on stdout: drawn on a terminal, the same words in wide lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

PLAIN_WIDTH = 200
"""Width of a table that is not shown on a terminal: nothing is cut there."""


@dataclass(frozen=True)
class Table:
    """Words in rows and columns.

    Parameters
    ----------
    columns
        Names of the columns.
    rows
        Texts, one for each column.
    title
        Above the table. Default None.
    right
        Names of the columns that hold numbers. Default: none.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str | None = None
    right: Sequence[str] = ()


def show(table: Table) -> None:
    """Print a table on stdout."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    for column in table.columns:
        # A cut number would be a lie; words may wrap.
        numbers = column in table.right
        drawn.add_column(
            column,
            justify="right" if numbers else "left",
            no_wrap=numbers,
            overflow="fold",
        )
    for row in table.rows:
        drawn.add_row(*[Text(cell) for cell in row])
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    Console(file=sys.stdout, width=width, highlight=False, emoji=False).print(drawn)

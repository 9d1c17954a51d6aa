"""Tables on a stream: drawn by rich."""

from __future__ import annotations

from typing import IO

from bundlesolve.report.table import Table

PLAIN_WIDTH = 220
"""Width of a table that is not shown on a terminal: nothing is cut there."""


def draw(tables: list[Table], stream: IO[str]) -> None:
    """Draw tables one below the other, each with its note."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    width = None if stream.isatty() else PLAIN_WIDTH
    console = Console(file=stream, width=width, highlight=False, emoji=False)
    for table in tables:
        drawn = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
        for column in table.columns:
            # A cut number would be a lie; words may wrap.
            drawn.add_column(
                Text(column.title),
                justify="right" if column.number else "left",
                no_wrap=column.number,
                overflow="fold",
            )
        for row in table.rows:
            drawn.add_row(*[Text(cell.text) for cell in row])
        console.print(drawn)
        if table.note:
            console.print(Text(table.note, style="dim"), width=min(console.width, 100))
            console.print()

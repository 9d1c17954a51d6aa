"""Tables of the page: HTML that reads well without a script, and sorts with one."""

from __future__ import annotations

from html import escape

from bundlesolve.report.table import Cell, Column, Table


def html_table(table: Table, name: str, *, opens: bool = False) -> str:
    """Return a table in a box that scrolls sideways, with its note below.

    Parameters
    ----------
    table
        What to show.
    name
        The element's id.
    opens
        True where each row opens the problem of its number. Default False.
    """
    head = "".join(_head(column) for column in table.columns)
    rows = [_row(table, row, number, opens) for number, row in enumerate(table.rows)]
    body = "\n".join(rows)
    title = escape(table.title)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">'
        f'<table id="{name}" class="sortable"><caption>{title}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>{note}"
    )


def _head(column: Column) -> str:
    hint = f' title="{escape(column.hint)}"' if column.hint else ""
    kind = ' class="number"' if column.number else ""
    title = escape(column.title)
    button = f'<button type="button"{hint}>{title}</button>'
    return f'<th scope="col"{kind}>{button}</th>'


def _row(table: Table, row: tuple[Cell, ...], number: int, opens: bool) -> str:
    first, *rest = row
    name = escape(first.text)
    if opens:
        name = f'<button type="button" class="open">{name}</button>'
    cells = [
        _cell(cell, column) for cell, column in zip(rest, table.columns[1:], strict=True)
    ]
    mark = f' data-problem="{number}"' if opens else ""
    return f'<tr{mark}><th scope="row">{name}</th>{"".join(cells)}</tr>'


def _cell(cell: Cell, column: Column) -> str:
    kind = ' class="number"' if column.number else ""
    # Shown numbers are rounded, so what is sorted by stands beside.
    value = "" if cell.value is None else f' data-value="{cell.value:.12g}"'
    return f"<td{kind}{value}>{escape(cell.text)}</td>"


def html_list(pairs: list[tuple[str, str]]) -> str:
    """Return names and values as a list of definitions."""
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in pairs
    )


def hints_list(table: Table) -> str:
    """Return what the columns mean as a list of definitions."""
    pairs = [(column.title, column.hint) for column in table.columns if column.hint]
    return html_list(pairs)

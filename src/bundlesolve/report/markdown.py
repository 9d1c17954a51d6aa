"""The report as Markdown."""

from __future__ import annotations

from bundlesolve.bench.statistics.measure import Measure
from bundlesolve.report.digest import Digest
from bundlesolve.report.facts import facts
from bundlesolve.report.methods_table import methods_table
from bundlesolve.report.pairs_table import pairs_table
from bundlesolve.report.problems_table import problems_table
from bundlesolve.report.sets_table import sets_of, sets_table
from bundlesolve.report.table import Table

SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|~"} | {"\n": " "})


def markdown(found: Digest) -> str:
    """Return the whole report."""
    parts = [f"# {escaped(found.title)}", _facts(found), _table(methods_table(found))]
    parts += [
        _table(pairs_table(found, measure))
        for measure in (Measure.GAP, Measure.INTEGRAL)
        if found.rankings[measure].pairs
    ]
    if len(sets_of(found)) > 1:
        parts.append(_table(sets_table(found)))
    parts.append(_table(problems_table(found)))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return text.translate(SPECIAL)


def _facts(found: Digest) -> str:
    lines = [f"* {name}: {escaped(value)}" for name, value in facts(found)]
    return "\n".join(lines)


def _table(table: Table) -> str:
    lines = [
        _line([column.title for column in table.columns]),
        "|" + "|".join("--:" if c.number else "---" for c in table.columns) + "|",
        *(_line([cell.text for cell in row]) for row in table.rows),
    ]
    note = f"\n\n{escaped(table.note)}" if table.note else ""
    return f"## {escaped(table.title)}\n\n" + "\n".join(lines) + note


def _line(texts: list[str]) -> str:
    return "| " + " | ".join(escaped(text) for text in texts) + " |"

"""``bundlesolve bench report``: what records say, in tables and on a page."""

from __future__ import annotations

import sys

import click

from bundlesolve.bench.record import Record, read_header, read_records
from bundlesolve.bench.statistics.measure import TARGET_GAP, Measure
from bundlesolve.cli.reading import check_output
from bundlesolve.errors import InvalidFile
from bundlesolve.files.source import write_bytes
from bundlesolve.report.csv_text import csv_text
from bundlesolve.report.digest import Digest, digest
from bundlesolve.report.markdown import markdown
from bundlesolve.report.methods_table import methods_table
from bundlesolve.report.page import page
from bundlesolve.report.pairs_table import pairs_table
from bundlesolve.report.problems_table import problems_table
from bundlesolve.report.sets_table import sets_of, sets_table
from bundlesolve.report.table import Table
from bundlesolve.report.terminal import draw

MEASURES = {measure.value: measure for measure in Measure}


@click.command()
@click.argument("records", metavar="RECORDS...", nargs=-1, required=True)
@click.option("--csv", "csv_file", metavar="FILE", help="Every run as a line of CSV.")
@click.option("--markdown", "markdown_file", metavar="FILE", help="All tables as Markdown.")
@click.option("--html", "html_file", metavar="FILE", help="One page, with charts.")
@click.option(
    "--tests",
    type=click.Choice(sorted(MEASURES)),
    default=Measure.INTEGRAL.value,
    show_default=True,
    help="Measure by which methods are tested against each other on the terminal.",
)
@click.option("--problems", is_flag=True, help="Every problem on the terminal too.")
@click.option(
    "--target",
    type=click.FloatRange(0, 100),
    default=100 * TARGET_GAP,
    show_default=True,
    metavar="PERCENT",
    help="Primal gap that counts as the target.",
)
def report(
    records: tuple[str, ...],
    csv_file: str | None,
    markdown_file: str | None,
    html_file: str | None,
    tests: str,
    problems: bool,
    target: float,
) -> None:
    """Tell what the runs in RECORDS say; several files are read as one.

    The table goes to stdout. FILE may be - for stdout; then the table is left out.
    """
    outputs = ((csv_file, csv_text), (markdown_file, markdown), (html_file, page))
    named = [file for file, _ in outputs if file is not None]
    if len(set(named)) < len(named):
        raise click.UsageError("expected different files for --csv, --markdown and --html")
    for name in named:
        check_output(name)
    found = digest(_read(records), target / 100, planned=_planned(records))
    if "-" not in named:
        draw(_tables(found, MEASURES[tests], problems), sys.stdout)
    for file, write in outputs:
        if file is not None:
            write_bytes(file, write(found).encode())


def _tables(found: Digest, measure: Measure, problems: bool) -> list[Table]:
    tables = [methods_table(found)]
    if len(sets_of(found)) > 1:
        tables.append(sets_table(found))
    if found.rankings[measure].pairs:
        tables.append(pairs_table(found, measure))
    return [*tables, problems_table(found)] if problems else tables


def _read(files: tuple[str, ...]) -> list[Record]:
    return [record for file in files for record in read_records(file)]


def _planned(files: tuple[str, ...]) -> int | None:
    """Return how many runs were asked for; None where a file has no header."""
    try:
        return sum(read_header(file).planned for file in files)
    except InvalidFile:
        return None

"""``bundlesolve bench compare``: did it get worse? Exits with 1 if so."""

from __future__ import annotations

import sys

import click

from bundlesolve.bench.record import read_records
from bundlesolve.bench.statistics.comparison import (
    ALPHA,
    TOLERANCE,
    Comparison,
    compare_records,
)
from bundlesolve.bench.statistics.measure import TARGET_GAP
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.report.comparison_tables import breakages_table, changes_table
from bundlesolve.report.terminal import draw


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True),
    default=ALPHA,
    show_default=True,
    help="Probability of calling any change significant by chance.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=100 * TOLERANCE,
    show_default=True,
    metavar="PERCENT",
    help="By how much seconds and integrals may grow and be noise.",
)
@click.option(
    "--target",
    type=click.FloatRange(0, 100),
    default=100 * TARGET_GAP,
    show_default=True,
    metavar="PERCENT",
    help="Primal gap that counts as the target.",
)
@click.pass_context
def compare(
    ctx: click.Context,
    before: str,
    after: str,
    alpha: float,
    tolerance: float,
    target: float,
) -> None:
    """Compare the runs in B with those in A, methods of the same label.

    Exits with 1 if a method got significantly worse, or a run that had an answer in A is
    late, crashed, failed or wrong in B.
    """
    found = compare_records(read_records(before), read_records(after), target / 100)
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    for side, only in ((before, found.only_before), (after, found.only_after)):
        if only:
            click.echo(f"only in {side}: {', '.join(only)}", err=True)
    tables = [changes_table(found, target / 100, alpha, tolerance / 100)]
    if found.breakages:
        tables.append(breakages_table(found))
    draw(tables, sys.stdout)
    regressions = len(found.regressions(alpha, tolerance / 100))
    click.echo(_verdict(found, regressions))
    if regressions or found.breakages:
        ctx.exit(ExitCode.REGRESSION)


def _verdict(found: Comparison, regressions: int) -> str:
    if not regressions and not found.breakages:
        return "no significant regression"
    parts = [f"{regressions} significant regression{'' if regressions == 1 else 's'}"]
    if found.breakages:
        parts.append(f"{len(found.breakages)} of the runs broke")
    return ", ".join(parts)

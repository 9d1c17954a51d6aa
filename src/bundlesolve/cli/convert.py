"""``bundlesolve convert``: an instance from one format to another."""

from __future__ import annotations

import click

from bundlesolve.cli.reading import check_output, source_options
from bundlesolve.files.formats import WRITERS
from bundlesolve.files.read import read
from bundlesolve.files.write import format_of, write


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@source_options
@click.option(
    "--to",
    "target_format",
    type=click.Choice(sorted(WRITERS)),
    help="Format of OUT.  [default: by its ending; json for -]",
)
def convert(
    source: str,
    target: str,
    source_format: str | None,
    select: str | None,
    target_format: str | None,
) -> None:
    """Read the instance in IN and write it to OUT (- for stdin and stdout)."""
    check_output(target)
    chosen = target_format or format_of(target)
    instance = read(source, format=source_format, select=select)
    write(instance, target, format=chosen)

"""What the commands share: options for the source of an instance, places to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bundlesolve.files.formats import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


def source_options(command: F) -> F:
    """Add ``--from`` and ``--select`` to a command."""
    select = click.option(
        "--select", help="Which of the file's problems (from 1) or budgets (as 25%)."
    )
    source = click.option(
        "--from",
        "source_format",
        type=click.Choice(sorted(FORMATS)),
        metavar="FORMAT",
        help="Format of FILE.  [default: told from its content]",
    )
    return source(select(command))


def check_output(file: str) -> None:
    """Raise a usage error if a file cannot be written; better now than after a search."""
    folder = Path(file).parent
    if file != "-" and not folder.is_dir():
        raise click.BadParameter(f"{folder} is no folder", param_hint="--output")
    if file != "-" and Path(file).is_dir():
        raise click.BadParameter(f"{file} is a folder", param_hint="--output")

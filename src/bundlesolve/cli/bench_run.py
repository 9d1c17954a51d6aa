"""``bundlesolve bench run`` and ``bench resume``: from a suite to records."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from bundlesolve.bench.instances import ENVIRONMENT, sets_folder
from bundlesolve.bench.plan import Job, plan
from bundlesolve.bench.record import (
    VERSION,
    Header,
    Record,
    RunStatus,
    create_records,
    read_header,
    read_records,
)
from bundlesolve.bench.runner import missing
from bundlesolve.bench.runner import run as run_jobs
from bundlesolve.bench.suite import changed, read_suite, suite_of
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.reading import check_output

F = TypeVar("F", bound=Callable[..., Any])

BUGS = (RunStatus.CRASHED, RunStatus.FAILED)


def sets_option(command: F) -> F:
    """Add ``--sets`` to a command."""
    option = click.option(
        "--sets",
        metavar="DIR",
        help=f"Folder of the public sets.  [default: ${ENVIRONMENT}]",
    )
    return option(command)


@click.command()
@click.argument("suite")
@click.option(
    "--output",
    "-o",
    metavar="RECORDS.jsonl",
    help="Where records go, a new file.  [default: the suite's name]",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Runs at a time; with more than one do not compare times.",
)
@click.option(
    "--filter",
    "-f",
    "filters",
    multiple=True,
    metavar="TEXT",
    help="Only runs whose 'instance@select method' contains this, or fits it with *.",
)
@sets_option
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 1e9, min_open=True, max_open=True),
    metavar="SECONDS",
    help="Instead of the suite's.",
)
@click.option("--steps", type=click.IntRange(1), help="Instead of the suite's.")
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.pass_context
def run(  # noqa: PLR0913, PLR0917 - an argument an option
    ctx: click.Context,
    suite: str,
    output: str | None,
    jobs: int,
    filters: tuple[str, ...],
    sets: str | None,
    time_limit: float | None,
    steps: int | None,
    quiet: bool,
) -> None:
    """Run SUITE (a TOML file) and append a record a run.

    Exit codes: 0 done, 20 an answer failed verification, 70 a run crashed or failed,
    130 interrupted: go on with `bundlesolve bench resume`.
    """
    content = changed(read_suite(suite), seconds=time_limit, steps=steps)
    parsed = suite_of(content, suite)
    file = output or f"{parsed.name}.jsonl"
    check_output(file)
    folder = Path(suite).resolve().parent
    found = sets_folder(sets)
    planned = plan(parsed, found, folder, filters)
    where = None if found is None else _seen_from(file, found)
    home = _seen_from(file, folder)
    header = Header(VERSION, content, len(planned), filters, jobs, where, home)
    create_records(file, header)
    ctx.exit(_do(planned, file, jobs, quiet))


@click.command()
@click.argument("records")
@click.option("--jobs", "-j", type=click.IntRange(1), help="[default: as before]")
@sets_option
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.pass_context
def resume(
    ctx: click.Context, records: str, jobs: int | None, sets: str | None, quiet: bool
) -> None:
    """Do the runs that RECORDS lacks: after a kill, or with instances that are new.

    The finished file has the records of an uninterrupted one.
    """
    header = read_header(records)
    suite = suite_of(header.suite, records)
    home = Path(records).resolve().parent
    if sets is None and header.sets is not None:
        sets = str(home / header.sets)
    planned = plan(suite, sets_folder(sets), home / header.folder, header.filters)
    left = missing(planned, records)
    if not quiet:
        done = len(planned) - len(left)
        click.echo(f"{done} of {len(planned)} runs are there", err=True)
    ctx.exit(_do(left, records, jobs or header.jobs, quiet))


def _seen_from(file: str, folder: Path) -> str:
    """Return the way from a file's folder to another one."""
    return os.path.relpath(folder.resolve(), Path(file).resolve().parent)


def _do(planned: Sequence[Job], file: str, jobs: int, quiet: bool) -> ExitCode:
    """Do the runs, tell each in a line, and return how the command ends."""
    done = 0

    def tell(record: Record) -> None:
        nonlocal done
        done += 1
        if not quiet:
            click.echo(f"[{done}/{len(planned)}] {line_of(record)}", err=True)

    run_jobs(planned, file, jobs, tell)
    counts = Counter(record.status for record in read_records(file))
    if not quiet:
        told = ", ".join(
            f"{counts[status]} {status}" for status in RunStatus if counts[status]
        )
        click.echo(f"{file}: {told or 'no runs'}", err=True)
    if counts[RunStatus.UNVERIFIED]:
        return ExitCode.NOT_VERIFIED
    return ExitCode.BUG if any(counts[status] for status in BUGS) else ExitCode.VERIFIED


def line_of(record: Record) -> str:
    """Return a record in one line for people."""
    words = [f"{record.problem} {record.method}: {record.status}"]
    if record.objective is not None:
        words.append(record.objective)
        if record.best_known is not None:
            words.append(f"({deviation(record):+.4f} % of best known)")
    if record.seconds is not None:
        words.append(f"in {record.seconds:.2f} s")
    if record.error and record.status not in (RunStatus.OPTIMAL, RunStatus.FEASIBLE):
        words.append(f"- {record.error.splitlines()[0][:120]}")
    return " ".join(words)


def deviation(record: Record) -> Decimal:
    """Return how far the answer is above the best known value, in per cent of it."""
    assert record.objective is not None
    assert record.best_known is not None
    best = record.signed(record.best_known)
    return 100 * (record.signed(record.objective) - best) / max(abs(best), Decimal(1))

"""``bundlesolve solve``: read, search, write, and tell how it ended."""

from __future__ import annotations

from collections.abc import Callable

import click
import msgspec

from bundlesolve.cli.certify import write_certificate
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.progress import Progress
from bundlesolve.cli.reading import check_output, source_options
from bundlesolve.cli.search_options import DEFAULT_SECONDS, Search, search_options
from bundlesolve.files.read import read
from bundlesolve.files.solution_json import (
    encode_solution,
    moment_document,
    read_solution,
    write_solution,
)
from bundlesolve.interrupts import Patience
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve as solve_instance
from bundlesolve.stop import StopReason


@click.command()
@click.argument("file")
@search_options
@click.option("--threads", type=click.IntRange(1), help="For methods that have threads.")
@click.option(
    "--start", metavar="SOLUTION", help="Start from this answer; never end below it."
)
@source_options
@click.option("--output", "-o", metavar="OUT.json", help="Write the solution here.")
@click.option(
    "--certificate",
    metavar="PROOF.json",
    help="Prove the answer best, for as long again, and write the proof here.",
)
@click.option(
    "--json-stream",
    is_flag=True,
    help="One JSON object an improvement on stdout, the solution last.",
)
@click.option(
    "--require-optimal", is_flag=True, help="Exit 12 unless the answer is proved best."
)
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--verbose", "-v", count=True, help="Log more; twice: everything.")
@click.pass_context
def solve(  # noqa: PLR0913, PLR0917 - an argument an option
    ctx: click.Context,
    file: str,
    search: Search,
    threads: int | None,
    start: str | None,
    source_format: str | None,
    select: str | None,
    output: str | None,
    certificate: str | None,
    json_stream: bool,
    require_optimal: bool,
    quiet: bool,
    verbose: int,
) -> None:
    """Choose the best bundle of the instance in FILE (- for stdin; gzip is fine).

    The answer is recomputed from the instance before it is written. Without -o a summary
    is printed.
    """
    if json_stream and output == "-":
        raise click.UsageError("--json-stream and -o - both want stdout")
    set_verbosity(verbose, quiet=quiet)
    solver, stop = search.solver(threads), search.stop
    for place in (output, certificate):
        if place is not None:
            check_output(place)
    instance = read(file, format=source_format, select=select)
    known = None if start is None else read_solution(start, instance)
    patient: Patience = ctx.obj
    with Progress(instance, quiet=quiet) as progress:
        solution = solve_instance(
            instance,
            solver,
            stop=stop,
            seed=search.seed,
            start=known,
            certify=search.certify,
            on_improve=_teller(instance, patient, progress, json_stream),
        )
    if output is not None:
        write_solution(output, solution)
    if json_stream:
        click.echo(encode_solution(solution, indent=-1))
    elif output != "-":
        click.echo(str(solution))
    if certificate is not None and not patient.asked:
        seconds = stop.seconds or DEFAULT_SECONDS
        write_certificate(certificate, instance, solution, seconds, patient, quiet=quiet)
    ctx.exit(exit_code(solution, patient.asked, require_optimal))


def _teller(
    instance: Instance, patient: Patience, progress: Progress, json_stream: bool
) -> Callable[[Improvement], None]:
    """Return what is done at every improvement."""
    encoder = msgspec.json.Encoder(decimal_format="number")

    def tell(improvement: Improvement) -> None:
        if improvement.objective is not None:
            patient.holding = True
        progress.improved(improvement)
        if json_stream:
            click.echo(encoder.encode(moment_document(instance, improvement)))

    return tell


def exit_code(solution: Solution, asked: bool, require_optimal: bool) -> ExitCode:
    """Return how the command ends, ``asked`` being whether a signal came."""
    if asked or solution.stop_reason is StopReason.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if solution.status is Status.INFEASIBLE:
        return ExitCode.INFEASIBLE
    if solution.status is Status.UNKNOWN:
        return ExitCode.NO_ANSWER
    if require_optimal and solution.status is not Status.OPTIMAL:
        return ExitCode.NOT_OPTIMAL
    return ExitCode.VERIFIED

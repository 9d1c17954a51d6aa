"""``bundlesolve certify``: a proof about an answer, in a file that can be replayed."""

from __future__ import annotations

import click

from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.reading import check_output, source_options
from bundlesolve.files.read import read
from bundlesolve.files.solution_json import read_solution
from bundlesolve.interrupts import Patience
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution

DEFAULT_SECONDS = 60.0


@click.command()
@click.argument("file")
@click.argument("solution")
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="PROOF.json",
    help="Write the certificate here (compressed where the name ends in .gz).",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 1e9, min_open=True, max_open=True),
    metavar="SECONDS",
    default=DEFAULT_SECONDS,
    show_default=True,
    help="Wall clock; after it the bound proved so far is certified.",
)
@source_options
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.pass_context
def certify(
    ctx: click.Context,
    file: str,
    solution: str,
    output: str,
    time_limit: float,
    source_format: str | None,
    select: str | None,
    quiet: bool,
) -> None:
    """Prove that SOLUTION is best for the instance in FILE, or that there is none.

    `bundlesolve check FILE SOLUTION --certificate PROOF.json` replays the proof. Exits
    with 20 where nothing at all can be claimed. Interrupted it writes what it has.
    """
    set_verbosity(0, quiet=quiet)
    check_output(output)
    instance = read(file, format=source_format, select=select)
    answer = read_solution(solution, instance)
    patient: Patience = ctx.obj
    patient.holding = True
    write_certificate(output, instance, answer, time_limit, patient, quiet=quiet)
    ctx.exit(ExitCode.INTERRUPTED if patient.asked else ExitCode.VERIFIED)


def write_certificate(
    output: str,
    instance: Instance,
    solution: Solution,
    seconds: float,
    patient: Patience,
    *,
    quiet: bool = False,
) -> None:
    """Prove what can be proved of an answer within some seconds and write it."""
    from bundlesolve.prove.certify import certify as prove

    certificate = prove(
        instance, solution, seconds=seconds, keep_going=lambda: not patient.asked
    )
    certificate.write(output)
    if not quiet:
        bound = certificate.document.bound
        proved = "" if bound is None else f" {bound}"
        nodes, size = len(certificate.document.proof), certificate.size
        text = f"certified  {certificate.claim.value}{proved}, {nodes} nodes, {size} bytes"
        click.echo(text, err=True)

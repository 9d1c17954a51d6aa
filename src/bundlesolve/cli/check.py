"""``bundlesolve check``: recompute a solution from its instance."""

from __future__ import annotations

import click

from bundlesolve.certificate.document import Certificate
from bundlesolve.certificate.replay import replay
from bundlesolve.cli.exit_codes import ExitCode, Failure
from bundlesolve.cli.reading import source_options
from bundlesolve.cli.tables import Table, show
from bundlesolve.cli.verification import disagreements
from bundlesolve.files.read import read
from bundlesolve.files.solution_document import Document, parse
from bundlesolve.files.solution_json import units_table, use_document
from bundlesolve.files.source import display_name, read_bytes
from bundlesolve.model.check import Verdict
from bundlesolve.model.check import check as judge
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Status

MOST_ROWS = 200
PROVED = (Status.OPTIMAL, Status.INFEASIBLE)


@click.command()
@click.argument("file")
@click.argument("solution")
@source_options
@click.option(
    "--certificate",
    "proof",
    metavar="PROOF.json",
    help="Replay this proof that the answer is best, or bounded, or that there is none.",
)
@click.option("--quiet", "-q", is_flag=True, help="No table; the exit code tells.")
def check(
    file: str,
    solution: str,
    source_format: str | None,
    select: str | None,
    proof: str | None,
    quiet: bool,
) -> None:
    """Recompute the worth and every limit of SOLUTION from the instance in FILE.

    Exits with 20 unless the solution's answer, objective and status agree with that. A
    bound or a claim of infeasibility cannot be recomputed, but a certificate of them can
    be replayed, in whole numbers and by none of the engine's code; it exits with 20 if it
    does not prove what is claimed. A solution without an answer and without a proof that
    there is none exits with 11.
    """
    instance = read(file, format=source_format, select=select)
    name = display_name(solution)
    document = parse(read_bytes(solution), name)
    certificate = None if proof is None else Certificate.read(proof)
    if document.units is None:
        _without_answer(document, name, instance, certificate, quiet)
        return
    verdict = judge(instance, units_table(document.units, instance, name))
    wrong = disagreements(document, instance, verdict)
    if not quiet:
        show(limits_table(instance, verdict))
        click.echo(f"worth      {to_decimal(verdict.worth, instance.decimals)}")
        click.echo(f"penalties  {to_decimal(verdict.penalty, instance.decimals)}")
        click.echo(f"objective  {to_decimal(verdict.objective, instance.decimals)}")
    if document.fingerprint not in (None, instance.fingerprint):
        click.echo("note: the solution was made for another instance", err=True)
    if wrong:
        lines = [
            f"{name}: {w.place}: expected {w.expected}, found {w.found}" for w in wrong
        ]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        raise Failure(f"{lines[0]}{more}", ExitCode.NOT_VERIFIED)
    if certificate is not None:
        _replay(document, instance, certificate, quiet)
    if not quiet:
        click.echo(f"verified   {document.status.value}")


def _replay(
    document: Document, instance: Instance, certificate: Certificate, quiet: bool
) -> None:
    """Replay a certificate and say what it proves."""
    units = document.units
    table = None if units is None else units_table(units, instance, "solution")
    found = replay(instance, table, certificate)
    proved = "" if found.bound is None else f" {to_decimal(found.bound, instance.decimals)}"
    if document.status in PROVED and found.claim.value != document.status.value:
        text = f"{certificate.name}: $.claim: expected {document.status.value!r}, as the"
        text += f" solution says, found {found.claim.value!r}"
        raise Failure(text, ExitCode.NOT_VERIFIED)
    if not quiet:
        click.echo(f"proved     {found.claim.value}{proved}")
        click.echo(
            f"proof      {found.nodes} nodes, {found.steps} bounds, {found.sets} sets"
        )
        click.echo(f"size       {certificate.size} bytes")
        click.echo(f"replayed   {found.seconds:.2f} s")


def _without_answer(
    document: Document,
    name: str,
    instance: Instance,
    certificate: Certificate | None,
    quiet: bool,
) -> None:
    from bundlesolve.files.solution_document import contradictions

    for wrong in contradictions(document):
        text = f"{name}: {wrong.place}: expected {wrong.expected}, found {wrong.found}"
        raise Failure(text, ExitCode.NOT_VERIFIED)
    if certificate is not None:
        _replay(document, instance, certificate, quiet)
        if document.status is Status.INFEASIBLE:
            return
    text = f"{name}: no answer to check, status {document.status.value}"
    raise Failure(text, ExitCode.NO_ANSWER)


def limits_table(instance: Instance, verdict: Verdict) -> Table:
    """Return every limit's use, the first `MOST_ROWS`, broken ones first."""
    columns = ["limit", "name", "bundle", "used", "at least", "at most", "slack", "penalty"]
    uses = sorted(verdict.uses, key=lambda use: use.violation == 0)
    rows = []
    for use in uses[:MOST_ROWS]:
        cells = use_document(instance, use)
        keys = ["kind", "name", "bundle", "used", "at_least", "at_most", "slack", "penalty"]
        rows.append(["" if cells[key] is None else str(cells[key]) for key in keys])
    title = None
    if len(uses) > MOST_ROWS:
        title = f"{MOST_ROWS} of {len(uses)} limits"
    return Table(columns, rows, title, right=("used", "at least", "at most", "slack"))

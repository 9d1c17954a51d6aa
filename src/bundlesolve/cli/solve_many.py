"""``bundlesolve solve-many``: files in, a line of JSON for each out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import click

from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.reading import check_output, source_options
from bundlesolve.cli.search_options import Search, search_options
from bundlesolve.many.answer import Answer, AnswerStatus
from bundlesolve.many.solve_many import solve_many as solve_instances
from bundlesolve.many.source import Source

MEGABYTE = 1_000_000
ENDS = {
    AnswerStatus.CRASHED: ExitCode.BUG,
    AnswerStatus.FAILED: ExitCode.BUG,
    AnswerStatus.UNREAD: ExitCode.INVALID_INPUT,
    AnswerStatus.REFUSED: ExitCode.USAGE,
    AnswerStatus.LATE: ExitCode.NO_ANSWER,
    AnswerStatus.UNKNOWN: ExitCode.NO_ANSWER,
    AnswerStatus.INFEASIBLE: ExitCode.INFEASIBLE,
}
"""How the command ends, the worst first."""


@click.command("solve-many")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="ANSWERS.jsonl",
    help="A line for each file is appended here, a new file but for --resume.",
)
@click.option("--resume", is_flag=True, help="Go on with what the output lacks.")
@search_options
@click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Workers.  [default: one a core]"
)
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="MB",
    help="A worker that holds more is ended.",
)
@source_options
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.pass_context
def solve_many(  # noqa: PLR0913, PLR0917 - an argument an option
    ctx: click.Context,
    files: tuple[str, ...],
    output: str,
    resume: bool,
    search: Search,
    jobs: int | None,
    memory: int | None,
    source_format: str | None,
    select: str | None,
    quiet: bool,
) -> None:
    """Solve the instances in FILES on all cores, a line of JSON for each.

    Whatever happens to one, the others go on. Each line has the place of its file in the
    list (``index``), its name, how it ended and the solution as `bundlesolve solve` writes
    it.

    Exit codes: 0 an answer for each, 2 the method declines one, 3 one cannot be read,
    10 one is proved infeasible, 11 one without an answer within the limit, 70 one crashed
    or failed, 130 interrupted: go on with --resume.
    """
    check_output(output)
    if output == "-":
        raise click.BadParameter("a file is needed, to go on with", param_hint="--output")
    answers = solve_instances(
        [Source(file, source_format, select) for file in files],
        search.solver(),
        stop=search.stop,
        seed=search.seed,
        certify=search.certify,
        jobs=jobs,
        output=output,
        resume=resume,
        ordered=False,
        memory=None if memory is None else memory * MEGABYTE,
    )
    counts: Counter[AnswerStatus] = Counter()
    for answer in answers:
        counts[answer.status] += 1
        if not quiet:
            told = f"[{counts.total()}/{len(files)}] {told_line(answer)}"
            click.echo(told, err=True)
    if not quiet:
        click.echo(f"{output}: {_summary(counts)}", err=True)
    ctx.exit(exit_code(counts))


def told_line(answer: Answer) -> str:
    """Return an answer in one line for people."""
    words = [f"{answer.name}: {answer.status}"]
    if answer.objective is not None:
        words.append(str(answer.objective))
    if answer.gap is not None:
        words.append(f"(gap {100 * answer.gap:.3g} %)")
    if answer.error:
        words.append(f"- {answer.error.splitlines()[0][:120]}")
    return " ".join(words)


def _summary(counts: Mapping[AnswerStatus, int]) -> str:
    return ", ".join(f"{counts[s]} {s}" for s in AnswerStatus if counts[s])


def exit_code(counts: Mapping[AnswerStatus, int]) -> ExitCode:
    """Return how the command ends: by the worst that happened to an instance."""
    found = (code for status, code in ENDS.items() if counts[status])
    return next(found, ExitCode.VERIFIED)

"""Every set of instances: how each method did on it."""

from __future__ import annotations

from dataclasses import replace

from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.statistics.deviation import deviations
from bundlesolve.bench.statistics.solved import solved
from bundlesolve.report.digest import Digest
from bundlesolve.report.methods_table import other_ends
from bundlesolve.report.table import Cell, Column, Table
from bundlesolve.report.words import percent


def sets_of(found: Digest) -> dict[str, tuple[str, ...]]:
    """Return the problems of each set, a set being what an instance's name begins with."""
    sets: dict[str, list[str]] = {}
    for problem in found.runs.problems:
        name = found.runs.on(problem)[0].instance.partition("/")[0]
        sets.setdefault(name, []).append(problem)
    return {name: tuple(problems) for name, problems in sets.items()}


def sets_table(found: Digest) -> Table:
    """Return one line for each set and method, in the order of the file."""
    columns = (
        Column("set", "Folder of the instances.", number=False),
        Column("method", number=False),
        Column("runs"),
        Column("answers", "Runs with an answer that the harness verified."),
        Column("best", "Runs whose answer is as good as the best known or found."),
        Column("proved", "Runs that settled their problem."),
        Column("deviation %", "Mean deviation of the answers from the best value."),
        Column("worst %", "Largest deviation of any of its answers."),
        Column("unverified", "Runs whose answer or claims failed verification."),
        Column("other ends", "Runs that hold no answer, by how they ended.", number=False),
    )
    rows = tuple(
        _row(found, name, problems, method)
        for name, problems in sets_of(found).items()
        for method in found.methods
    )
    return Table("Sets", columns, rows)


def _row(
    found: Digest, name: str, problems: tuple[str, ...], method: str
) -> tuple[Cell, ...]:
    runs = replace(found.runs, problems=problems)
    counts, away = solved(runs, method), deviations(runs, method)
    unverified = counts.statuses.get(RunStatus.UNVERIFIED, 0)
    return (
        Cell(name),
        Cell(method),
        Cell(str(counts.runs), counts.runs),
        Cell(str(counts.answered), counts.answered),
        Cell(str(counts.best), counts.best),
        Cell(str(counts.proved), counts.proved),
        Cell(percent(away.mean), away.mean),
        Cell(percent(away.worst), away.worst),
        Cell(str(unverified), unverified),
        Cell(other_ends(counts)),
    )

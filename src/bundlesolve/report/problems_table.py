"""Every problem: its size, the best value, and how far each method stayed from it."""

from __future__ import annotations

from statistics import fmean

from bundlesolve.bench.statistics.deviation import problem_deviations
from bundlesolve.report.digest import Digest
from bundlesolve.report.table import Cell, Column, Table
from bundlesolve.report.words import NOTHING, percent


def problems_table(found: Digest) -> Table:
    """Return one line for each problem, in the order of the file."""
    columns = (
        Column("problem", "Instance, and which problem of its file.", number=False),
        Column("items"),
        Column("pairs", "Pairs of items with a synergy."),
        Column("best", "Best value known or found."),
        Column(
            "source",
            "known: before; found: by a run, with nothing known, or better than it; "
            "proved: known or proved to be optimal.",
            number=False,
        ),
        *(
            Column(
                method, f"Mean deviation of {method} in per cent; runs without an answer."
            )
            for method in found.methods
        ),
    )
    rows = tuple(_row(found, problem) for problem in found.runs.problems)
    note = (
        "Deviations in per cent of the best known value, mean over a method's answers; "
        "positive is worse, negative is better than what was known. '2 of 3' tells how "
        "many runs have an answer where not all have."
    )
    return Table("Problems", columns, rows, note)


def _row(found: Digest, problem: str) -> tuple[Cell, ...]:
    runs = found.runs
    on, reference = runs.on(problem), runs.references[problem]
    items = max(run.items for run in on)
    pairs = max(run.pairs for run in on)
    best = reference.best
    told = "infeasible" if reference.infeasible else NOTHING
    if best is not None:
        told = reference.told(best)
    return (
        Cell(problem),
        Cell(str(items), items),
        Cell(str(pairs), pairs),
        Cell(told, None if best is None else float(best)),
        Cell(_kind(found, problem)),
        *(_deviation(found, problem, method) for method in found.methods),
    )


def _kind(found: Digest, problem: str) -> str:
    reference = found.runs.references[problem]
    if reference.best is None:
        return NOTHING
    source = "known" if reference.best == reference.known else "found"
    return f"{source}, proved" if reference.proved else source


def _deviation(found: Digest, problem: str, method: str) -> Cell:
    runs = found.runs
    part = runs.part(problem, method)
    if not part:
        return Cell("absent")
    if runs.references[problem].infeasible:
        proofs = sum(run.proved for run in part)
        return Cell(f"proved {proofs} of {len(part)}")
    answers = sum(run.solved for run in part)
    deviations = problem_deviations(runs, problem, method)
    if not answers:
        return Cell(" ".join(dict.fromkeys(run.status.value for run in part)))
    if not deviations:
        return Cell("best is 0")
    mean = fmean(deviations)
    few = "" if answers == len(part) else f" ({answers} of {len(part)})"
    return Cell(percent(mean) + few, mean)

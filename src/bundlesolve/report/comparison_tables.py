"""Two files of records compared, in tables."""

from __future__ import annotations

from bundlesolve.bench.statistics.comparison import Change, Comparison
from bundlesolve.report.pairs_table import measure_name
from bundlesolve.report.table import Cell, Column, Table
from bundlesolve.report.words import chance, number, percent, seconds


def changes_table(
    found: Comparison, target: float, alpha: float, tolerance: float
) -> Table:
    """Return every measure of every method, before and after."""
    columns = (
        Column("method", number=False),
        Column("measure", number=False),
        Column("problems"),
        Column("before"),
        Column("after"),
        Column("better", "Problems on which it got better."),
        Column("equal"),
        Column("worse"),
        Column("effect", "Rank-biserial correlation: 1 all better, -1 all worse."),
        Column("p (worse)", "One-sided Wilcoxon, corrected by Holm."),
        Column("p (better)", "The same the other way round."),
        Column("verdict", number=False),
    )
    rows = tuple(
        _row(change, target, _verdict(change, alpha, tolerance))
        for change in sorted(found.changes, key=lambda change: change.method)
    )
    note = (
        f"{found.problems} problem{'' if found.problems == 1 else 's'} in both; seeds "
        "averaged first; means of seconds are shifted geometric (shift 1 s), runs that "
        "never get there count as the limit; runs without an answer have a gap of 100 %. "
        f"Significant: p < {alpha:g} after Holm's correction over all rows, and more than "
        f"{100 * tolerance:g} % where a clock has a say."
    )
    return Table("Changes", columns, rows, note)


def _row(change: Change, target: float, verdict: str) -> tuple[Cell, ...]:
    told = seconds if change.measure.timed else percent
    return (
        Cell(change.method),
        Cell(measure_name(change.measure, target)),
        Cell(str(change.problems), change.problems),
        Cell(told(change.before), change.before),
        Cell(told(change.after), change.after),
        Cell(str(change.better), change.better),
        Cell(str(change.equal), change.equal),
        Cell(str(change.worse), change.worse),
        Cell(number(change.effect), change.effect),
        Cell(chance(change.p_worse), change.p_worse),
        Cell(chance(change.p_better), change.p_better),
        Cell(verdict),
    )


def _verdict(change: Change, alpha: float, tolerance: float) -> str:
    if change.is_regression(alpha, tolerance):
        return "REGRESSION"
    return "improvement" if change.is_improvement(alpha, tolerance) else ""


def breakages_table(found: Comparison) -> Table:
    """Return every run that held an answer before and broke after."""
    columns = tuple(
        Column(title, number=False)
        for title in ("problem", "method", "repetition", "before", "after", "error")
    )
    rows = tuple(
        (
            Cell(broken.problem),
            Cell(broken.method),
            Cell(str(broken.repetition), broken.repetition),
            Cell(broken.before.value),
            Cell(broken.after.value),
            Cell(broken.error),
        )
        for broken in found.breakages
    )
    return Table("Runs that broke", columns, rows, "Each of these is a regression.")

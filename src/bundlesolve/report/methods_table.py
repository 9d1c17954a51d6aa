"""The table that a reader looks at first: one line for each method."""

from __future__ import annotations

from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.statistics.solved import Solved
from bundlesolve.bench.statistics.summary import Summary
from bundlesolve.bench.statistics.treatment import TREATMENT
from bundlesolve.report.digest import Digest
from bundlesolve.report.table import Cell, Column, Table
from bundlesolve.report.words import number, percent, seconds, size

ANSWERED = (RunStatus.OPTIMAL, RunStatus.FEASIBLE)


def methods_table(found: Digest) -> Table:
    """Return one line for each method, the best first, absent ones last."""
    target = f"{100 * found.target:g} %"
    columns = (
        Column("method", "Its label in the suite.", number=False),
        Column("runs", "All of its runs in the file."),
        Column("answers", "Runs with an answer that the harness verified."),
        Column("best", "Runs whose answer is as good as the best known or found."),
        Column("proved", "Runs that proved their answer optimal, or that there is none."),
        Column(
            "deviation %",
            "Mean deviation of the answers from the best known value (best found where "
            "none is known); positive is worse, negative is better. In brackets: over how "
            "many runs, where a best value of 0 makes some a percentage of nothing.",
        ),
        Column("worst %", "Largest deviation of any of its answers."),
        Column("gap %", "Mean primal gap of the answer; 100 without one."),
        Column(
            "integral %",
            "Mean primal integral over the time limit: the gap averaged over time.",
        ),
        Column(
            f"s to {target}",
            f"Shifted geometric mean of the seconds until the gap is at most {target}, "
            f"shift {found.shift:g} s; the limit where that never comes.",
        ),
        Column(
            "s to proof",
            "The same of the seconds until the problem is settled.",
        ),
        Column("rank", "Mean rank by primal integral; 1 is best."),
        Column("memory", "Largest peak of its process tree."),
        Column("other ends", "Runs that hold no answer, by how they ended.", number=False),
    )
    rows = tuple(_row(line) for line in found.lines)
    left_out = next(iter(found.rankings.values())).left_out
    note = f"Shift of the geometric means: {found.shift:g} s. {TREATMENT}"
    if left_out:
        note += f" Ranks leave out {left_out} of {len(found.runs.problems)} problems."
    return Table("Methods", columns, rows, note)


def _row(line: Summary) -> tuple[Cell, ...]:
    counts, away = line.solved, line.deviations
    mean = percent(away.mean)
    if away.undefined:
        mean += f" ({away.counted} runs)"
    return (
        Cell(line.method),
        Cell(str(counts.runs), counts.runs),
        Cell(str(counts.answered), counts.answered),
        Cell(str(counts.best), counts.best),
        Cell(str(counts.proved), counts.proved),
        Cell(mean, away.mean),
        Cell(percent(away.worst), away.worst),
        Cell(percent(line.gap), line.gap),
        Cell(percent(line.integral), line.integral),
        Cell(seconds(line.target_seconds), line.target_seconds),
        Cell(seconds(line.proof_seconds), line.proof_seconds),
        Cell(number(line.mean_rank), line.mean_rank),
        Cell(size(line.peak_memory), line.peak_memory),
        Cell(other_ends(counts)),
    )


def other_ends(counts: Solved) -> str:
    """Return how the runs without an answer ended, in words."""
    parts = [
        f"{count} {status.value}"
        for status, count in sorted(counts.statuses.items())
        if status not in ANSWERED
    ]
    if counts.contradicted:
        parts.append(f"{counts.contradicted} contradicted by others")
    return ", ".join(parts)

"""Tests between methods, in a table."""

from __future__ import annotations

from bundlesolve.bench.statistics.measure import Measure
from bundlesolve.bench.statistics.pairs import Ranking
from bundlesolve.report.digest import Digest
from bundlesolve.report.table import Cell, Column, Table
from bundlesolve.report.words import chance, number

COLUMNS = (
    Column("better ranked", "The method with the lower mean rank.", number=False),
    Column("against", "The other method.", number=False),
    Column("wins", "Problems on which the first is better."),
    Column("ties", "Problems on which they are equal."),
    Column("losses", "Problems on which the second is better."),
    Column("effect", "Rank-biserial correlation: 1 all for the first, 0 neither, -1 none."),
    Column("p", "Wilcoxon's signed-rank test, two-sided."),
    Column("p (Holm)", "The same after Holm's correction for the number of pairs."),
)


def measure_name(measure: Measure, target: float) -> str:
    """Return what a measure is called before readers."""
    return {
        Measure.GAP: "primal gap of the answer, %",
        Measure.INTEGRAL: "primal integral over the limit, %",
        Measure.TARGET: f"seconds to within {100 * target:g} % of the best",
        Measure.PROOF: "seconds to the proof",
    }[measure]


def pairs_table(found: Digest, measure: Measure) -> Table:
    """Return every pair of methods by one measure, the surest difference first."""
    ranks = found.rankings[measure]
    pairs = sorted(ranks.pairs, key=lambda pair: (pair.corrected, -abs(pair.effect)))
    rows = tuple(
        (
            Cell(pair.first),
            Cell(pair.second),
            Cell(str(pair.wins), pair.wins),
            Cell(str(pair.ties), pair.ties),
            Cell(str(pair.losses), pair.losses),
            Cell(number(pair.effect), pair.effect),
            Cell(chance(pair.p), pair.p),
            Cell(chance(pair.corrected), pair.corrected),
        )
        for pair in pairs
    )
    title = f"Tests by {measure_name(measure, found.target)}"
    return Table(title, COLUMNS, rows, friedman_words(ranks))


def friedman_words(ranks: Ranking) -> str:
    """Return what the tests rest on, and whether the methods differ at all."""
    used = len(ranks.scores.problems)
    words = f"Over {used} problem{'' if used == 1 else 's'}, seeds averaged first"
    if ranks.left_out:
        words += f"; {ranks.left_out} left out, where a method or a score is missing"
    means = ", ".join(
        f"{method} {rank:.2f}"
        for method, rank in sorted(ranks.mean_ranks.items(), key=lambda pair: pair[1])
    )
    if means:
        words += f". Mean ranks: {means}"
    test = ranks.friedman
    if test is None:
        return words + ". Friedman's test needs 3 methods and 2 problems."
    return words + (
        f". Friedman's test that all are alike: chi-squared {test.statistic:.2f} with "
        f"{test.methods - 1} degrees of freedom, p {chance(test.p)}."
    )

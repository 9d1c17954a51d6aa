"""Every method against every other: tests over problems, corrected for their number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from bundlesolve.bench.statistics.effect import rank_biserial, wins
from bundlesolve.bench.statistics.holm import holm
from bundlesolve.bench.statistics.measure import Scores
from bundlesolve.bench.statistics.ranks import Friedman, friedman, rank_table
from bundlesolve.bench.statistics.wilcoxon import wilcoxon


@dataclass(frozen=True)
class Pair:
    """Two methods on the same problems.

    Parameters
    ----------
    first, second
        Their names; the first has the lower (better) mean rank.
    wins, ties, losses
        Problems on which the first is better, equal, worse.
    p, corrected
        Wilcoxon's two-sided p-value, alone and after Holm's correction over all pairs.
    effect
        Rank-biserial correlation: 1 where the first always wins, -1 where it always
        loses.
    """

    first: str
    second: str
    wins: int
    ties: int
    losses: int
    p: float
    corrected: float
    effect: float


@dataclass(frozen=True)
class Ranking:
    """Methods ranked by one measure, seeds averaged first.

    Parameters
    ----------
    scores
        The scores ranked: only problems in which every method took part.
    left_out
        Number of the other problems.
    mean_ranks
        By method, 1 is best.
    friedman
        Test that all are alike; None with too few methods or problems.
    pairs
        All pairs of methods.
    """

    scores: Scores
    left_out: int
    mean_ranks: dict[str, float]
    friedman: Friedman | None
    pairs: tuple[Pair, ...]


def ranking(scores: Scores) -> Ranking:
    """Return the ranks of the methods, and the tests between them."""
    table = scores.complete()
    left_out = len(scores.problems) - len(table.problems)
    if not table.problems:
        return Ranking(table, left_out, {}, None, ())
    means = rank_table(table.values).mean(axis=0)
    ranks = dict(zip(table.methods, map(float, means), strict=True))
    ordered = sorted(table.methods, key=ranks.__getitem__)
    tests = [(a, b, table.of(a), table.of(b)) for a, b in combinations(ordered, 2)]
    values = [wilcoxon(first, second).p for _, _, first, second in tests]
    pairs = [
        Pair(a, b, *wins(first, second), p, corrected, rank_biserial(first, second))
        for (a, b, first, second), p, corrected in zip(
            tests, values, holm(values), strict=True
        )
    ]
    return Ranking(table, left_out, ranks, friedman(table.values), tuple(pairs))

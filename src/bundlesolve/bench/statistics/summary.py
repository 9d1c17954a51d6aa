"""One line for each method: what a reader looks at first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.bench.statistics.deviation import Deviations, deviations
from bundlesolve.bench.statistics.measure import (
    TARGET_GAP,
    Measure,
    Scores,
    mean_scores,
)
from bundlesolve.bench.statistics.pairs import ranking
from bundlesolve.bench.statistics.runs import Runs
from bundlesolve.bench.statistics.shifted_mean import SHIFT, shifted_geometric_mean
from bundlesolve.bench.statistics.solved import Solved, solved


@dataclass(frozen=True)
class Summary:
    """One method over all problems; means are over problems, seeds averaged first.

    Parameters
    ----------
    method, kind
        Its name, and whether it is a ``solver``, a ``peer`` or a ``command``.
    problems
        Problems in which it took part.
    solved
        How its runs ended.
    deviations
        From the best known value.
    gap, integral
        Mean primal gap of the answer, and mean primal integral over the time limit, both
        per cent; None where it took part in nothing.
    target_seconds, proof_seconds
        Shifted geometric means of the seconds to the target and to the proof, the limit
        where they never come; None likewise.
    mean_rank
        By primal integral among the problems on which all methods ran; None without any.
    peak_memory
        Largest of its runs in bytes; None where not measured.
    """

    method: str
    kind: str
    problems: int
    solved: Solved
    deviations: Deviations
    gap: float | None
    integral: float | None
    target_seconds: float | None
    proof_seconds: float | None
    mean_rank: float | None
    peak_memory: int | None


def summaries(
    runs: Runs, target: float = TARGET_GAP, shift: float = SHIFT
) -> list[Summary]:
    """Return a line for each method in the file, absent ones too, the best first."""
    scores = {measure: mean_scores(runs, measure, target) for measure in Measure}
    ranks = ranking(scores[Measure.INTEGRAL]).mean_ranks
    found = []
    for method in runs.methods:
        integral = _values(scores[Measure.INTEGRAL], method)
        seconds = {
            measure: shifted_geometric_mean(_values(scores[measure], method), shift)
            for measure in (Measure.TARGET, Measure.PROOF)
        }
        own = runs.by(method)
        memory = [run.peak_memory for run in own if run.peak_memory is not None]
        found.append(
            Summary(
                method=method,
                kind=own[0].kind,
                problems=sum(bool(runs.part(name, method)) for name in runs.problems),
                solved=solved(runs, method),
                deviations=deviations(runs, method),
                gap=_mean(_values(scores[Measure.GAP], method)),
                integral=_mean(integral),
                target_seconds=seconds[Measure.TARGET],
                proof_seconds=seconds[Measure.PROOF],
                mean_rank=ranks.get(method),
                peak_memory=max(memory, default=None),
            )
        )
    return sorted(
        found, key=lambda line: np.inf if line.integral is None else line.integral
    )


def _values(scores: Scores, method: str) -> list[float]:
    if method not in scores.methods:
        return []
    values = scores.of(method)
    return [float(value) for value in values[~np.isnan(values)]]


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None

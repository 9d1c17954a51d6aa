"""Numbers behind the charts of the page, as plain lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bundlesolve.bench.record import Moment, Record
from bundlesolve.bench.statistics.gap_over_time import gap_over_time, time_grid
from bundlesolve.bench.statistics.measure import (
    FloatArray,
    Measure,
    mean_scores,
    median_scores,
)
from bundlesolve.bench.statistics.profile import profile
from bundlesolve.bench.statistics.solved import best_bound
from bundlesolve.bench.statistics.time_to_target import target_curve, target_seconds
from bundlesolve.report.digest import Digest
from bundlesolve.report.pairs_table import measure_name

POINTS = 120
"""Most points of a curve over all problems."""
BOOTSTRAP_SEED = 2002

Number = float | None


def curve_data(found: Digest) -> dict[str, Any]:
    """Return what the charts over all problems draw."""
    return {
        "methods": list(found.methods),
        "absent": [name for name in found.runs.methods if name not in found.methods],
        "target": f"{100 * found.target:g} %",
        "profiles": {measure.value: _profile(found, measure) for measure in Measure},
        "gaps": _gaps(found),
        "targets": _targets(found),
        "measures": [
            {
                "name": measure.value,
                "title": measure_name(measure, found.target),
                "timed": measure.timed,
                "scores": _scores(found, measure),
            }
            for measure in Measure
        ],
    }


def problem_data(found: Digest, points: int | None, problems: int) -> list[dict[str, Any]]:
    """Return what is to be seen of single problems.

    Parameters
    ----------
    found
        What the report tells.
    points
        Most steps of each run's trace, 0: no traces; None: no single runs at all.
    problems
        Number of problems, from the first.
    """
    rest = [name for name in found.runs.methods if name not in found.methods]
    places = {name: place for place, name in enumerate([*found.methods, *rest])}
    return [
        {
            **_problem(found, name),
            "runs": [_run(found, run, points, places) for run in found.runs.on(name)]
            if points is not None
            else [],
        }
        for name in found.runs.problems[:problems]
    ]


def _scores(found: Digest, measure: Measure) -> list[list[Number]]:
    table = mean_scores(found.runs, measure, found.target)
    columns = [table.of(method) for method in found.methods]
    rows = range(len(table.problems))
    return [[_short(column[row]) for column in columns] for row in rows]


def _profile(found: Digest, measure: Measure) -> dict[str, Any]:
    table = median_scores(found.runs, measure, found.target).complete()
    order = [table.methods.index(method) for method in found.methods]
    curves = profile(table.values[:, order])
    kept = _thinned(range(len(curves.factors)), POINTS)
    return {
        "x": _numbers(curves.factors[kept]),
        "y": [_numbers(line[kept]) for line in curves.shares],
        "problems": curves.problems,
        "left": len(found.runs.problems) - curves.problems,
    }


def _gaps(found: Digest) -> dict[str, Any]:
    grid = time_grid(found.runs, POINTS)
    lines = [gap_over_time(found.runs, method, grid) for method in found.methods]
    return {
        "x": _numbers(grid),
        "y": [_numbers(line.median) for line in lines],
        "low": [_numbers(line.low) for line in lines],
        "high": [_numbers(line.high) for line in lines],
        "problems": max((line.problems for line in lines), default=0),
    }


def _targets(found: Digest) -> dict[str, Any]:
    grid = time_grid(found.runs, POINTS)
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    lines = [
        target_curve(target_seconds(found.runs, method, found.target), grid, rng)
        for method in found.methods
    ]
    return {
        "x": _numbers(grid),
        "y": [_numbers(line.shares) for line in lines],
        "low": [_numbers(line.low) for line in lines],
        "high": [_numbers(line.high) for line in lines],
    }


def _problem(found: Digest, name: str) -> dict[str, Any]:
    runs = found.runs
    on, reference = runs.on(name), runs.references[name]
    known, best, bound = reference.known, reference.found, best_bound(runs, name)
    return {
        "name": name,
        "items": max(run.items for run in on),
        "pairs": max(run.pairs for run in on),
        "bundles": max(run.bundles for run in on),
        "sense": "minimise" if reference.minimise else "maximise",
        "known": None if known is None else reference.told(known),
        "found": None if best is None else reference.told(best),
        "bound": None if bound is None else reference.told(bound),
        "proved": reference.proved or reference.infeasible,
        "infeasible": reference.infeasible,
        "horizon": _short(runs.horizons[name]),
    }


def _run(found: Digest, run: Record, points: int, places: dict[str, int]) -> list[object]:
    """Return a run as a bare row, which `problem.js` names: there may be thousands."""
    gap = found.runs.traces[run.key].final
    return [
        places[run.method],
        run.repetition,
        run.status.value,
        run.objective,
        run.bound,
        _short(100 * gap) if run.solved else None,
        _short(run.seconds),
        run.error[:300],
        _trace(run.incumbents, points) if run.solved else [],
        _trace(run.bounds, points),
    ]


def _trace(moments: Sequence[Moment], points: int) -> list[list[Number]]:
    return [[_short(step.seconds), _value(step.value)] for step in _thin(moments, points)]


def _thin(moments: Sequence[Moment], points: int) -> list[Moment]:
    return [moments[place] for place in _thinned(range(len(moments)), points)]


def _thinned(places: range, most: int) -> list[int]:
    """Return some of the places, evenly, the first and the last among them."""
    if len(places) <= most:
        return list(places)
    if not most:
        return []
    chosen = np.linspace(0, len(places) - 1, max(most, 2)).round().astype(int)
    return [int(place) for place in dict.fromkeys(chosen)]


def _numbers(values: FloatArray | Iterable[float]) -> list[Number]:
    return [_short(float(value)) for value in values]


def _value(text: str) -> Number:
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _short(value: float | None) -> Number:
    """Return a number with five digits that matter; None for what JSON cannot hold."""
    if value is None or not math.isfinite(value):
        return None
    short = float(f"{value:.5g}")
    return int(short) if short.is_integer() else short

"""The report as CSV: one line a run, with everything that is computed from it."""

from __future__ import annotations

import csv
import io
import math

from bundlesolve.bench.record import Record
from bundlesolve.bench.statistics.deviation import deviation
from bundlesolve.bench.statistics.measure import Measure, score
from bundlesolve.bench.statistics.reference import value_of
from bundlesolve.bench.statistics.solved import is_best, is_contradicted, is_proved
from bundlesolve.report.digest import Digest

COLUMNS = (
    *("suite", "instance", "select", "method", "kind", "seed", "repetition"),
    *("status", "stop_reason", "objective", "bound", "minimise"),
    *("best_known", "best_known_proved", "best_found"),
    *("best", "proved", "contradicted"),
    *("deviation_percent", "gap_percent", "integral_percent"),
    *("target_seconds", "proof_seconds", "seconds", "total_seconds", "limit_seconds"),
    *("peak_memory", "items", "pairs", "bundles", "threads", "jobs"),
    *("load", "calibration", "started", "revision", "error"),
)


def csv_text(found: Digest) -> str:
    """Return every run as a line; empty cells where there is no such number.

    ``target_seconds`` and ``proof_seconds`` are empty where that never came.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for problem in found.runs.problems:
        for run in found.runs.on(problem):
            writer.writerow(_row(found, problem, run))
    return stream.getvalue()


def _row(found: Digest, problem: str, run: Record) -> dict[str, object]:
    reference = found.runs.references[problem]
    value, best = value_of(run), reference.compared
    away = None
    if value is not None and best is not None:
        away = deviation(value, best, reference.rounding)
    scores = {m: score(found.runs, problem, run, m, found.target) for m in Measure}
    plain = (
        *("suite", "instance", "select", "method", "kind", "seed", "repetition"),
        *("stop_reason", "objective", "bound", "best_known"),
        *("seconds", "total_seconds", "peak_memory", "items", "pairs", "bundles", "jobs"),
        *("started", "revision", "error"),
    )
    return {
        **{name: _safe(getattr(run, name)) for name in plain},
        "status": run.status.value,
        "minimise": None if run.minimise is None else int(run.minimise),
        "best_known_proved": int(run.best_known_proved),
        "best_found": None if reference.found is None else reference.told(reference.found),
        "best": int(is_best(run, reference)),
        "proved": int(is_proved(run, reference)),
        "contradicted": int(is_contradicted(run, reference)),
        "deviation_percent": _number(away),
        "gap_percent": _number(scores[Measure.GAP]),
        "integral_percent": _number(scores[Measure.INTEGRAL]),
        "target_seconds": _number(scores[Measure.TARGET]),
        "proof_seconds": _number(scores[Measure.PROOF]),
        "limit_seconds": run.limits.seconds,
        "threads": run.limits.threads,
        "load": run.machine.load,
        "calibration": run.machine.calibration,
    }


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.9g}"


def _safe(value: object) -> object:
    # A spreadsheet would take such a text for a formula; numbers may begin with a minus.
    if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r"):
        return f"'{value}"
    return value

"""Records made by hand and by chance, for tests of what is told about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bundlesolve.bench.limits import Limits
from bundlesolve.bench.machine import Machine
from bundlesolve.bench.record import Moment, Record, RunStatus

LIMIT = 10.0
MACHINE = Machine("A Processor", 2, 8 << 30, "Linux 6 x86_64", "3.11.7", 0.5, 0.002)


def run(
    method: str = "local",
    instance: str = "set/a",
    objective: str | None = None,
    steps: Sequence[tuple[float, str]] = (),
    *,
    status: RunStatus | None = None,
    seconds: float | None = LIMIT,
    repetition: int = 0,
    limit: float | None = LIMIT,
    bound: str | None = None,
    best_known: str | None = None,
    minimise: bool = False,
    suite: str = "made",
    bounds: Sequence[tuple[float, str]] = (),
    **more: Any,
) -> Record:
    """Return a record; with an objective and no steps it is found at the end."""
    if status is None:
        status = RunStatus.UNKNOWN if objective is None else RunStatus.FEASIBLE
    trace = tuple(Moment(time, n, value) for n, (time, value) in enumerate(steps, 1))
    if objective is not None and not trace:
        trace = (Moment(seconds or 0.0, 1, objective),)
    proof = bounds or (() if bound is None else ((seconds or 0.0, bound),))
    return Record(
        suite=suite,
        instance=instance,
        select="",
        method=method,
        seed=repetition,
        repetition=repetition,
        status=status,
        objective=objective,
        bound=bound,
        incumbents=trace,
        bounds=tuple(Moment(time, 0, value) for time, value in proof),
        seconds=seconds,
        minimise=minimise,
        best_known=best_known,
        limits=Limits(seconds=limit),
        machine=MACHINE,
        **more,
    )


SPEEDS = {"auto": 1.0, "local": 0.8, "genetic": 3.0, "mip": 2.5, "peer-scip": 4.0}
EXACT = {"auto", "mip", "peer-scip"}


def crowd(
    seed: int = 0,
    problems: int = 24,
    repetitions: int = 2,
    speeds: dict[str, float] = SPEEDS,
    steps: int = 12,
    accidents: bool = True,
) -> list[Record]:
    """Return runs as they come: methods of several speeds, every third problem minimised.

    One method is absent, one problem is infeasible, and with ``accidents`` one in thirty
    runs crashes or comes late.
    """
    rng = np.random.default_rng(seed)
    found: list[Record] = []
    for number in range(problems):
        size = int(rng.integers(100, 400))
        best = int(rng.integers(20_000, 90_000))
        hardness = float(rng.lognormal(0.0, 0.8))
        minimise = number % 3 == 2
        infeasible = number == problems - 1 and problems > 3
        shape = {
            "items": size,
            "pairs": size * size // 8,
            "bundles": 1,
            "fingerprint": f"{number:064x}",
            "machine": MACHINE,
            "versions": {"bundlesolve": "0.1.0", "numpy": "2.1.0"},
            "revision": "0123456789ab",
            "started": f"2026-01-02T03:{number % 60:02d}:00+00:00",
            "best_known_proved": number % 2 == 0,
            "known_infeasible": infeasible,
        }
        # Nothing happens to those whose fate is 1 or more.
        safe = 0.0 if accidents else 1.0
        for repetition in range(repetitions):
            for method, speed in speeds.items():
                found.append(
                    _run_of(
                        rng,
                        method,
                        f"set/problem-{number:03d}",
                        repetition,
                        best,
                        hardness * speed,
                        steps,
                        minimise,
                        infeasible,
                        shape,
                        safe,
                    )
                )
            found.append(
                run(
                    "peer-gurobi",
                    f"set/problem-{number:03d}",
                    repetition=repetition,
                    status=RunStatus.ABSENT,
                    seconds=None,
                    kind="peer",
                    error="gurobipy is not installed",
                    **_without(shape, "fingerprint"),
                )
            )
    return found


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in (name, "machine")}


def _run_of(
    rng: np.random.Generator,
    method: str,
    instance: str,
    repetition: int,
    best: int,
    hardness: float,
    steps: int,
    minimise: bool,
    infeasible: bool,
    shape: dict[str, Any],
    safe: float,
) -> Record:
    more = {key: value for key, value in shape.items() if key != "machine"}
    more["kind"] = "peer" if method.startswith("peer") else "solver"
    more["peak_memory"] = int(rng.integers(80, 400)) << 20
    known = None if infeasible else str(best)
    sign = 1 if minimise else -1
    kwargs = {"repetition": repetition, "minimise": minimise, "best_known": known, **more}
    fate = safe + rng.random()
    if infeasible:
        if method in EXACT:
            taken = min(LIMIT, hardness)
            return run(
                method,
                instance,
                status=RunStatus.INFEASIBLE,
                seconds=taken,
                **kwargs,
            )
        return run(method, instance, **kwargs)
    if fate < 0.015:
        return run(
            method,
            instance,
            status=RunStatus.CRASHED,
            seconds=0.4,
            error="signal 11",
            **kwargs,
        )
    if fate < 0.03:
        return run(
            method,
            instance,
            status=RunStatus.LATE,
            seconds=LIMIT + 10,
            error="ended at 20.000 s",
            **kwargs,
        )
    times = np.sort(rng.exponential(hardness, steps))
    times = times[times < LIMIT]
    gaps = np.sort(rng.random(len(times)) ** 2 / 4)[::-1]
    values = [best + sign * round(best * gap) for gap in gaps]
    done = hardness * 3 < LIMIT
    if values and done:
        values[-1] = best
    kept: list[tuple[float, str]] = []
    for time, value in zip(times, values, strict=True):
        if not kept or kept[-1][1] != str(value):
            kept.append((round(float(time), 6), str(value)))
    if not kept:
        return run(method, instance, **kwargs)
    proved = done and method in EXACT
    slack = 0 if proved else round(best * 0.03 * hardness)
    bound = str(best - sign * slack) if method in EXACT or method == "local" else None
    end = min(LIMIT, kept[-1][0] * 1.4) if proved else LIMIT
    proof = [
        (
            round(end * part, 6),
            str(best - sign * round(slack + best * 0.2 * (1 - part) ** 2)),
        )
        for part in (0.01, 0.05, 0.2, 0.5, 0.8, 1.0)
    ]
    return run(
        method,
        instance,
        kept[-1][1],
        kept,
        status=RunStatus.OPTIMAL if proved else RunStatus.FEASIBLE,
        seconds=end,
        bound=bound,
        bounds=() if bound is None else proof,
        **kwargs,
    )

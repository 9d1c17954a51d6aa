"""Time, cost per move and memory against size: ``python bench/scaling.py OUT_FOLDER``.

Each size is solved by ``auto`` in a process of its own, whose peak memory is its own. CPU
seconds are told besides wall clock, for a busy machine shows in the latter only. Writes
``scaling.csv`` and ``scaling.svg`` (both axes logarithmic), and prints the table.

The clock of a solve covers everything that `bundlesolve.solve` does with an instance in
memory: compiling it, greedy, search, bound and check. Making the instance is told apart.
``arrays_mb`` are all arrays of the instance, each once; ``peak_mb`` is the most that the
process had in memory until the answer was there, ``base_mb`` what it had before the
instance was made (Python, its packages, compiled kernels); ``times_arrays`` is their
difference in ``arrays_mb``.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
from numba import njit

import bundlesolve as bs
from bundlesolve.generate import KINDS
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.point import Point, move, new_point
from bundlesolve.model.compile import compile
from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.frozen import Frozen
from bundlesolve.model.program import Program
from bundlesolve.solvers.layouts import layout_of

SIZES = (
    ("retail", 1_000, 10_000, 10),
    ("retail", 10_000, 100_000, 20),
    ("retail", 100_000, 1_000_000, 60),
    ("team", 1_000, 0, 10),
    ("team", 10_000, 0, 20),
    ("team", 100_000, 0, 60),
)
LARGEST = (("retail", 1_000_000, 10_000_000, 300), ("team", 1_000_000, 0, 300))
SKILLS_PER_PERSON = 0.25
"""Skills of a team instance for each person: about ten pairs each whatever the size."""
MOVES = 100_000
"""Moves of random variables whose CPU time is divided by their number."""
COLUMNS = (
    "kind",
    "items",
    "synergies",
    "make_s",
    "compile_s",
    "solve_s",
    "cpu_s",
    "greedy",
    "objective",
    "bound",
    "gap",
    "us_per_move",
    "arrays_mb",
    "base_mb",
    "peak_mb",
    "times_arrays",
)
DRAWN = ("us_per_move", "peak_mb", "compile_s", "solve_s")


def measure(kind: str, items: int, synergies: int, seconds: float) -> dict[str, object]:
    """Return one row of the table."""
    if kind == "team":
        skills = max(1, round(SKILLS_PER_PERSON * items))
        options = {"items": items, "skills": skills}
    else:
        options = {"items": items, "synergies": synergies}
    bs.solve(KINDS["retail"](items=60, synergies=200).make(1), stop=bs.Stop(seconds=1))  # type: ignore[call-arg]
    base, began = peak_memory(), time.process_time()
    instance = KINDS[kind](**options).make(1)
    made, arrays = time.process_time() - began, size_of(instance, set())
    cpu, wall = time.process_time(), time.perf_counter()
    found = bs.solve(instance, stop=bs.Stop(seconds=seconds))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = peak_memory()
    floor = [step.objective for step in found.trace if step.source == "greedy"]
    return {
        "kind": kind,
        "items": instance.n,
        "synergies": len(instance.synergies),
        "make_s": round(made, 1),
        "compile_s": round(found.timings["compile"], 2),
        "solve_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "greedy": floor[-1] if floor else None,
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "us_per_move": round(cost_per_move(compile(instance).program), 2),
        "arrays_mb": round(arrays / 1e6, 1),
        "base_mb": round(base),
        "peak_mb": round(peak),
        "times_arrays": round((peak - base) / (arrays / 1e6), 1),
    }


def peak_memory() -> float:
    """Return the most megabytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def size_of(value: object, seen: set[int]) -> int:
    """Return the bytes of all arrays of a record and of the records in it, each once."""
    if isinstance(value, np.ndarray):
        fresh = id(value) not in seen
        seen.add(id(value))
        return value.nbytes if fresh else 0
    if isinstance(value, Frozen):
        return sum(size_of(getattr(value, f.name), seen) for f in fields(value))
    if isinstance(value, ExtraWorths):
        return sum(size_of(getattr(value, name), seen) for name in value.__slots__)
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return sum(size_of(part, seen) for part in value)
    return 0


@njit  # type: ignore[untyped-decorator]
def flips(layout: Layout, point: Point, order: np.ndarray) -> None:
    """Move each listed variable by 1, up from its lower bound or down."""
    for v in order:
        move(layout, point, v, 1 if point.x[v] == layout.lower[v] else -1)


def cost_per_move(program: Program) -> float:
    """Return microseconds of a move of a random variable, with all that follows from it."""
    layout = layout_of(program)
    point = new_point(layout)
    order = np.random.default_rng(1).integers(0, program.num_vars, MOVES)
    flips(layout, point, order[:1])
    began = time.process_time()
    flips(layout, point, order)
    return 1e6 * (time.process_time() - began) / MOVES


def draw(rows: list[dict[str, object]]) -> str:
    """Return the figure: a line for each kind and column of `DRAWN`."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        for column in DRAWN:
            value = float(str(row[column] or 0))
            if value > 0:
                name = f"{row['kind']} {column}"
                spot = (math.log10(float(str(row["items"]))), math.log10(value))
                lines.setdefault(name, []).append(spot)
    spots = [spot for line in lines.values() for spot in line]
    left, right = min(s[0] for s in spots), max(s[0] for s in spots)
    low, high = min(s[1] for s in spots), max(s[1] for s in spots)
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 420">']
    for k, (name, line) in enumerate(sorted(lines.items())):
        colour = f"hsl({k * 360 // max(len(lines), 1)} 60% 40%)"
        where = [
            (
                60 + 400 * (a - left) / max(right - left, 1e-9),
                380 - 340 * (b - low) / max(high - low, 1e-9),
            )
            for a, b in sorted(line)
        ]
        path = " ".join(f"{a:.0f},{b:.0f}" for a, b in where)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}"/>')
        text = f"{name}, {10 ** min(line)[1]:.3g} to {10 ** max(line)[1]:.3g}"
        parts.append(f'<text x="470" y="{40 + 20 * k}" fill="{colour}">{text}</text>')
    parts.append('<text x="60" y="410">items, logarithmic</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """Measure every size in a process of its own, then write table and figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--largest", action="store_true", help="a million items too")
    parser.add_argument("--least", type=int, default=0, help="only from so many items on")
    parser.add_argument("--kind", help="only this kind: retail or team")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(*json.loads(given.one))))
        return
    rows = []
    print(",".join(COLUMNS))
    for size in (*SIZES, *LARGEST) if given.largest else SIZES:
        if size[1] < given.least or given.kind not in (None, size[0]):
            continue
        command = [sys.executable, __file__, str(given.folder), "--one", json.dumps(size)]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(json.loads(told.stdout))
        print(",".join(str(rows[-1][column]) for column in COLUMNS), flush=True)
    if not rows:
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    with (given.folder / "scaling.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    (given.folder / "scaling.svg").write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    main()

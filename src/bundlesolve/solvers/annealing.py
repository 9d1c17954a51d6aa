"""One annealing of a large sparse program within a share of the limits."""

from __future__ import annotations

import time

import numpy as np

from bundlesolve.bounds.closure import tightest_row
from bundlesolve.model.magnitude import absolute_sum
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.greedy import construct
from bundlesolve.solvers.layouts import layout_of

LEAST_INSIDE = 1_000
"""Variables above their lower bounds from which on parts of a program do not hold all."""
MOST_DEGREE = 200
"""Partners of a variable, on average, up to which a move is cheap."""
HOT, COLD = 1.0, 0.03
"""First and last heat, in mean sizes of a pair's worth."""
SHARE = 0.8
"""Share of the limits; the rest is for parts (`bundlesolve.solvers.focus`)."""
SWEEPS = 300
"""Looks at each variable where there is no limit."""
CHUNK_SECONDS = 0.05
FIRST_CHUNK = 20_000


def suits(program: Program, run: Run) -> bool:
    """Tell whether a program is sparse, hard, and has much in its incumbent."""
    x = run.incumbent
    if x is None or program.num_pairs == 0 or bool(np.any(program.row_soft)):
        return False
    inside = int(np.count_nonzero(x > program.lower))
    sparse = 2 * program.num_pairs <= MOST_DEGREE * program.num_vars
    return inside > LEAST_INSIDE and sparse


def anneal(program: Program, run: Run) -> None:
    """Anneal once from the incumbent, and offer the best point, filled up.

    The heat falls by the same factor in equal shares of the limit, of seconds or steps,
    whichever is nearer to its end.
    """
    from bundlesolve.kernels import anneal as kernel
    from bundlesolve.kernels.point import OBJECTIVE, new_point, place

    incumbent = run.incumbent
    assert incumbent is not None
    run.aside(kernel.warm_up)
    layout = layout_of(program)
    point = new_point(layout)
    point.x[:] = incumbent
    place(layout, point)
    weight, price = _price(program, point.gain, point.x)
    unit = absolute_sum(program.pair_worth) / program.num_pairs
    notes = np.zeros(kernel.NOTES, dtype=np.int64)
    notes[kernel.BEST] = point.sums[OBJECTIVE]
    levels, best = np.array([price, HOT * unit]), point.x.copy()
    seeds = run.rng.integers(1, 2**31 - 500, size=2)
    seconds, steps = run.remaining, run.remaining_steps
    began, first_step, chunk = time.perf_counter(), run.steps, FIRST_CHUNK
    done = 0.0
    while done < 1.0 and not run.should_stop():
        levels[kernel.HEAT] = unit * HOT * (COLD / HOT) ** done
        left = 1 << 40 if run.remaining_steps is None else run.remaining_steps
        was = time.perf_counter()
        run.step(
            kernel.anneal(layout, point, weight, best, notes, levels, seeds, chunk, left)
        )
        now = time.perf_counter()
        ratio = CHUNK_SECONDS / max(now - was, 1e-6)
        done = (now - began) / (SHARE * seconds)
        if steps is None and seconds == float("inf"):
            done = notes[kernel.LOOKS] / (SWEEPS * len(best))
        elif steps is not None:
            # Chunks of one size, so that equal steps are equal walks.
            ratio = 1.0
            done = max(done, (run.steps - first_step) / (SHARE * max(steps, 1)))
        chunk = max(1_000, int(chunk * min(2.0, max(0.5, ratio))))
    construct(program, run, best, False, False)


def _price(program: Program, gain: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, float]:
    """Return what each variable uses of the tightest knapsack row, and a first price.

    The price at which the poorest tenth of what is in would rather be out.
    """
    weight = np.zeros(program.num_vars)
    row = tightest_row(program)
    if row is None:
        return weight, 0.0
    entries = program.row(row)
    weight[program.row_var[entries]] = program.row_coef[entries]
    inside = np.flatnonzero((x > program.lower) & (weight > 0))
    if len(inside) == 0:
        return weight, 0.0
    return weight, max(float(np.quantile(gain[inside] / weight[inside], 0.1)), 0.0)

"""Every point of a small box, and the worth of a core's point from its own arrays."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.core import Core
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model.program import Program

MOST_POINTS = 1500


def box_points(lower: Floats | Ints, upper: Floats | Ints) -> Ints:
    """Return every whole point of a box. Shape ``[points, m]``."""
    ranges = [range(int(a), int(b) + 1) for a, b in zip(lower, upper, strict=True)]
    points = np.array(list(product(*ranges)), dtype=np.int64)
    return points.reshape(len(points), len(lower))


def feasible_worths(program: Program) -> tuple[Ints, Ints]:
    """Return every feasible point of a program and its objective."""
    points = box_points(program.lower, program.upper)
    keeps = np.array([program.is_feasible(x) for x in points], dtype=bool)
    points = points[keeps]
    worths = [program.objective(x) for x in points]
    return points, np.array(worths, dtype=np.int64)


def inner_worth(core: Core, x: Floats) -> float | None:
    """Return what a point of the core's box is worth; None if a hard row is broken."""
    b = core.num_pairable
    pairs = x[:b]
    use = np.bincount(core.group + 1, core.weight * x, len(core.capacity) + 1)[1:]
    if np.any(use > core.capacity) or pairs @ core.clash @ pairs > 0:
        return None
    over = np.maximum(core.rows @ x - core.high, 0.0)
    under = np.maximum(core.low - core.rows @ x, 0.0)
    paid = 0.0
    for excess, price in ((over, core.most_high), (under, core.most_low)):
        hard: NDArray[np.bool_] = np.isinf(price)
        if np.any(excess[hard] > 0.0):
            return None
        paid += float(excess[~hard] @ price[~hard])
    worth = core.worth @ x + 0.5 * (pairs @ core.quadratic @ pairs)
    return core.constant + float(worth) - paid

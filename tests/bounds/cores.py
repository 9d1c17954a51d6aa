"""Every point of a small box, and the worth of a core's point from its own arrays."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.semidefinite import Semidefinite
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


def wide_program(seed: int) -> Program:
    """Return a random program with wide variables, below 0 too, as no instance has them.

    Rows have coefficients of both signs, one side or both, and are hard or soft.
    """
    rng = np.random.default_rng(seed)
    wide, binary = int(rng.integers(1, 3)), int(rng.integers(1, 5))
    m = wide + binary
    place = rng.permutation(m)
    lower, upper = np.zeros(m, dtype=np.int64), np.ones(m, dtype=np.int64)
    lower[place[:wide]] = rng.integers(-3, 3, wide)
    upper[place[:wide]] = lower[place[:wide]] + rng.integers(1, 6, wide)
    lower[place[-1]] = rng.integers(0, 2)
    pairs = [(a, b) for a in place[wide:] for b in place[wide:] if a < b]
    pairs = sorted(pair for pair in pairs if rng.random() < 0.8)
    ends = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    rows = int(rng.integers(1, 4))
    matrix = rng.integers(-2, 6, (rows, m)) * (rng.random((rows, m)) < 0.7)
    matrix[0] = np.abs(matrix[0])
    least = np.minimum(matrix * lower, matrix * upper).sum(axis=1)
    most = np.maximum(matrix * lower, matrix * upper).sum(axis=1)
    low = least + (rng.random(rows) < 0.4) * ((most - least) * rng.random(rows) * 0.4)
    high = low + (most - low) * np.where(rng.random(rows) < 0.8, rng.random(rows), 1.0)
    row_of, var = np.nonzero(matrix)
    soft = (rng.random(rows) < 0.3).astype(np.int64)
    return Program(
        lower=lower,
        upper=upper,
        worth=rng.integers(-9, 12, m),
        pair_first=ends[:, 0],
        pair_second=ends[:, 1],
        pair_worth=rng.choice([-7, -3, 4, 8, 15], len(pairs)),
        row_start=np.searchsorted(row_of, np.arange(rows + 1)),
        row_var=var,
        row_coef=matrix[row_of, var],
        row_low=np.floor(low).astype(np.int64),
        row_high=np.floor(high).astype(np.int64),
        row_soft=soft,
        row_penalty=soft * rng.integers(0, 6, rows),
        constant=int(rng.integers(-20, 20)),
    )


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


def core_of(rng: np.random.Generator, b: int, groups: int, rows: int, clashes: int) -> Core:
    """Return a random core of two-valued variables and worths of both signs."""
    quadratic = np.triu(rng.integers(-20, 21, (b, b)), 1).astype(np.float64)
    clash = np.zeros((b, b), dtype=np.bool_)
    for _ in range(clashes):
        i, j = rng.choice(b, 2, replace=False)
        clash[i, j] = clash[j, i] = True
    weight = rng.integers(1, 10, b).astype(np.float64)
    return Core(
        np.arange(b),
        np.zeros(b, dtype=np.int64),
        quadratic + quadratic.T,
        clash,
        rng.integers(-20, 21, b).astype(np.float64),
        np.ones(b),
        weight if groups else np.zeros(b),
        np.full(b, groups - 1, dtype=np.int64),
        np.full(groups, float(rng.integers(9, 9 + 3 * b))),
        rng.integers(-5, 6, (rows, b)).astype(np.float64),
        rng.integers(3, 9, rows).astype(np.float64),
        np.full(rows, -1e9),
        np.full(rows, np.inf),
        np.zeros(rows),
        7,
    )


def worths(core: Core) -> tuple[Floats, Floats]:
    """Return all points that keep everything, and their worths."""
    points = np.array(list(product((0.0, 1.0), repeat=core.num_vars)))
    keep = np.all(points @ core.rows.T <= core.high, axis=1)
    keep &= np.einsum("pi,ij,pj->p", points, core.clash.astype(float), points) == 0.0
    if len(core.capacity):
        keep &= points @ core.weight <= core.capacity[0]
    points = points[keep]
    pairs = np.einsum("pi,ij,pj->p", points, core.quadratic, points) / 2
    return points, core.constant + points @ core.worth + pairs


def check_by_enumeration(kind: type[Semidefinite], core: Core) -> None:
    """Assert that the bound holds after every round and no fixing loses a better point."""
    points, worth = worths(core)
    if len(worth) == 0:
        return
    best = round(worth.max())
    relaxation = kind(core, best - 1)
    for _ in range(6):
        relaxation.improve(1)
        relaxation.fix_by_form()
        assert relaxation.bound is not None
        assert relaxation.bound >= best
        inside = np.all((points >= relaxation.lower) & (points <= relaxation.upper), axis=1)
        assert worth[inside].max(initial=-np.inf) == best
    unknown = kind(core, None)
    unknown.improve(4)
    assert unknown.bound is not None
    assert unknown.bound >= best

"""The genetic operators: whole populations at once, drawn from one generator.

Points are rows of arrays of shape ``[count, m]``; every operator keeps the bounds and
leaves the rows of the program to the repair that follows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray

Floats = NDArray[np.float64]


def tournament(
    rng: np.random.Generator, population: int, count: int, size: int
) -> IntArray:
    """Pick ``count`` numbers out of a population sorted best first.

    Each is the best of ``size`` drawn with replacement.
    """
    return np.asarray(rng.integers(population, size=(count, size)).min(axis=1))


def cross(
    rng: np.random.Generator,
    first: IntArray,
    second: IntArray,
    block: IntArray,
    segments: float,
) -> IntArray:
    """Return one child of each pair of parents; shape ``[count, m]``.

    Parameters
    ----------
    rng
        Generator of the run.
    first, second
        The parents. Shape ``[count, m]``.
    block
        Number of each variable's block, which comes from one parent whole. Shape ``[m]``.
    segments
        Probability of a two-point crossover (everything between two cuts comes from the
        second parent), which keeps a bundle together; otherwise uniform.
    """
    count, blocks = len(first), int(block.max(initial=-1)) + 1
    uniform = rng.random((count, blocks)) < 0.5
    cuts = np.sort(rng.integers(blocks + 1, size=(count, 2)), axis=1)
    place = np.arange(blocks)
    between = (place >= cuts[:, :1]) & (place < cuts[:, 1:])
    of_second = np.where(rng.random((count, 1)) < segments, between, uniform)
    return np.where(of_second[:, block], second, first)


def mutate(
    rng: np.random.Generator,
    points: IntArray,
    bounds: tuple[IntArray, IntArray],
    changes: float | Floats,
) -> IntArray:
    """Return points with about ``changes`` variables taken down and as many up.

    Whatever share of the variables is in, both directions are equally likely, so the
    size of a choice drifts neither way. A wider variable jumps anywhere between its value
    and the bound. ``changes`` counts per point; it may be an array of shape ``[count, 1]``.
    """
    lower, upper = bounds
    down = _hit(rng, points > lower, changes)
    up = _hit(rng, points < upper, changes)
    distance = np.where(down, points - lower, upper - points)
    jump = 1 + (rng.random(points.shape) * np.maximum(distance, 1)).astype(np.int64)
    return points + jump * (up.astype(np.int64) * ~down - down)


def _hit(
    rng: np.random.Generator, eligible: NDArray[np.bool_], changes: float | Floats
) -> NDArray[np.bool_]:
    share = changes / np.maximum(eligible.sum(axis=1, keepdims=True), 1)
    return np.asarray(eligible & (rng.random(eligible.shape) < share))


def sprinkle(
    rng: np.random.Generator,
    count: int,
    bounds: tuple[IntArray, IntArray],
    typical: float | None,
) -> IntArray:
    """Return random points; each has a density of its own. Shape ``[count, m]``.

    Repaired, an overfull one is a greedy removal from a random subset.

    Parameters
    ----------
    rng
        Generator of the run.
    count
        How many.
    bounds
        ``lower, upper`` of the variables.
    typical
        Share of the variables that is above its lower bound in a good point; densities
        are up to three times that. Default None: up to 1.
    """
    lower, upper = bounds
    most = 1.0 if typical is None else min(1.0, 3 * typical + 1 / max(len(lower), 1))
    density = most * rng.random((count, 1))
    jump = rng.random((count, len(lower))) * (upper - lower)
    chosen = rng.random((count, len(lower))) < density
    return lower + np.ceil(jump).astype(np.int64) * chosen

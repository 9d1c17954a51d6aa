"""The augmented Lagrangian of the semidefinite relaxation's primal side.

See `bundlesolve.bounds.low_rank`, which says what is maximised and in which order.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.recovery import recover
from bundlesolve.kernels.low_rank import Singles, add_multipliers
from bundlesolve.kernels.types import Floats, Ints

PRICE_WEIGHT = 0.1
LOAD_WEIGHT = 10.0
"""Weights of the squares, relative to what multipliers and constraints are expected to be.
Small ones leave a smooth problem, which matters more than a feasible point."""
MOST_COLUMNS = 64
"""Columns of the factor are ``3/2`` of the root of its rows, at most as many."""
BLOCK = 128
"""Rows that are worked on at a time, so that they stay in the cache."""
OUTSIDE, INSIDE = 0.02, 0.9
"""How far variables are in at first that a known point has out, and in."""


class Augmented:
    """The augmented Lagrangian of a core and where its iterations are.

    Parameters
    ----------
    core
        What is relaxed; all its variables two-valued.
    objective
        Objective of a known point, from which the size of multipliers is guessed.
    pool
        Works on strips of rows.
    x
        A known point, near which the iterations begin; anywhere by default. Shape ``[b]``.
    """

    def __init__(
        self,
        core: Core,
        objective: int,
        pool: ThreadPoolExecutor,
        x: Floats | None = None,
    ) -> None:
        self.core, self.pool = core, pool
        b = self.size = core.num_pairable
        self.rank = min(MOST_COLUMNS, 8 * math.ceil(1.5 * math.sqrt(b) / 8))
        self.rounds = self.evaluations = 0
        self.worth = core.quadratic.astype(np.float32)
        # On and above the diagonal, in whole strips; below, nothing.
        self.price = np.zeros((b, b), dtype=np.float32)
        self._look_at_knapsacks()
        inside, groups = self.inside, core.group[self.inside]
        # A guess: variables that are in pay for their knapsack with all that is earned.
        share = core.capacity / np.maximum(self.weights.sum(axis=1), 1e-9)
        count = np.bincount(groups, minlength=len(share)) * share
        earned = max(float(objective - core.constant), 1.0) / len(share)
        usual = earned / np.maximum(core.capacity * count, 1e-9)
        self.load = np.zeros(b)
        self.load[inside] = usual[groups]
        self.load_weight = LOAD_WEIGHT * float(
            np.mean(usual / np.maximum(core.capacity, 1e-9))
        )
        filled = float(np.mean(np.minimum(share, 1.0)))
        mean = float(np.abs(core.quadratic).mean())
        self.price_weight = PRICE_WEIGHT * max(mean, 1e-9) / max(filled * filled, 1e-9)
        self.high = np.zeros(len(core.high))
        self.low = np.zeros(len(core.low))
        square = np.maximum(np.square(core.rows).sum(axis=1), 1e-9)
        self.row_weight = earned / square
        rng = np.random.default_rng(0)
        self.point = rng.normal(size=(b, self.rank))
        if x is not None:
            self.point[:, 0] = 0.0
        self.point /= np.linalg.norm(self.point, axis=1)[:, None]
        if x is not None:
            along = 2.0 * np.where(x > 0.5, INSIDE, OUTSIDE) - 1.0
            self.point *= np.sqrt(1.0 - np.square(along))[:, None]
            self.point[:, 0] = along
        self._squares = 0.0
        self._rooms = threading.local()

    def restrict(self, core: Core, free: Ints) -> None:
        """Go on in the core that `Core.restrict` made, from the same place."""
        self.core, self.size = core, core.num_pairable
        self.worth = core.quadratic.astype(np.float32)
        self.price = np.triu(self.price[np.ix_(free, free)], 1)
        self.price += self.price.T
        self.point, self.load = self.point[free], self.load[free]
        self._squares = _squares(self.price)
        self._rooms = threading.local()
        self._look_at_knapsacks()

    def _look_at_knapsacks(self) -> None:
        core = self.core
        self.inside = inside = np.flatnonzero(core.group >= 0)
        groups = core.group[inside]
        shape = (len(core.capacity), self.size)
        self.weights = csr_array((core.weight[inside], (groups, inside)), shape=shape)
        self.room = np.zeros(self.size)
        self.room[inside] = core.capacity[groups]

    def _room(self, rows: int, columns: int) -> Singles:
        """Return this thread's room for a strip: asking for it anew costs as much as it."""
        block: Singles | None = getattr(self._rooms, "block", None)
        if block is None or len(block) < rows * columns:
            block = self._rooms.block = np.empty(BLOCK * self.size, dtype=np.float32)
        return block[: rows * columns].reshape(rows, columns)

    @property
    def x(self) -> Floats:
        """The point's diagonal: how far each variable is in. Shape ``[b]``."""
        inside: Floats = (1.0 + self.point[:, 0]) / 2
        return inside

    def pace(self) -> float:
        """Return how many seconds an evaluation takes here and now."""
        self._evaluate(self.point.ravel())
        began = time.perf_counter()
        self._evaluate(self.point.ravel())
        return time.perf_counter() - began

    def round(self, steps: int, stops: Callable[[], bool]) -> None:
        """Maximise for the multipliers as they are, then update them."""

        def look(_point: Floats) -> None:
            if stops():
                raise StopIteration

        found = minimize(
            self._evaluate,
            self.point.ravel(),
            jac=True,
            method="L-BFGS-B",
            callback=look,
            options={"maxiter": steps, "maxcor": 10, "ftol": 0.0, "gtol": 1e-9},
        )
        point = found.x.reshape(self.size, self.rank)
        self.point = point / np.linalg.norm(point, axis=1)[:, None]
        self._evaluate(self.point.ravel(), keeps=True)
        self._squares = _squares(self.price)
        self.load, self.high, self.low = self._loads, self._highs, self._lows
        self.rounds += 1

    def _evaluate(self, flat: Floats, keeps: bool = False) -> tuple[float, Floats]:
        """Return the negative augmented Lagrangian and its gradient; ``keeps`` prices."""
        self.evaluations += 1
        core = self.core
        raw = flat.reshape(self.size, self.rank)
        length = np.linalg.norm(raw, axis=1)[:, None]
        sphere = raw / length
        factor = sphere / 2
        factor[:, 0] += 0.5
        x = factor[:, 0]
        value = float(core.worth @ x)
        gradient, squares, worths = self.products(factor, keeps)
        value += worths / 2 - (squares - self._squares) / (4 * self.price_weight)
        value += self._knapsacks(factor, gradient)
        gradient[:, 0] += core.worth
        value += self._rows(x, gradient)
        along = (gradient * sphere).sum(axis=1)[:, None]
        gradient -= along * sphere
        gradient /= 2 * length
        return -value, -gradient.ravel()

    def products(self, factor: Floats, keeps: bool) -> tuple[Floats, float, float]:
        """Return ``(Q + N) R`` and the sums of ``N^2`` and ``Q X``, strip by strip.

        ``X`` is symmetric: what a strip has right of the diagonal gives the rows below.
        """
        small = factor.astype(np.float32)
        result = np.zeros(factor.shape, dtype=np.float32)

        def work(first: int) -> tuple[float, float, Singles, Singles]:
            last = min(first + BLOCK, self.size)
            block = self._room(last - first, self.size - first)
            np.matmul(small[first:last], small[first:].T, out=block)
            sums = add_multipliers(
                block, self.worth, self.price, self.core.clash, first, self.price_weight
            )
            own = block @ small[first:]
            below = block[:, last - first :].T @ small[first:last]
            if keeps:
                price = self.price[first:last, first:]
                np.subtract(block, self.worth[first:last, first:], out=price)
            return float(sums[0]), float(sums[1]), own, below

        squares = worths = 0.0
        strips = range(0, self.size, BLOCK)
        for first, (square, worth, own, below) in zip(
            strips, self.pool.map(work, strips), strict=True
        ):
            last = first + len(own)
            squares, worths = squares + square, worths + worth
            result[first:last] += own
            result[last:] += below
        return result.astype(np.float64), squares, worths

    def _knapsacks(self, factor: Floats, gradient: Floats) -> float:
        """Add the products of knapsacks and variables; return their part of the value."""
        core, inside = self.core, self.inside
        group = core.group[inside]
        heavy = (self.weights @ factor)[group]
        left = self.room[inside] * factor[inside, 0]
        left -= np.einsum("ij,ij->i", factor[inside], heavy)
        load = np.maximum(0.0, self.load[inside] - self.load_weight * left)
        pattern = csr_array((load, (group, inside)), shape=self.weights.shape)
        gradient[inside] -= load[:, None] * heavy
        gradient[inside] -= core.weight[inside, None] * (pattern @ factor)[group]
        gradient[inside, 0] += load * self.room[inside]
        self._loads = np.zeros(self.size)
        self._loads[inside] = load
        change = np.square(load).sum() - np.square(self.load).sum()
        return float(-change / (2 * self.load_weight))

    def _rows(self, x: Floats, gradient: Floats) -> float:
        """Add the other rows; return their part of the value."""
        core, weight = self.core, self.row_weight
        activity = core.rows @ x
        self._highs = np.clip(
            self.high - weight * (core.high - activity), 0.0, core.most_high
        )
        self._lows = np.clip(self.low - weight * (activity - core.low), 0.0, core.most_low)
        gradient[:, 0] += (self._lows - self._highs) @ core.rows
        value = 0.0
        for new, old, left in (
            (self._highs, self.high, core.high - activity),
            (self._lows, self.low, activity - core.low),
        ):
            value += float((new * left + np.square(new - old) / (2 * weight)).sum())
        return value

    def result(self, stops: Callable[[], bool] = lambda: False) -> Multipliers:
        """Return the multipliers in the form of `Semidefinite`; see `recover`."""
        core, b = self.core, self.size
        factor = self.point / 2
        factor[:, 0] += 0.5
        same = (core.group[:, None] == core.group) & (core.group >= 0)
        loads = np.where(same, self.load[:, None] * core.weight[None, :], 0.0)
        lean = (loads - loads.T) / 2
        np.fill_diagonal(lean, 0.0)
        pair = core.quadratic - loads
        pair -= loads.T
        del same, loads
        most = pair / -2
        most[core.clash] = np.inf
        np.fill_diagonal(most, np.inf)
        price = np.triu(self.price, 1)
        pair += price
        pair += price.T
        np.fill_diagonal(pair, 0.0)
        linear = core.worth + (self.low - self.high) @ core.rows
        linear += self.load * (self.room - core.weight)
        pull = pair @ factor
        pull[:, 0] += linear
        diagonal = np.linalg.norm(pull, axis=1)
        lift = np.empty((1 + b, 1 + b))
        lift[1:, 1:] = pair
        lift[1:, 1:] /= -2
        lift[np.arange(1, 1 + b), np.arange(1, 1 + b)] = diagonal
        lift[0, 1:] = lift[1:, 0] = -(diagonal + linear) / 2
        lift[0, 0] = float((diagonal + linear) @ factor[:, 0]) / 2
        del pair, price
        lift = recover(lift, most, self.x, self.pool, stops)
        return Multipliers(lean, (lift + lift.T) / 2, self.high, self.low)


def _squares(price: Singles) -> float:
    """Return the sum of squares of a symmetric matrix of which strips stand."""
    total = 0.0
    for first in range(0, len(price), BLOCK):
        last = first + BLOCK
        total += float(np.square(price[first:last, first:last]).sum(dtype=np.float64))
        total += 2.0 * float(np.square(price[first:last, last:]).sum(dtype=np.float64))
    return total

"""The augmented Lagrangian of the semidefinite relaxation's primal side.

See `bundlesolve.bounds.low_rank`, which says what is maximised and in which order.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.spectrum import make_semidefinite
from bundlesolve.kernels.low_rank import Singles, add_multipliers
from bundlesolve.kernels.types import Floats

PRICE_WEIGHT = 0.1
LOAD_WEIGHT = 10.0
"""Weights of the squares, relative to what multipliers and constraints are expected to be.
Small ones leave a smooth problem, which matters more than a feasible point."""
MOST_COLUMNS = 64
"""Columns of the factor are ``3/2`` of the root of its rows, at most as many."""
BLOCK = 128
"""Rows that are worked on at a time, so that they stay in the cache."""


class Augmented:
    """The augmented Lagrangian of a core and where its iterations are.

    Parameters
    ----------
    core
        What is relaxed; all its variables two-valued.
    objective
        Objective of a known point, from which the size of multipliers is guessed.
    pool
        Works on blocks of rows.
    """

    def __init__(self, core: Core, objective: int, pool: ThreadPoolExecutor) -> None:
        self.core, self.pool = core, pool
        b = self.size = core.num_pairable
        self.rank = min(MOST_COLUMNS, 8 * math.ceil(1.5 * math.sqrt(b) / 8))
        self.rounds = 0
        self.worth = core.quadratic.astype(np.float32)
        self.price = np.zeros((b, b), dtype=np.float32)
        inside = np.flatnonzero(core.group >= 0)
        self.inside, groups = inside, core.group[inside]
        shape = (len(core.capacity), b)
        self.weights = csr_array((core.weight[inside], (groups, inside)), shape=shape)
        self.room = np.zeros(b)
        self.room[inside] = core.capacity[groups]
        # A guess: variables that are in pay for their knapsack with all that is earned.
        share = core.capacity / np.maximum(self.weights.sum(axis=1), 1e-9)
        count = np.bincount(groups, minlength=shape[0]) * share
        earned = max(float(objective - core.constant), 1.0) / shape[0]
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
        self.point /= np.linalg.norm(self.point, axis=1)[:, None]
        self._rooms = threading.local()

    def _room(self, rows: int) -> Singles:
        """Return this thread's room for a block: asking for it anew costs as much as it."""
        block: Singles | None = getattr(self._rooms, "block", None)
        if block is None or block.shape != (BLOCK, self.size):
            block = self._rooms.block = np.empty((BLOCK, self.size), dtype=np.float32)
        return block[:rows]

    @property
    def x(self) -> Floats:
        """The point's diagonal: how far each variable is in. Shape ``[b]``."""
        inside: Floats = (1.0 + self.point[:, 0]) / 2
        return inside

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
        kept = np.empty_like(self.price)
        self._evaluate(self.point.ravel(), kept)
        self.price = kept
        self.load, self.high, self.low = self._loads, self._highs, self._lows
        self.rounds += 1

    def _evaluate(self, flat: Floats, kept: Singles | None = None) -> tuple[float, Floats]:
        """Return the negative augmented Lagrangian and its gradient."""
        core = self.core
        raw = flat.reshape(self.size, self.rank)
        length = np.linalg.norm(raw, axis=1)[:, None]
        sphere = raw / length
        factor = sphere / 2
        factor[:, 0] += 0.5
        x = factor[:, 0]
        value = float(core.worth @ x)
        gradient, squares, worths = self._products(factor, kept)
        value += worths / 2 - squares / (4 * self.price_weight)
        value += float(np.square(self.price.ravel()).sum()) / (4 * self.price_weight)
        value += self._knapsacks(factor, gradient)
        gradient[:, 0] += core.worth
        value += self._rows(x, gradient)
        along = (gradient * sphere).sum(axis=1)[:, None]
        gradient -= along * sphere
        gradient /= 2 * length
        return -value, -gradient.ravel()

    def _products(
        self, factor: Floats, kept: Singles | None
    ) -> tuple[Floats, float, float]:
        """Return ``(Q + N) R`` and the sums of ``N^2`` and ``Q X``, block by block."""
        small = factor.astype(np.float32)
        result = np.empty_like(factor)

        def work(first: int) -> tuple[float, float]:
            at = slice(first, min(first + BLOCK, self.size))
            block = self._room(len(result[at]))
            np.matmul(small[at], small.T, out=block)
            worth = self.worth[at]
            free = self.core.clash[at]
            sums = add_multipliers(
                block, worth, self.price[at], free, first, self.price_weight
            )
            result[at] = block @ small
            if kept is not None:
                np.subtract(block, worth, out=kept[at])
            return float(sums[0]), float(sums[1])

        sums = np.array(list(self.pool.map(work, range(0, self.size, BLOCK))))
        return result, float(sums[:, 0].sum()), float(sums[:, 1].sum())

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

    def result(self) -> Multipliers:
        """Return the multipliers in the form of `Semidefinite`."""
        core, b = self.core, self.size
        factor = self.point / 2
        factor[:, 0] += 0.5
        same = (core.group[:, None] == core.group) & (core.group >= 0)
        loads = np.where(same, self.load[:, None] * core.weight[None, :], 0.0)
        price = (self.price + self.price.T) / 2
        np.fill_diagonal(price, 0.0)
        pair = core.quadratic + price - loads - loads.T
        np.fill_diagonal(pair, 0.0)
        linear = core.worth + (self.low - self.high) @ core.rows
        linear += self.load * (self.room - core.weight)
        pull = pair @ factor
        pull[:, 0] += linear
        diagonal = np.linalg.norm(pull, axis=1)
        lift = np.empty((1 + b, 1 + b))
        lift[1:, 1:] = -pair / 2
        lift[np.arange(1, 1 + b), np.arange(1, 1 + b)] = diagonal
        lift[0, 1:] = lift[1:, 0] = -(diagonal + linear) / 2
        lift[0, 0] = float((diagonal + linear) @ factor[:, 0]) / 2
        lift = make_semidefinite(lift)
        lean = (loads - loads.T) / 2
        np.fill_diagonal(lean, 0.0)
        return Multipliers(lean, (lift + lift.T) / 2, self.high, self.low)

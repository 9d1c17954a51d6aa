"""Semidefinite multipliers from a low-rank solution of the relaxation's primal side.

The relaxation is, with products ``X`` and ``X_ii = x_i``::

    max  w.x + 1/2 <Q, X>
    s.t. cap_g x_j - sum_{i in g} a_i X_ij >= 0    j in g     (knapsack times variable)
         X >= 0,  X_ij = 0 where i and j clash
         high - a.x >= 0,  a.x - low >= 0                     (other rows)
         (1, x; x, X) positive semidefinite

``X = R R'`` with few columns makes it a smooth problem without the cone (Burer and
Monteiro, "A nonlinear programming algorithm for solving semidefinite programs via low-rank
factorization", Math. Programming 95, 2003), and ``X_ii = x_i`` puts every row of ``R`` on
a sphere. The rest is the augmented Lagrangian with a quasi-Newton method inside. Its
multipliers are within the reach of seconds where projections on the cone take minutes; they
need not be exact, for they are only where `Semidefinite` starts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal
from scipy.optimize import minimize
from scipy.sparse import csr_array

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers, project
from bundlesolve.kernels.low_rank import Singles, add_multipliers
from bundlesolve.kernels.types import Floats

LEAST_VARIABLES = 250
"""Below it steps from nothing are as fast."""
ROUNDS = 12
"""Updates of the multipliers."""
INNER = 40
"""Quasi-Newton steps between two of them."""
LAST = 150
"""Quasi-Newton steps after the last one: multipliers prove little until the point that they
belong to is found, for the matrix is semidefinite only there."""
FIRST_SHARE, MOST_SHARE = 0.5, 0.85
"""Share of the time after which the rounds end, and the last one."""
PRICE_WEIGHT = 0.1
LOAD_WEIGHT = 10.0
"""Weights of the squares, relative to what multipliers and constraints are expected to be.
Small ones leave a smooth problem, which matters more than a feasible point."""
MOST_COLUMNS = 64
"""Columns of the factor are ``3/2`` of the root of its rows, at most as many."""
MOST_PROJECTED = 2_500
"""Rows of a matrix beyond which its eigenvectors take too long."""
LANCZOS = 150
"""Products that the least eigenvalue of such a matrix is worth."""
BLOCK = 128
"""Rows that are worked on at a time, so that they stay in the cache."""


def suits(core: Core) -> bool:
    """Tell whether the relaxation says more of a core than splits, and is large enough."""
    b = core.num_pairable
    return b == core.num_vars and b >= LEAST_VARIABLES and bool(np.any(core.group >= 0))


def low_rank_start(
    core: Core,
    objective: int,
    threads: int = 1,
    stops: Callable[[], bool] = lambda: False,
    seconds: float = math.inf,
) -> Multipliers | None:
    """Return multipliers near the relaxation's best, or None if stopped at once.

    Parameters
    ----------
    core
        What is relaxed; see `suits`.
    objective
        Objective of a known point, from which the size of multipliers is guessed.
    threads
        Rows are worked on by as many threads. The result does not depend on it but for
        rounding. Default 1.
    stops
        Asked after each quasi-Newton step. Default: never.
    seconds
        Time there is: half of it for all rounds but the last, which gets most of the rest.
        Default: any.
    """
    with ThreadPoolExecutor(max(1, threads)) as pool:
        search = _Search(core, objective, pool)
        began = time.perf_counter()

        def used(share: float) -> bool:
            return stops() or time.perf_counter() - began > share * seconds

        for _ in range(ROUNDS):
            if not used(FIRST_SHARE):
                search.round(INNER, lambda: used(FIRST_SHARE))
        if not stops():
            search.round(LAST, lambda: used(MOST_SHARE))
        return search.result() if search.rounds else None


class _Search:
    """The augmented Lagrangian and where its iterations are."""

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
        self._next = self.price

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
            block = small[at] @ small.T
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
        lift = _semidefinite(lift)
        lean = (loads - loads.T) / 2
        np.fill_diagonal(lean, 0.0)
        return Multipliers(lean, (lift + lift.T) / 2, self.high, self.low)


def _semidefinite(lift: Floats) -> Floats:
    """Return a semidefinite matrix near one that is nearly so, up to rounding.

    A large one only has its diagonal raised, by what its least eigenvalue seems to be and
    more until a factorisation runs through.
    """
    if len(lift) <= MOST_PROJECTED:
        return project(lift, few=True)[0]
    diagonal = lift.flat[:: len(lift) + 1].copy()
    shift = max(-least_eigenvalue(lift), 1e-9 * float(np.abs(diagonal).max()))
    for more in (1.02, 1.2, 2.0, 8.0):
        lift.flat[:: len(lift) + 1] = diagonal + more * shift
        try:
            np.linalg.cholesky(lift)
        except np.linalg.LinAlgError:
            continue
        break
    return lift


def least_eigenvalue(matrix: Floats) -> float:
    """Return about the least eigenvalue of a symmetric matrix, from above.

    Lanczos' method, ``LANCZOS`` products without orthogonalising anew: copies of
    eigenvalues that have converged do no harm to the least one.
    """
    n = len(matrix)
    newest = np.random.default_rng(0).normal(size=n)
    newest /= np.linalg.norm(newest)
    last, off = np.zeros(n), 0.0
    diagonal, beside = [], []
    for _ in range(min(LANCZOS, n)):
        product = matrix @ newest - off * last
        along = float(product @ newest)
        product -= along * newest
        diagonal.append(along)
        off = float(np.linalg.norm(product))
        if off <= 1e-12 * max(map(abs, diagonal)):
            break
        beside.append(off)
        last, newest = newest, product / off
    size = len(diagonal)
    values = eigvalsh_tridiagonal(
        np.array(diagonal), np.array(beside[: size - 1]), select="i", select_range=(0, 0)
    )
    return float(values[0])

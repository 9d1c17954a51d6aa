"""The semidefinite bound for pairs of mixed signs: a smooth dual and triangles."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from bundlesolve.bounds.ball import Ball, Dual, combine, minimise
from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.triangles import (
    Triangles,
    most_violated,
    to_binary,
    to_signs,
    whole_prices,
)
from bundlesolve.kernels.types import Floats

STEPS = 100
"""Quasi-Newton steps a round."""
FEW_STEPS = 40
"""Those where pairs clash or are worth nothing negative: many cheap nodes close more."""
MOST_VARIABLES = 1_000
LEAST_CLASHES = 0.02
"""Share of the pairs that must clash, by more than weight, for rounds to be better."""
NEW = 1000
"""Triangles added a round, at most."""
VIOLATED = -0.02
"""Forms below this are added."""
LOSS = 2.5
"""What sets the ball's weight: the gap times this is ``alpha N^2``."""
LEAST_LOSS = 0.5
"""Least of ``alpha N^2``, in units of the objective."""
IDLE = 2
"""Rounds that gain less than `LEAST_GAIN` of the gap after which rounds are over."""
LEAST_GAIN = 0.02
ROUNDS = 8
"""A node is split when more rounds than this seem to be needed to close it."""


class Convex(Semidefinite):
    """Multipliers of a core whose variables are all two-valued, improved by rounds.

    A round takes quasi-Newton steps on the dual of the ball-regularised maximum-cut
    relaxation with triangle inequalities (`bundlesolve.bounds.ball`); its lift makes the
    objective with the triangles' forms linear, up to a shift of its diagonal. The bound
    is then evaluated as any other. After Krislock, Malick and Roupin, "BiqCrunch: a
    semidefinite branch-and-bound method for solving binary quadratic problems", ACM
    Transactions on Mathematical Software 43, 2017, with knapsacks and other rows as
    linear forms and clashes as forms that are 0.
    """

    def __init__(
        self,
        core: Core,
        objective: int | None,
        multipliers: Multipliers | None = None,
        factor: float = 0.3,
    ) -> None:
        super().__init__(core, objective, multipliers, factor)
        self._ball, self._norm = make_ball(core)
        self._load, self._length = product_rows(core)
        self._dual = self._start()
        self._idle = 0
        mixed = bool(np.any(core.quadratic < 0.0)) and not clashes(core)
        self._most = STEPS if mixed else FEW_STEPS

    @property
    def is_over(self) -> bool:
        """True once rounds no longer gain."""
        return self._idle >= IDLE

    @property
    def is_stuck(self) -> bool:
        """True once neither rounds nor, if there is a knapsack, steps gain."""
        if not self.is_over:
            return False
        return len(self.core.capacity) == 0 or super().is_stuck

    @property
    def chunk(self) -> int:
        """One round or, once they are over, as many steps as without them."""
        return super().chunk if self.is_over else 1

    @property
    def patience(self) -> int:
        """Rounds, once they are over steps, that a node is worth."""
        return super().patience if self.is_over else ROUNDS

    def _start(self) -> Dual:
        """Return the dual that belongs to the multipliers the relaxation starts from."""
        ball, best = self._ball, self.best
        lift = to_signs(best.lift)
        rows = np.concatenate((np.zeros(len(self.core.capacity)), best.high, best.low))
        rows *= self._norm
        products = self._products()
        equal = np.zeros(len(ball.equal))
        dual = Dual(np.diag(lift).copy(), rows, products, equal, best.triangles)
        diagonal = np.diag(lift) + np.diag(combine(ball, dual))
        dual = Dual(diagonal, rows, products, equal, best.triangles)
        if len(ball.equal):
            left = lift + combine(ball, dual)
            i, j = ball.equal.triple[:, 1], ball.equal.triple[:, 2]
            dual = Dual(diagonal, rows, products, -2.0 * left[i, j], best.triangles)
        border = (lift + combine(ball, dual))[0, 1:]
        for g in range(len(self.core.capacity)):
            half = ball.border[g] / 2
            rows[g] = max(0.0, -float(half @ border) / max(float(half @ half), 1e-300))
        return dual

    def _products(self) -> Floats:
        """Return the products' multipliers that the splits show."""
        best, b = self.best, self.core.num_pairable
        split = self.core.quadratic / 2 + best.lift[1:, 1:] + best.lean
        split += best.triangles.form(b)[1:, 1:]
        share: Floats = np.maximum((split * self._load).sum(axis=1) / self._length**2, 0.0)
        return share * self._length

    def _step(self) -> None:
        if self.is_over:
            super()._step()
        else:
            self._round()

    def _round(self) -> None:
        ball = self._ball
        size = len(ball.cost)
        gap = self.value - self._target
        alpha = max(LOSS * gap, LEAST_LOSS) / size**2
        dual, moment = minimise(ball, self._dual, alpha, self._most, self.stops)
        trial, dual = self._trial(dual)
        inner = (moment + moment.T) / 2
        self.x[:] = np.clip((1.0 + inner[0, 1:]) / 2, 0.0, 1.0)
        x = self.x.copy()
        value = self._evaluate(trial)
        if value < self.value:
            value = self._proved(value, trial)
        gain = self.value - value
        self._idle = 0 if gain > LEAST_GAIN * gap else self._idle + 1
        if gain > 0.0:
            self._accept(value, trial)
        self.x[:] = x
        self._dual = self._separate(dual, inner)

    def _separate(self, dual: Dual, moment: Floats) -> Dual:
        """Drop triangles that do not matter, add those that are violated."""
        old = dual.triangles
        matters = (old.price > 0.0) | (old.values(moment) < 0.0)
        old = old.take(matters)
        new = most_violated(moment, VIOLATED, NEW)
        number = np.array([len(moment) ** 2, len(moment), 1])
        known = np.isin(
            (new.triple @ number) * 4 + new.kind, (old.triple @ number) * 4 + old.kind
        )
        return Dual(
            dual.diagonal, dual.rows, dual.products, dual.equal, old.join(new.take(~known))
        )

    def _trial(self, dual: Dual) -> tuple[Multipliers, Dual]:
        """Return the multipliers of a dual, its prices made whole."""
        core = self.core
        triangles = dual.triangles.at(whole_prices(dual.triangles.price))
        dual = Dual(dual.diagonal, dual.rows, dual.products, dual.equal, triangles)
        matrix = np.diag(dual.diagonal) - combine(self._ball, dual)
        size = len(matrix)
        least = eigh(matrix, subset_by_index=(0, 0), eigvals_only=True, check_finite=False)[
            0
        ]
        if least < 0.0:
            matrix.flat[:: size + 1] -= least
        groups, r = len(core.capacity), len(core.high)
        used = triangles.take(triangles.price > 0.0)
        rows = dual.rows / self._norm
        pairs = (dual.products / self._length)[:, None] * self._load
        multipliers = Multipliers(
            (pairs - pairs.T) / 2,
            to_binary((matrix + matrix.T) / 2),
            np.clip(rows[groups : groups + r], 0.0, core.most_high),
            np.clip(rows[groups + r :], 0.0, core.most_low),
            used,
        )
        return multipliers, dual


def suits(core: Core) -> bool:
    """Return whether rounds are likely to be better than the volume algorithm."""
    if not is_possible(core):
        return False
    return bool(np.any(core.quadratic < 0.0)) or clashes(core)


def is_possible(core: Core) -> bool:
    """Return whether rounds can be taken: all variables two-valued, and not too many."""
    return core.num_pairable == core.num_vars <= MOST_VARIABLES


def clashes(core: Core) -> bool:
    """Return whether enough pairs clash that are not just too heavy for their knapsack.

    Heavy pairs do not count: a pure knapsack problem is no better off with rounds.
    """
    b = core.num_pairable
    if not np.any(core.clash):
        return False
    group, weight = core.group[:b], core.weight[:b]
    same = (group[:, None] == group) & (group >= 0)
    room = np.append(core.capacity, 0.0)[group]
    heavy = same & (weight[:, None] + weight > room)
    return int(np.count_nonzero(core.clash & ~heavy)) >= LEAST_CLASHES * b * (b - 1)


def make_ball(core: Core) -> tuple[Ball, Floats]:
    """Return the maximum-cut form of a core of two-valued variables, rows of length 1.

    Also what the rows were divided by, first the groups', then both sides of the others.
    """
    b = core.num_pairable
    matrix = np.zeros((1 + b, 1 + b))
    matrix[1:, 1:] = core.quadratic / 2
    matrix[1:, 1:][core.clash] = 0.0
    matrix[0, 1:] = matrix[1:, 0] = core.worth / 2
    cost = to_signs(matrix)
    np.fill_diagonal(cost, 0.0)
    groups = np.arange(len(core.capacity))
    knapsacks = np.where(core.group == groups[:, None], core.weight, 0.0)
    sides = np.concatenate((-knapsacks, -core.rows, core.rows))
    limits = np.concatenate((core.capacity, core.high, -core.low))
    most = np.concatenate((np.full(len(groups), np.inf), core.most_high, core.most_low))
    # A side that does not count may have any limit.
    counts = most > 0.0
    norm = np.sqrt(np.square(sides).sum(axis=1))
    norm[norm == 0.0] = 1.0
    border = np.where(counts[:, None], sides / norm[:, None], 0.0) / 2
    offset = np.where(counts, limits / norm, 0.0) + border.sum(axis=1)
    i, j = np.nonzero(np.triu(core.clash))
    none = np.zeros(len(i), dtype=np.int64)
    equal = Triangles(np.column_stack((none, 1 + i, 1 + j)), none, none.astype(np.float64))
    load, length = product_rows(core)
    reach = np.append(core.capacity, 0.0)[core.group[:b]] - core.weight[:b]
    reach = np.where(load.any(axis=1), reach, 0.0) / length
    return Ball(
        cost, border, offset, most * norm, equal, load / length[:, None], reach
    ), norm


def product_rows(core: Core) -> tuple[Floats, Floats]:
    """Return the knapsacks inside each variable and their lengths, 1 where there is none.

    A variable's knapsack holds the others of its group that it can be in with, in what
    room it leaves; splits ``p_j load_ji`` cost no more than ``p_j`` times the room.
    """
    b = core.num_pairable
    group, weight = core.group[:b], core.weight[:b]
    same = (group[:, None] == group) & (group >= 0) & ~core.clash
    np.fill_diagonal(same, False)
    load = np.where(same, weight, 0.0)
    length = np.sqrt(np.square(load).sum(axis=1))
    length[length == 0.0] = 1.0
    return load, length

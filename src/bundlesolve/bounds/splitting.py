"""Alternating directions for a core's doubly nonnegative relaxation.

See `bundlesolve.bounds.doubly_nonnegative`, which says what is bounded and why it is a
proof. Here floating point may round as it likes: what comes out is only multipliers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.kernels.types import Floats, Ints

INNER = 0.4
"""Scale of the variables beside the constant 1: balances the point's border and inside."""
SLACK = 3.0
"""Length of a slack's row at the root."""
WEIGHT = 0.25
"""Weight of the squares at the root, the objective's matrix having length 1."""
LIGHTER, LIGHT = 4.0, 10
"""What the weight is divided by in a smaller core: prices are nearer there than the point,
and a small weight changes the point first."""
NEAR = 1 / 16
"""What the weight is multiplied by near given multipliers, for the same reason."""
OVER = 1.6
"""Length of a step on the prices; below the golden ratio."""
BALANCE, TURN, OFTEN = 3.0, 1.3, 10
"""The weight changes by ``TURN`` where one residual is ``BALANCE`` times the other; looked
at every so many iterations."""


@dataclass(frozen=True)
class Place:
    """Where the iterations are; rows and columns are 1, the variables, the slacks.

    Parameters
    ----------
    point
        The matrix within the polyhedron. Shape ``[N, N]``.
    price
        Prices of it being the semidefinite one. Shape ``[N, N]``.
    weight
        Weight of the squares.
    unit
        What the objective was divided by.
    scale
        What each row's slack was multiplied by.
    is_part
        Whether variables have been fixed since the last iteration.
    """

    point: Floats
    price: Floats
    weight: float
    unit: float
    scale: Floats
    is_part: bool = False

    def restrict(self, core: Core, lower: Floats, free: Ints) -> Place:
        """Return the place in the core that `Core.restrict` made.

        Prices as a lift, by a congruence; the point only loses rows and columns.
        """
        b = core.num_pairable
        kept = np.concatenate(([0], 1 + free[free < b], np.arange(1 + b, len(self.point))))
        price, ones = self.price, 1 + np.flatnonzero(lower[:b] > 0)
        if len(ones):
            price = price.copy()
            price[0] += INNER * price[ones].sum(axis=0)
            price[:, 0] += INNER * price[:, ones].sum(axis=1)
        at = np.ix_(kept, kept)
        return Place(self.point[at], price[at], self.weight, self.unit, self.scale, True)


class _Shape(NamedTuple):
    """The core as matrices over 1, the variables and the slacks, all scaled."""

    basis: Floats
    triangle: Floats
    cost: Floats
    zero: NDArray[np.bool_]
    loose: NDArray[np.bool_]


class Splitting:
    """The relaxation of a core and where the iterations on it are.

    With ``M`` the matrix that makes 1, variables and slacks out of 1 and variables, and
    ``V`` an orthonormal basis of its range::

        max <C, Y>  s.t.  Y = V R V',  R positive semidefinite,  Y in P

    ``P``: ``Y_00 = 1``, diagonal equal to border for variables, no negative entry but among
    slacks, 0 for clashes. Iterations project on the cone and on ``P`` in turn (Povh, Rendl,
    Wiegele, "A boundary point method to solve semidefinite programs", Computing 78, 2006;
    Wen, Goldfarb, Yin, "Alternating direction augmented Lagrangian methods for
    semidefinite programming", Math. Programming Computation 2, 2010); slacks as rows of
    their own, after Oliveira, Wolkowicz and Xu ("ADMM for the SDP relaxation of the QAP",
    Math. Programming Computation 10, 2018), leave products of a row and a variable to
    the projection on ``P``, entry by entry.

    Parameters
    ----------
    core
        All its variables two-valued; no soft rows.
    place
        Where to go on. Default: at the beginning.
    """

    def __init__(self, core: Core, place: Place | None = None) -> None:
        self.core = core
        self.iterations = 0
        self.place = _beginning(core) if place is None else place
        self._light = LIGHT if self.place.is_part else 0
        self.shape = _shape(core, self.place)

    def iterate(self, count: int, stops: Callable[[], bool] = lambda: False) -> None:
        """Iterate ``count`` times, fewer if stopped."""
        basis, _, cost, zero, loose = self.shape
        b = self.core.num_pairable
        point, price, weight = self.place.point, self.place.price, self.place.weight
        last, size = point, 1.0 + float(np.linalg.norm(cost))
        inside = np.arange(1, 1 + b)
        if self.iterations < self._light:
            weight /= LIGHTER
        for _ in range(count):
            if stops():
                break
            if self.iterations == self._light:
                weight = self.place.weight
            self.iterations += 1
            inner = basis.T @ (point + price / weight) @ basis
            values, vectors = np.linalg.eigh((inner + inner.T) / 2)
            keep = values > 0.0
            factor = basis @ (vectors[:, keep] * np.sqrt(values[keep]))
            cone = factor @ factor.T
            trial = (cost - price) / weight
            trial += cone
            border, own = trial[0, 1 : 1 + b], trial[inside, inside]
            x = np.clip((INNER * own + 2.0 * border) / (INNER**3 + 2.0 * INNER), 0.0, 1.0)
            np.maximum(trial, 0.0, out=trial)
            trial[zero] = 0.0
            trial[loose] = cone[loose]
            trial[0, 1 : 1 + b] = trial[1 : 1 + b, 0] = INNER * x
            trial[inside, inside] = INNER**2 * x
            trial[0, 0] = 1.0
            last, point = point, trial
            cone -= point
            price = price - OVER * weight * cone
            if self.iterations % OFTEN == 0 and self.iterations > self._light:
                apart = float(np.linalg.norm(cone)) / (1.0 + float(np.linalg.norm(point)))
                moved = weight * float(np.linalg.norm(point - last)) / size
                if apart > BALANCE * moved:
                    weight *= TURN
                elif moved > BALANCE * apart:
                    weight /= TURN
        old = self.place
        if self.iterations < self._light:
            weight = old.weight
        self.place = Place(point, price, weight, old.unit, old.scale)

    @property
    def x(self) -> Floats:
        """The point's diagonal: how far each variable is in. Shape ``[b]``."""
        inside: Floats = self.place.point[0, 1 : 1 + self.core.num_pairable] / INNER
        return inside

    def multipliers(self) -> Multipliers:
        """Return the prices in the form of `Semidefinite`, the lift made semidefinite."""
        core, place = self.core, self.place
        basis, triangle, *_ = self.shape
        b, groups, r = core.num_pairable, len(core.capacity), len(core.high)
        inner = basis.T @ place.price @ basis
        values, vectors = np.linalg.eigh((inner + inner.T) / 2)
        scale = np.full(1 + b, INNER)
        scale[0] = 1.0
        root = (triangle.T @ vectors) * np.sqrt(np.maximum(-values, 0.0))
        root *= np.sqrt(place.unit) * scale[:, None]
        lift = root @ root.T
        # What the cone's projection adds to the prices of the slacks.
        upper = np.maximum(values, 0.0)
        slack = basis[1 + b :]
        left = (
            place.price[1 + b :, : 1 + b]
            - (slack @ vectors * upper) @ (basis[: 1 + b] @ vectors).T
        )
        left *= 2.0 * place.unit * place.scale[:, None] * scale
        left = np.maximum(left, 0.0)
        same = (core.group == np.arange(groups)[:, None]) & (core.group >= 0)
        share = np.where(same, left[:groups, 1:], 0.0).sum(axis=0)
        load = np.where(
            (core.group[:, None] == core.group) & (core.group >= 0),
            share[:, None] * core.weight,
            0.0,
        )
        lean = (load - load.T) / 2
        high = np.minimum(left[groups : groups + r, 0], core.most_high)
        low = np.minimum(left[groups + r :, 0], core.most_low)
        return Multipliers(lean, (lift + lift.T) / 2, high, low)


def place_near(core: Core, multipliers: Multipliers, moment: Floats) -> Place:
    """Return a place whose prices are near some multipliers.

    Parameters
    ----------
    core
        What is relaxed.
    multipliers
        Any, without triangles.
    moment
        A matrix over ``(1, x)`` that about belongs to them.
    """
    first = _beginning(core)
    b, size = core.num_pairable, len(first.point)
    scale = np.full(1 + b, INNER)
    scale[0] = 1.0
    split = core.quadratic / 2 + multipliers.lift[1:, 1:] + multipliers.lean
    same = (core.group[:, None] == core.group) & (core.group >= 0) & ~core.clash
    np.fill_diagonal(same, False)
    load = np.where(same, core.weight, 0.0)
    length = np.maximum(np.square(load).sum(axis=1), 1e-9)
    share = np.maximum((split * load).sum(axis=1) / length, 0.0)
    groups = len(core.capacity)
    own = core.group == np.arange(groups)[:, None]
    high = np.concatenate((np.zeros(groups), multipliers.high, multipliers.low))
    side = np.concatenate((high[:, None], np.zeros((len(high), b))), axis=1)
    side[:groups, 1:] = np.where(own, share, 0.0)
    side /= 2.0 * first.unit * first.scale[:, None] * scale
    slacks = _slacks(core) * first.scale[:, None] / scale
    price = np.zeros((size, size))
    price[1 + b :, : 1 + b], price[: 1 + b, 1 + b :] = side, side.T
    inner = slacks.T @ side
    inner += inner.T + multipliers.lift / (first.unit * np.outer(scale, scale))
    price[: 1 + b, : 1 + b] = -inner
    rows = np.concatenate((np.eye(1 + b), slacks))
    point = rows @ (moment * np.outer(scale, scale)) @ rows.T
    return Place(point, price, NEAR * WEIGHT, first.unit, first.scale)


def _beginning(core: Core) -> Place:
    size = 1 + core.num_pairable + len(core.capacity) + 2 * len(core.high)
    raw = _slacks(core)
    length = np.sqrt(np.square(raw[:, 0]) + np.square(raw[:, 1:] / INNER).sum(axis=1))
    scale = SLACK / np.maximum(length, 1e-9)
    unit = float(np.linalg.norm(_cost(core)))
    point = np.zeros((size, size))
    point[0, 0] = 1.0
    return Place(point, np.zeros((size, size)), WEIGHT, max(unit, 1e-9), scale)


def _slacks(core: Core) -> Floats:
    """Return the rows' slacks as functions of 1 and the variables."""
    groups = np.arange(len(core.capacity))
    knapsacks = np.where(core.group == groups[:, None], core.weight, 0.0)
    rows = np.concatenate((-knapsacks, -core.rows, core.rows))
    limits = np.concatenate((core.capacity, core.high, -core.low))
    # A side that does not count may have any limit.
    most = np.concatenate((np.full(len(groups), np.inf), core.most_high, core.most_low))
    raw = np.concatenate((limits[:, None], rows), axis=1)
    raw[most <= 0.0] = 0.0
    return raw


def _cost(core: Core) -> Floats:
    b = core.num_pairable
    cost = np.zeros((1 + b, 1 + b))
    cost[1:, 1:] = np.where(core.clash, 0.0, core.quadratic) / (2.0 * INNER**2)
    cost[0, 1:] = cost[1:, 0] = core.worth / (2.0 * INNER)
    return cost


def _shape(core: Core, place: Place) -> _Shape:
    b, groups = core.num_pairable, len(core.capacity)
    raw = _slacks(core) * place.scale[:, None]
    raw[:, 1:] /= INNER
    rows = np.concatenate((np.eye(1 + b), raw))
    basis, triangle = np.linalg.qr(rows)
    size = len(rows)
    cost = np.zeros((size, size))
    cost[: 1 + b, : 1 + b] = _cost(core) / place.unit
    zero = np.zeros((size, size), dtype=np.bool_)
    zero[1 : 1 + b, 1 : 1 + b] = core.clash
    # Products of slacks, and of a slack and a variable of another row, are left out.
    loose = np.zeros((size, size), dtype=np.bool_)
    loose[1 + b :, 1:] = loose[1:, 1 + b :] = True
    own = core.group == np.arange(groups)[:, None]
    loose[1 + b : 1 + b + groups, 1 : 1 + b] = ~own
    loose[1 : 1 + b, 1 + b : 1 + b + groups] = ~own.T
    return _Shape(basis, triangle, cost, zero, loose)

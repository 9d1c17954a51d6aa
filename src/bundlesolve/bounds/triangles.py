"""Priced triangle inequalities: forms that are never negative on two-valued points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.triangles import (
    SIGNS,
    add_forms,
    count_violated,
    form_values,
    list_violated,
)
from bundlesolve.kernels.types import Floats, Ints

PRECISION = 24
"""Prices have this many binary digits at most."""
MOST_LISTED = 20_000


@dataclass(frozen=True)
class Triangles:
    """Triangle inequalities over signs ``s_0 = 1, s_j = 2 x_j - 1`` and their prices.

    With ``s_0`` among the three these are ``y_ij >= 0``, ``y_ij <= x_i`` and
    ``x_i + x_j - y_ij <= 1`` for the product ``y_ij``; without, the triangle inequalities
    of Padberg ("The boolean quadric polytope", Math. Programming 45, 1989). On two-valued
    points each form is 0 or 4.

    Parameters
    ----------
    triple
        Rising indices of three signs. Shape ``[T, 3]``.
    kind
        See `bundlesolve.kernels.triangles`. Shape ``[T]``.
    price
        Multipliers, 0 or more, multiples of one power of two (`whole_prices`), so that
        sums of them are exact. Shape ``[T]``.
    """

    triple: Ints
    kind: Ints
    price: Floats

    def __len__(self) -> int:
        """Return their number."""
        return len(self.kind)

    def form(self, num_pairable: int) -> Floats:
        """Return the priced sum, exact, over ``(1, x)``. Shape ``[1 + b, 1 + b]``."""
        matrix = np.zeros((1 + num_pairable, 1 + num_pairable))
        add_forms(matrix, self.triple, self.kind, self.price)
        matrix = to_binary(matrix)
        matrix[0, 0] += self.price.sum()
        return matrix

    def values(self, moment: Floats) -> Floats:
        """Return the forms at a matrix over the signs. Shape ``[T]``."""
        value = np.empty(len(self))
        form_values(moment, self.triple, self.kind, value)
        return value

    def take(self, index: Ints | NDArray[np.bool_]) -> Triangles:
        """Return some of them."""
        return Triangles(self.triple[index], self.kind[index], self.price[index])

    def at(self, price: Floats) -> Triangles:
        """Return them at other prices. Shape ``[T]``."""
        return Triangles(self.triple, self.kind, price)

    def join(self, other: Triangles) -> Triangles:
        """Return these and the others."""
        return Triangles(
            np.concatenate((self.triple, other.triple)),
            np.concatenate((self.kind, other.kind)),
            np.concatenate((self.price, other.price)),
        )

    def restrict(self, number: Ints, sign: Floats) -> Triangles:
        """Return what is left when some signs are fixed.

        Parameters
        ----------
        number
            New index of each sign, 0 for one that is fixed. Shape ``[1 + b]``.
        sign
            What a fixed sign is; 1 for the others. Shape ``[1 + b]``.

        Notes
        -----
        A form with two fixed signs is dropped: it says ``0 >= 0`` or ``1 + s_i >= 0``.
        """
        if not len(self):
            return self
        at = number[self.triple]
        keep = np.count_nonzero(at == 0, axis=1) <= 1
        at, flip = at[keep], sign[self.triple[keep]]
        signs = SIGNS[self.kind[keep]]
        signs = signs * flip[:, [0, 0, 1]] * flip[:, [1, 2, 2]]
        # Only the fixed sign can be out of order; pairs of an order are those of another.
        order = np.argsort(at, axis=1, kind="stable")
        opposite = signs[:, [2, 1, 0]]  # the pair without the first, second, third
        opposite = np.take_along_axis(opposite, order, axis=1)
        kind = np.where(
            opposite.sum(axis=1) > 0, 0, 3 - np.argmax(opposite, axis=1)
        ).astype(np.int64)
        return Triangles(np.take_along_axis(at, order, axis=1), kind, self.price[keep])


def no_triangles() -> Triangles:
    """Return none."""
    return Triangles(np.zeros((0, 3), np.int64), np.zeros(0, np.int64), np.zeros(0))


def whole_prices(price: Floats) -> Floats:
    """Return prices rounded down to 24 binary digits of the largest."""
    top = float(price.max(initial=0.0))
    if not top > 0.0:
        return np.zeros(len(price))
    unit = 2.0 ** (np.frexp(top)[1] - PRECISION)
    whole: Floats = np.floor(np.maximum(price, 0.0) / unit) * unit
    return whole


def most_violated(moment: Floats, limit: float, most: int) -> Triangles:
    """Return the triangles whose forms are least, those below a limit alone, price 0."""
    room = min(count_violated(moment, limit), MOST_LISTED)
    triple, kind = np.empty((room, 3), np.int64), np.empty(room, np.int64)
    value = np.empty(room)
    list_violated(moment, limit, triple, kind, value)
    if room > most:
        least = np.argpartition(value, most)[:most]
        triple, kind = triple[least], kind[least]
    return Triangles(triple, kind, np.zeros(len(kind)))


def to_binary(matrix: Floats) -> Floats:
    """Return a form over ``(1, s)`` as one over ``(1, x)`` with ``s = 2 x - 1``."""
    row = 2.0 * matrix[:, 1:]
    inner = 2.0 * row[1:]
    border = row[0] - row[1:].sum(axis=0)
    out = np.empty_like(matrix)
    out[1:, 1:] = inner
    out[0, 1:] = out[1:, 0] = border
    out[0, 0] = matrix[0, 0] - 2.0 * matrix[0, 1:].sum() + matrix[1:, 1:].sum()
    return out


def to_signs(matrix: Floats) -> Floats:
    """Return a form over ``(1, x)`` as one over ``(1, s)`` with ``x = (1 + s) / 2``."""
    out = np.empty_like(matrix)
    out[1:, 1:] = matrix[1:, 1:] / 4.0
    border = matrix[0, 1:] / 2.0 + matrix[1:, 1:].sum(axis=0) / 4.0
    out[0, 1:] = out[1:, 0] = border
    out[0, 0] = matrix[0, 0] + matrix[0, 1:].sum() + matrix[1:, 1:].sum() / 4.0
    return out

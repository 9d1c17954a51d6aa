"""The maximum-cut relaxation, regularised by a ball, and its smooth dual.

Signs ``s`` with ``s_0 = 1`` give ``X = s s'``, positive semidefinite with unit diagonal and
of Frobenius norm ``N``. For any multipliers

    max <C, s s'>  <=  k + sum(u) + 1 / (2 alpha) |M_+|^2 + alpha / 2 N^2,
    M = C + sum_t z_t T_t + sum_r eta_r R_r - Diag(u),

where ``T_t`` and ``R_r`` are never negative at points, ``k`` holds their constants, and
``M_+`` is the part of positive eigenvalues. The right side is smooth, with gradient from
``X = M_+ / alpha``, and falls to the semidefinite bound as ``alpha`` does (Malick and
Roupin, "On the bridge between combinatorial optimization and nonlinear optimization",
Math. Programming 140, 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize

from bundlesolve.bounds.triangles import Triangles, to_signs
from bundlesolve.kernels.triangles import add_forms, form_values
from bundlesolve.kernels.types import Floats

LARGEST = 2.0**60
"""No multiplier beyond the worth of everything helps, and that is below ``2**53``."""
MEMORY = 20
"""Pairs of steps and gradients that the quasi-Newton method keeps."""


@dataclass(frozen=True)
class Ball:
    """What is maximised and what restricts it.

    Parameters
    ----------
    cost
        ``C``: symmetric, zero diagonal. Shape ``[N, N]``.
    border, offset, most
        Linear rows ``offset_r + border_r . s[1:] >= 0`` and their largest multipliers.
        Shapes ``[r, N - 1]``, ``[r]``, ``[r]``.
    equal
        Triangle forms that are 0 at points: their multipliers may be negative.
    load, room
        Products of a knapsack with a variable, ``room_j x_j - sum_i load_ji y_ji >= 0``.
        Shapes ``[N - 1, N - 1]``, zero diagonal, and ``[N - 1]``; all 0 without knapsacks.
    """

    cost: Floats
    border: Floats
    offset: Floats
    most: Floats
    equal: Triangles
    load: Floats
    room: Floats


@dataclass(frozen=True)
class Dual:
    """Multipliers: ``u``, ``eta``, products', of the forms that are 0, triangles'."""

    diagonal: Floats
    rows: Floats
    products: Floats
    equal: Floats
    triangles: Triangles

    def vector(self) -> Floats:
        """Return them one after the other."""
        return np.concatenate(
            (
                self.diagonal,
                self.rows,
                self.products,
                self.equal,
                self.triangles.price,
            )
        )


def combine(ball: Ball, dual: Dual) -> Floats:
    """Return ``C + sum_t z_t T_t + sum_r eta_r R_r``, before ``u`` is taken off."""
    matrix = ball.cost + add_products(ball, dual.products)
    border = dual.rows @ ball.border / 2
    matrix[0, 1:] += border
    matrix[1:, 0] += border
    add_forms(matrix, ball.equal.triple, ball.equal.kind, dual.equal)
    triangles = dual.triangles
    add_forms(matrix, triangles.triple, triangles.kind, triangles.price)
    return matrix


def minimise(
    ball: Ball,
    dual: Dual,
    alpha: float,
    steps: int,
    stops: Callable[[], bool] = lambda: False,
) -> tuple[Dual, Floats]:
    """Return better multipliers and ``X`` after some steps of a quasi-Newton method.

    Parameters
    ----------
    ball, dual
        The problem and where to start.
    alpha
        Weight of the ball.
    steps
        Most steps (Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound
        constrained optimization", SIAM J. Scientific Computing 16, 1995).
    stops
        Asked after each step whether to end early. Default: never.
    """
    size = len(ball.cost)
    num_rows, num_equal = len(ball.offset), len(ball.equal)
    ends = np.cumsum([size, num_rows, size - 1, num_equal])
    weighs = bool(np.any(ball.load))
    triple, kind = dual.triangles.triple, dual.triangles.kind
    value = np.empty(len(kind))
    zero = np.empty(num_equal)
    moment = np.eye(size)

    def split(point: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        u, eta, by, free, price = np.split(point, ends)
        return u, eta, by, free, price

    def evaluate(point: Floats) -> tuple[float, Floats]:
        u, eta, by, free, price = split(point)
        matrix = ball.cost / alpha
        if weighs:
            matrix += add_products(ball, by)
        border = eta @ ball.border / 2
        matrix[0, 1:] += border
        matrix[1:, 0] += border
        add_forms(matrix, ball.equal.triple, ball.equal.kind, free)
        add_forms(matrix, triple, kind, price)
        matrix.flat[:: size + 1] -= u
        moment[:] = positive_part(matrix)
        form_values(moment, triple, kind, value)
        form_values(moment, ball.equal.triple, ball.equal.kind, zero)
        gradient = np.concatenate(
            (
                1.0 - np.diag(moment),
                ball.offset + ball.border @ moment[0, 1:],
                product_values(ball, moment) if weighs else np.zeros(size - 1),
                zero,
                value,
            )
        )
        total = 0.5 * float(np.vdot(moment, moment))
        total += u.sum() + eta @ ball.offset + free.sum() + price.sum()
        return total, gradient

    def look(_point: Floats) -> None:
        if stops():
            raise StopIteration

    least = np.concatenate(
        (np.full(size, -np.inf), np.zeros(num_rows + size - 1), np.full(num_equal, -np.inf))
    )
    least = np.concatenate((least, np.zeros(len(kind))))
    most = np.full(len(least), np.inf)
    most[size : ends[1]] = ball.most / alpha
    # Where the relaxation is infeasible the dual has no minimum, and steps would not end.
    least = np.maximum(least, -LARGEST / alpha)
    most = np.minimum(most, LARGEST / alpha)
    found = minimize(
        evaluate,
        np.clip(dual.vector() / alpha, least, most),
        jac=True,
        method="L-BFGS-B",
        bounds=np.column_stack((least, most)),
        callback=look,
        options={
            "maxiter": steps,
            "maxfun": 2 * steps,
            "maxcor": MEMORY,
            "ftol": 0.0,
            "gtol": 1e-3,
        },
    )
    evaluate(found.x)
    u, eta, by, free, price = split(found.x * alpha)
    return Dual(u, eta, by, free, dual.triangles.at(price)), moment


def add_products(ball: Ball, price: Floats) -> Floats:
    """Return the priced products as a form over the signs."""
    matrix = np.zeros_like(ball.cost)
    pairs = price[:, None] * ball.load
    matrix[1:, 1:] = -(pairs + pairs.T) / 2
    np.fill_diagonal(matrix[1:, 1:], price * ball.room)
    return to_signs(matrix)


def product_values(ball: Ball, moment: Floats) -> Floats:
    """Return what the products are at a matrix over the signs."""
    both = (moment[1:, 1:] + moment[0, 1:] + moment[1:, :1] + moment[0, 0]) / 4
    value: Floats = ball.room * np.diag(both) - (ball.load * both).sum(axis=1)
    return value


def positive_part(matrix: Floats) -> Floats:
    """Return the part of the positive eigenvalues of a symmetric matrix."""
    values, vectors = eigh(
        matrix, subset_by_value=(0.0, np.inf), driver="evr", check_finite=False
    )
    part: Floats = (vectors * values) @ vectors.T
    return part

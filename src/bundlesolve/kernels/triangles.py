"""Triangle inequalities of the cut polytope on a full matrix.

For signs ``s`` in {-1, 1} and ``a b c = 1``, the form ``1 + a s_i s_j + b s_i s_k +
c s_j s_k`` is 0 or 4. Kinds: 0 is ``(a, b, c) = (1, 1, 1)``, 1 has ``a`` alone positive,
2 ``b``, 3 ``c``.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Ints

SIGNS = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=np.float64)
"""``a, b, c`` of each kind."""


@njit(cache=True, nogil=True)
def count_violated(moment: Floats, limit: float) -> int:
    """Return how many triangle forms of a matrix are below a limit."""
    size, count = len(moment), 0
    for i in range(size):
        for j in range(i + 1, size):
            first = moment[i, j]
            for k in range(j + 1, size):
                second, third = moment[i, k], moment[j, k]
                count += 1.0 + first + second + third < limit
                count += 1.0 + first - second - third < limit
                count += 1.0 - first + second - third < limit
                count += 1.0 - first - second + third < limit
    return count


@njit(cache=True, nogil=True)
def list_violated(
    moment: Floats, limit: float, triple: Ints, kind: Ints, value: Floats
) -> int:
    """Write the triangles below a limit, as far as there is room; return their number.

    Parameters
    ----------
    moment
        Symmetric, unit diagonal. Shape ``[N, N]``.
    limit
        Forms of smaller values are listed.
    triple, kind, value
        Written: three rising indices, kind, value. Shapes ``[T, 3]``, ``[T]``, ``[T]``.
    """
    size, count, room = len(moment), 0, len(kind)
    forms = np.empty(4)
    for i in range(size):
        for j in range(i + 1, size):
            first = moment[i, j]
            for k in range(j + 1, size):
                second, third = moment[i, k], moment[j, k]
                forms[0] = 1.0 + first + second + third
                forms[1] = 1.0 + first - second - third
                forms[2] = 1.0 - first + second - third
                forms[3] = 1.0 - first - second + third
                for t in range(4):
                    if forms[t] < limit and count < room:
                        triple[count, 0], triple[count, 1] = i, j
                        triple[count, 2], kind[count] = k, t
                        value[count] = forms[t]
                        count += 1
    return count


@njit(cache=True, nogil=True)
def form_values(moment: Floats, triple: Ints, kind: Ints, value: Floats) -> None:
    """Write what the triangle forms are at a matrix. Shape of ``value`` ``[T]``."""
    for t in range(len(kind)):
        i, j, k = triple[t, 0], triple[t, 1], triple[t, 2]
        first = moment[i, j] if kind[t] < 2 else -moment[i, j]
        second = moment[i, k] if kind[t] % 2 == 0 else -moment[i, k]
        third = moment[j, k] if kind[t] == 0 or kind[t] == 3 else -moment[j, k]
        value[t] = 1.0 + first + second + third


@njit(cache=True, nogil=True)
def add_forms(matrix: Floats, triple: Ints, kind: Ints, price: Floats) -> None:
    """Add priced forms, without their constants, to a symmetric matrix."""
    for t in range(len(kind)):
        i, j, k, half = triple[t, 0], triple[t, 1], triple[t, 2], 0.5 * price[t]
        first = half if kind[t] < 2 else -half
        second = half if kind[t] % 2 == 0 else -half
        third = half if kind[t] == 0 or kind[t] == 3 else -half
        matrix[i, j] += first
        matrix[j, i] += first
        matrix[i, k] += second
        matrix[k, i] += second
        matrix[j, k] += third
        matrix[k, j] += third


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.eye(3)
    triple, kind, value = np.zeros((1, 3), np.int64), np.zeros(1, np.int64), np.zeros(1)
    count_violated(one, 0.0)
    list_violated(one, 0.0, triple, kind, value)
    form_values(one, triple, kind, value)
    add_forms(one, triple, kind, value)

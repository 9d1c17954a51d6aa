"""Shifted geometric mean."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bundlesolve.errors import InvalidParameter

SHIFT = 1.0
"""Seconds added before the logarithm; every report prints it."""


def shifted_geometric_mean(values: Iterable[float], shift: float = SHIFT) -> float | None:
    r"""Return :math:`(\prod_i (x_i + s))^{1/n} - s`; None of no values.

    Less moved by a few slow runs than the arithmetic mean, and by a few runs of next to
    no time than the geometric one.

    Parameters
    ----------
    values
        Numbers of 0 or more, such as seconds.
    shift
        ``s``, in the same unit. Default `SHIFT`.

    Raises
    ------
    InvalidParameter
        If a value or the shift is negative, or a value plus shift is 0 or infinite.

    References
    ----------
    T. Achterberg, "Constraint integer programming", PhD thesis, TU Berlin, 2007, app. A.3.
    """
    numbers = [float(value) for value in values]
    if not numbers:
        return None
    for number in numbers:
        if number < 0 or shift < 0 or not 0 < number + shift < math.inf:
            found = f"{number:g} with shift {shift:g}"
            raise InvalidParameter(f"expected finite values of 0 or more, found {found}")
    logs = math.fsum(math.log(number + shift) for number in numbers)
    return math.exp(logs / len(numbers)) - shift

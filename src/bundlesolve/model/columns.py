"""Columns of the user's numbers: how many decimals they need, and their whole numbers.

Both give what `bundlesolve.model.decimals` gives number by number, at array speed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.decimals import (
    Number,
    digits_after_point,
    shortened,
    to_decimal,
    to_integer,
)
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.magnitude import LARGEST

Column = Sequence[Number] | NDArray[np.generic]
Place = Callable[[int], str]

MOST_DECIMALS = 9
"""Most decimals that are inferred from numbers; more must be asked for."""
# A decimal of at most 15 digits survives the way to a float64 and back, so a float
# whose scaled value stays below this equals one such decimal or none.
CERTAIN = 1e15


def decimals_needed(column: Column, place: Place) -> int:
    """Return the most decimals that a number of the column needs, 0 for none.

    Raises
    ------
    InvalidInstance
        If one is no finite number or needs more than `MOST_DECIMALS`.
    """
    array = _array(column)
    if array is None:
        return max(_each(_few, column, place), default=0)
    if array.dtype.kind == "i":
        return 0
    most, rows = 0, np.arange(len(array))
    for decimals in range(MOST_DECIMALS + 1):
        fits = _scaled(array[rows], decimals)[1]
        if np.any(fits):
            most = decimals
        rows = rows[~fits]
    return max([most, *(_few(array[r].item(), place(r)) for r in rows.tolist())])


def whole_numbers(column: Column, decimals: int, place: Place) -> IntArray:
    """Return ``column * 10**decimals``, shape ``[len(column)]``.

    Raises
    ------
    InvalidInstance
        If a number is not finite, needs more decimals, or reaches ``2**53``.
    """
    array = _array(column)
    if array is None:
        exact = _each(lambda value: to_integer(value, decimals), column, place)
        return np.array(exact, dtype=np.int64)
    if array.dtype.kind == "i":
        if int(np.abs(array.astype(np.float64)).max(initial=0)) * 10**decimals < LARGEST:
            return cast("IntArray", array * 10**decimals)
        fits = np.zeros(len(array), dtype=bool)
        whole = array.copy()
    else:
        scaled, fits = _scaled(array, decimals)
        whole = np.where(fits, scaled, 0.0).astype(np.int64)
    for row in np.flatnonzero(~fits).tolist():
        whole[row] = to_integer(array[row].item(), decimals, place(row))
    return cast("IntArray", whole)


def in_units(values: IntArray, decimals: int) -> list[Number]:
    """Return ``values / 10**decimals``: whole, or as floats that lose nothing, or exact.

    Floats are given where every value has at most 15 digits: each is then read back as
    the decimal that it stands for. Otherwise `Decimal`.
    """
    if decimals == 0:
        return cast("list[Number]", values.tolist())
    if np.abs(values).max(initial=0) < CERTAIN:
        return cast("list[Number]", (values / 10.0**decimals).tolist())
    return [to_decimal(value, decimals) for value in values.tolist()]


def _each(take: Callable[[Number], int], column: Column, place: Place) -> list[int]:
    """Take numbers one by one, and say where the first wrong one is."""
    taken: list[int] = []
    try:
        taken.extend(map(take, column))
    except InvalidInstance as error:
        where = place(len(taken))
        raise InvalidInstance(error.expected, error.found, where) from None
    return taken


def _few(value: Number, place: str = "$") -> int:
    digits = digits_after_point(value, place)
    if digits > MOST_DECIMALS:
        expected = f"at most {MOST_DECIMALS} decimals where decimals is not given"
        raise InvalidInstance(expected, shortened(value), place)
    return digits


def _array(column: Column) -> NDArray[np.generic] | None:
    """Return the column as ``int64`` or ``float64``, or None if neither holds it."""
    try:
        array = np.asarray(column)
    except ValueError:  # a list among the numbers
        return None
    if array.ndim != 1:
        return None
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.dtype == np.float64:
        return array
    if array.dtype.kind == "i":
        return array.astype(np.int64)
    return None


def _scaled(
    array: NDArray[np.generic], decimals: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the whole numbers, and which of them are certain to be exact."""
    power = 10.0**decimals
    values = array.astype(np.float64)
    with np.errstate(all="ignore"):
        scaled = np.rint(values * power)
        fits = (np.abs(scaled) < CERTAIN) & (scaled / power == values)
    return scaled, fits

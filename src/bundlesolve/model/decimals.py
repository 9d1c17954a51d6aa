"""Exact passage between the user's decimals and the instance's whole numbers.

Nothing here rounds, and nothing depends on the thread's decimal context.
"""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import overload

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.magnitude import LARGEST

Number = int | float | str | Decimal

MOST_DIGITS = 16
"""Decimal digits of ``LARGEST``: a number with more of them before the point is too big."""


@overload
def to_decimal(value: int, decimals: int) -> Decimal: ...
@overload
def to_decimal(value: int | None, decimals: int) -> Decimal | None: ...
def to_decimal(value: int | None, decimals: int) -> Decimal | None:
    """Return ``value / 10**decimals`` exactly, with all its decimals; None stays None."""
    if value is None:
        return None
    sign = 1 if value < 0 else 0
    digits = tuple(int(d) for d in str(abs(value)))
    return Decimal((sign, digits, -decimals)) if decimals else Decimal(value)


def last_digit(value: Number, place: str = "$") -> int | None:
    """Return the power of ten of a number's last digit that is not 0; None for zero.

    0 for 12, 2 for 300, -2 for 0.25 and for 0.250. A float stands for the shortest
    decimal that reads back as it (0.1 for ``0.1``).
    """
    digits, exponent = _parts(value, place)
    return exponent if digits else None


def digits_after_point(value: Number, place: str = "$") -> int:
    """Return how many decimals a number needs: 0 for 12, 2 for 0.25 and for 0.250."""
    return max(0, -(last_digit(value, place) or 0))


def to_integer(value: Number, decimals: int, place: str = "$") -> int:
    """Return ``value * 10**decimals`` as a whole number, or say why it is none.

    Parameters
    ----------
    value
        A number of any kind; a text is read as a decimal number.
    decimals
        The power of ten; it may be negative.
    place
        Where the number comes from, for the error.

    Raises
    ------
    InvalidInstance
        If the number is not finite, needs more decimals, or reaches ``2**53``.
    """
    digits, exponent = _parts(value, place)
    if not digits:
        return 0
    shift = exponent + decimals
    size = len(digits) - (digits[0] == "-")
    if size + shift > MOST_DIGITS:
        raise InvalidInstance("a size below 2**53", shortened(value), place)
    if shift < 0:
        expected = f"at most {decimals} decimals"
        if decimals < 0:
            expected = f"a multiple of {10**-decimals}"
        raise InvalidInstance(expected, shortened(value), place)
    scaled: int = int(digits) * 10**shift
    if abs(scaled) >= LARGEST:
        raise InvalidInstance("a size below 2**53", shortened(value), place)
    return scaled


def _parts(value: Number, place: str) -> tuple[str, int]:
    """Return ``digits, exponent``: digits without zeros at the end, empty for zero."""
    number = _exact(value, place)
    if number.is_zero():
        return "", 0
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    bare = text.strip("0")
    exponent += len(text) - len(text.rstrip("0"))
    return ("-" if sign else "") + bare, exponent


def _exact(value: Number, place: str) -> Decimal:
    try:
        number = _decimal(value)
    except (ArithmeticError, ValueError, TypeError):
        raise InvalidInstance("a number", shortened(value), place) from None
    if not number.is_finite():
        raise InvalidInstance("a finite number", shortened(value), place)
    return number


def _decimal(value: Number) -> Decimal:
    if isinstance(value, bool | np.bool_):
        raise TypeError
    if isinstance(value, Decimal | str):
        return Decimal(value)
    if isinstance(value, numbers.Integral):
        return Decimal(int(value))
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    if isinstance(value, np.floating):
        return Decimal(str(value))  # 0.1 for a float32 of 0.1
    raise TypeError


def shortened(value: object) -> str:
    """Return a value as it is shown in messages: one line of at most 75 characters."""
    if isinstance(value, int) and value.bit_length() > 1000:
        return f"an integer of {value.bit_length()} bits"
    text = str(value) if isinstance(value, numbers.Number) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}... ({len(text)} characters)"

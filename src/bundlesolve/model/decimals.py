"""Exact passage between the user's decimals and the instance's whole numbers.

Nothing here rounds, and nothing depends on the thread's decimal context.
"""

from __future__ import annotations

import numbers
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import overload

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.magnitude import LARGEST

Number = int | float | str | Decimal

MOST_DIGITS = 15
"""Power of ten of the first digit of ``LARGEST``; a number with a higher one is too big."""

_EXACTLY = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_TRUTH = (bool, np.bool_)
_TOLD = (Decimal, str)


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
    number = _exact(value, place)
    if not number:
        return None
    exponent = number.normalize(_EXACTLY).as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


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
    number = _exact(value, place)
    if not number:
        return 0
    size = number.adjusted() + decimals
    if size > MOST_DIGITS:
        raise InvalidInstance("a size below 2**53", shortened(value), place)
    scaled = _EXACTLY.scaleb(number, decimals)
    # Below 1 first: next to the smallest exponent of all, scaling down would give 0.
    if size < 0 or scaled != scaled.to_integral_value():
        expected = f"at most {decimals} decimals" if decimals else "a whole number"
        if decimals < 0:
            expected = f"a multiple of {10**-decimals}"
        raise InvalidInstance(expected, shortened(value), place)
    whole = int(scaled)
    if abs(whole) >= LARGEST:
        raise InvalidInstance("a size below 2**53", shortened(value), place)
    return whole


def _exact(value: Number, place: str) -> Decimal:
    try:
        number = value if type(value) is Decimal else _decimal(value)
    except (ArithmeticError, ValueError, TypeError):
        raise InvalidInstance("a number", shortened(value), place) from None
    if not number.is_finite():
        raise InvalidInstance("a finite number", shortened(value), place)
    return number


def _decimal(value: Number) -> Decimal:
    if isinstance(value, _TRUTH):
        raise TypeError
    if isinstance(value, _TOLD):
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

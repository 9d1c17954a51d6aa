"""Exact passage between the user's decimals and the instance's whole numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import overload

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.magnitude import LARGEST

Number = int | float | str | Decimal


@overload
def to_decimal(value: int, decimals: int) -> Decimal: ...
@overload
def to_decimal(value: int | None, decimals: int) -> Decimal | None: ...
def to_decimal(value: int | None, decimals: int) -> Decimal | None:
    """Return ``value / 10**decimals`` exactly, without an exponent; None stays None."""
    if value is None:
        return None
    sign = 1 if value < 0 else 0
    digits = tuple(int(d) for d in str(abs(value)))
    return Decimal((sign, digits, -decimals)) if decimals else Decimal(value)


def digits_after_point(value: Number, place: str = "$") -> int:
    """Return how many decimals a number needs: 0 for 12, 2 for 0.25 and for 1.250.

    A float stands for the shortest decimal that reads back as it (0.1 for ``0.1``).
    """
    exponent = _plain(value, place).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def to_integer(value: Number, decimals: int, place: str = "$") -> int:
    """Return ``value * 10**decimals`` as a whole number, or say why it is none.

    Raises
    ------
    InvalidInstance
        If the number is not finite, needs more decimals, or reaches ``2**53``.
    """
    number = _plain(value, place)
    if number.is_zero():
        return 0
    if number.adjusted() + decimals > 16:
        raise InvalidInstance("a size below 2**53", _short(value), place)
    if digits_after_point(value, place) > decimals:
        expected = f"at most {decimals} decimals"
        raise InvalidInstance(expected, _short(value), place)
    scaled = int(number.scaleb(decimals))
    if abs(scaled) >= LARGEST:
        raise InvalidInstance("a size below 2**53", _short(value), place)
    return scaled


def _plain(value: Number, place: str) -> Decimal:
    if isinstance(value, bool):
        raise InvalidInstance("a number", value, place)
    try:
        if isinstance(value, Decimal):
            number = value
        elif isinstance(value, float):
            number = Decimal(repr(float(value)))
        else:
            number = Decimal(value)
    except (ArithmeticError, ValueError, TypeError):
        raise InvalidInstance("a number", _short(value), place) from None
    if not number.is_finite():
        raise InvalidInstance("a finite number", _short(value), place)
    return number


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}... ({len(text)} characters)"

"""Numbers as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Iterable

NOTHING = "-"


def percent(value: float | None) -> str:
    """Return per cents with three decimals; what is not 0 never looks like it."""
    if value is None or math.isnan(value):
        return NOTHING
    if value == 0:
        return "0"
    return f"{value:.1e}" if abs(value) < 0.0005 else f"{value:.3f}"


def seconds(value: float | None) -> str:
    """Return seconds with three digits that matter."""
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "never"
    if value < 1:
        return f"{value:.3f}"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def chance(value: float | None) -> str:
    """Return a p-value with four decimals."""
    if value is None:
        return NOTHING
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with some decimals."""
    return NOTHING if value is None or math.isnan(value) else f"{value:.{digits}f}"


def size(value: int | None) -> str:
    """Return bytes in megabytes (of a million)."""
    return NOTHING if value is None else f"{value / 1e6:.0f} MB"


def span(values: Iterable[float], digits: int = 2) -> str:
    """Return the range of some numbers."""
    found = sorted(values)
    if not found:
        return NOTHING
    low, high = f"{found[0]:.{digits}f}", f"{found[-1]:.{digits}f}"
    return low if low == high else f"{low} to {high}"


def listed(values: Iterable[str], most: int = 6) -> str:
    """Return the different texts of some, in their order, and how many more there are."""
    found = [text for text in dict.fromkeys(values) if text]
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return (", ".join(found[:most]) + rest) if found else NOTHING

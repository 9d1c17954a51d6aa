"""Whole numbers of any sign in as many digits of 16 bits as the largest of them takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.types import Ints

Digits = NDArray[np.uint16]

DIGIT = 16
"""Bits of a digit."""
CHUNK = 1 << 20
"""Numbers that are looked at at a time."""


def to_digits(numbers: Ints) -> Digits:
    """Return ``2 |x|``, plus 1 below 0, of each number in digits, the lowest first.

    Every number is above ``-2**62`` and below ``2**62``. Shapes ``[p]`` to ``[k, p]``.
    """
    ends = range(0, len(numbers), CHUNK)
    bits = 1 + max(
        (int(np.abs(numbers[at : at + CHUNK]).max()).bit_length() for at in ends), default=0
    )
    digits = np.empty((-(-bits // DIGIT), len(numbers)), dtype=np.uint16)
    for at in ends:
        part = numbers[at : at + CHUNK]
        part = 2 * np.abs(part) + (part < 0)
        for digit in digits:
            digit[at : at + CHUNK] = part & (1 << DIGIT) - 1
            part >>= DIGIT
    return digits


def from_digits(digits: Digits, numbers: Ints) -> None:
    """Write the numbers of which `to_digits` made digits. Shapes ``[k, p]``, ``[p]``."""
    for at in range(0, len(numbers), CHUNK):
        part = np.zeros(len(numbers[at : at + CHUNK]), dtype=np.int64)
        for digit in digits[::-1]:
            part <<= DIGIT
            part |= digit[at : at + CHUNK]
        numbers[at : at + CHUNK] = np.where(part & 1, -(part >> 1), part >> 1)

"""Whole numbers as short text: letters for small ones, digits for runs of zeros.

``A`` to ``Z`` are 1 to 26, ``a`` to ``z`` are -1 to -26, a number as ``12`` stands for
twelve zeros, and any other value is written with its sign and ends in a point, ``+40.``.
Zeros at the end are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

WORD = re.compile(r"([A-Za-z])|([1-9][0-9]{0,11})|([+-][1-9][0-9]{0,40})\.")


def encode(values: Iterable[int]) -> str:
    """Return the text of some values."""
    words = []
    zeros = 0
    for value in values:
        if not value:
            zeros += 1
            continue
        if zeros:
            words.append(str(zeros))
            zeros = 0
        if abs(value) > 26:
            words.append(f"{value:+d}.")
        else:
            words.append(chr((64 if value > 0 else 96) + abs(value)))
    return "".join(words)


def decode(text: str) -> Iterator[tuple[int, int]]:
    """Yield position and value of what is not 0.

    Raises
    ------
    ValueError
        If the text is not one that `encode` writes.
    """
    at = position = 0
    was_run = False
    while at < len(text):
        word = WORD.match(text, at)
        if word is None or (was_run and word[2]):
            raise ValueError(
                f"letters, runs and signed numbers, found {text[at : at + 12]!r}"
            )
        at = word.end()
        was_run = word[2] is not None
        if was_run:
            position += int(word[2])
            continue
        if word[1]:
            code = ord(word[1])
            yield position, code - 64 if code < 96 else 96 - code
        else:
            yield position, int(word[3])
        position += 1
    if was_run:
        raise ValueError("no zeros at the end")

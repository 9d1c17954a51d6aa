"""A million synergies from JSON text, fast and exact."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import numpy as np

from bundlesolve.files.json_errors import translated
from bundlesolve.files.json_text import malformed
from bundlesolve.model.columns import Column

Columns = tuple[list[str], list[str], Column]

_CLASSES = bytes(
    ord("0")
    if chr(byte) in "0123456789."
    else ord("e")
    if chr(byte) in "eE"
    else ord("+")
    if chr(byte) in "+-"
    else ord(" ")
    for byte in range(256)
)
_LONG = re.compile(rb"[\s,:\[]-?(?:[0-9.]{16}|[0-9.]+[eE])")


def columns(pairs: bytes, file: str) -> Columns:
    """Return a JSON list of ``[a, b, worth]`` as three columns.

    Raises
    ------
    InvalidFile
        If it holds anything else.
    """
    try:
        rows = msgspec.json.decode(pairs, type=list[tuple[str, str, float]])
        exact = None
        if needs_decimals(pairs):
            # The texts that a Decimal would be read from were refused above.
            decode = msgspec.json.decode(pairs, type=list[tuple[str, str, Decimal]])
            exact = [row[2] for row in decode]
    except msgspec.ValidationError as error:
        raise translated(error, None, file, "$.synergies") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        malformed(error, pairs, file)
    first = [row[0] for row in rows]
    second = [row[1] for row in rows]
    if exact is not None:
        return first, second, exact
    return first, second, np.fromiter((row[2] for row in rows), np.float64, len(rows))


def needs_decimals(text: bytes) -> bool:
    """Return True if a number has 16 digits or more, or an exponent.

    Every other number survives the way through a float64. The first look takes texts
    for numbers, too, but is fast; the second one is made only after a find.
    """
    kinds = text.translate(_CLASSES)
    if b"0" * 16 not in kinds and b"0e0" not in kinds and b"0e+" not in kinds:
        return False
    return _LONG.search(text) is not None

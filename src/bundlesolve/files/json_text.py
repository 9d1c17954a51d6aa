"""Strict JSON: exact numbers, UTF-8, every key once, nothing nested without end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.model.decimals import shortened

BOM = b"\xef\xbb\xbf"
LONGEST_INTEGER = 40
"""Digits beyond which an integer stays a decimal, which is no whole number to us."""
LONGEST_KEY = 40
"""Characters of the longest key that a path spells out."""
LARGE = 4096
"""Bytes of synergies from which on they are worth a way of their own."""


class _Twice(dict[str, Any]):
    """An object that says a key more than once."""

    key: str = ""


class _Shell(msgspec.Struct):
    synergies: msgspec.Raw = msgspec.Raw(b"[]")


def split(data: bytes, file: str) -> tuple[bytes, bytes | None]:
    """Return a document without its long list of synergies, and that list.

    The list is None where it is short: then it stays in the document.

    Raises
    ------
    InvalidFile
        If the text is no JSON object.
    """
    if data.startswith(BOM):
        expected = "UTF-8 text without a byte order mark"
        raise InvalidFile(file, "$", expected, "a byte order mark")
    if not data.strip():
        raise InvalidFile(file, "$", "a JSON object", "an empty file")
    try:
        synergies = msgspec.json.decode(data, type=_Shell).synergies
    except msgspec.ValidationError:
        raise InvalidFile(file, "$", "a JSON object", "other JSON") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        malformed(error, data, file)
    pairs = bytes(synergies)
    if len(pairs) < LARGE:
        return data, None
    # Should the same text stand twice, then under one key said twice: whichever of the
    # two is cut out, the other one is found by `parse`.
    start = data.index(pairs)
    return data[:start] + b"[]" + data[start + len(pairs) :], pairs


def parse(data: bytes, file: str) -> Any:
    """Return what a text that `split` let through says, numbers exact.

    Raises
    ------
    InvalidFile
        If the text is malformed or an object says a key twice.
    """
    twice: list[_Twice] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        doubled = _Twice(made)
        keys = [key for key, _ in pairs]
        doubled.key = next(k for row, k in enumerate(keys) if k in keys[:row])
        twice.append(doubled)
        return doubled

    try:
        tree = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=unique,
            parse_float=_fraction,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as error:
        malformed(error, data, file)
    if twice:
        # An object inside one that was replaced by its twin has no place any more.
        places = {id(value): place for place, value in walk(tree)}
        found = next((t for t in twice if id(t) in places), twice[-1])
        place = places.get(id(found), "$")
        raise InvalidFile(file, place, "each key once", f"{shortened(found.key)} again")
    return tree


def walk(tree: Any, place: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield every value of a JSON tree with its path."""
    stack = [(place, tree)]
    while stack:
        where, value = stack.pop()
        yield where, value
        if isinstance(value, dict):
            stack += [(child(where, key), value[key]) for key in reversed(value)]
        elif isinstance(value, list):
            rows = reversed(range(len(value)))
            stack += [(f"{where}[{row}]", value[row]) for row in rows]


def child(place: str, key: str) -> str:
    """Return the path of a key's value."""
    plain = key.isascii() and key.isidentifier() and len(key) <= LONGEST_KEY
    return f"{place}.{key}" if plain else f"{place}[{shortened(key)}]"


def malformed(error: Exception, data: bytes, file: str) -> NoReturn:
    """Raise `InvalidFile` for what a JSON parser could not read."""
    if isinstance(error, RecursionError):
        found = "brackets inside brackets without end"
        raise InvalidFile(file, "$", "JSON of a few levels", found) from None
    if isinstance(error, UnicodeDecodeError):
        found = f"byte 0x{error.object[error.start]:02x}, which is none"
        raise InvalidFile(file, "$", "UTF-8 text", found) from None
    message = str(error)
    byte = re.search(r"\(byte (\d+)\)", message)
    if byte is None:
        if "truncated" in message:
            message = "a truncated one"
        raise InvalidFile(file, "$", "a whole JSON document", message) from None
    at = int(byte[1])
    line = data.count(b"\n", 0, at) + 1
    text = data[at : at + 20].decode("ascii", "replace")
    found = f"{text!r} in line {line} ({message[: byte.start()].strip()})"
    raise InvalidFile(file, "$", "well-formed JSON", found) from None


def _fraction(text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent of twenty digits
        return Decimal("Infinity")
    # JSON has one kind of number: 1.0 and 1e3 are whole.
    if number.adjusted() < LONGEST_INTEGER and number == number.to_integral_value():
        return int(number)
    return number


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INTEGER else Decimal(text)

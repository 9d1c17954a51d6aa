"""From the validator's messages to ours: what was expected, what came, where."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.files import json_document as document
from bundlesolve.model.decimals import shortened

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "str": "a text",
    "array": "a list",
    "object": "an object",
    "bool": "true or false",
    "null": "null",
}
_OBJECTS: dict[str, type[msgspec.Struct]] = {
    "items": document.Item,
    "bundles": document.Bundle,
    "budgets": document.Budget,
    "categories": document.Category,
    "rules": document.Rule,
}
_CHOICES = {"bundlesolve": "1", "scope": "'bundle' or 'total'", "items": "a list or '*'"}
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def translated(
    error: msgspec.ValidationError, tree: Any, file: str, root: str = "$"
) -> InvalidFile:
    """Return the error a user can act on.

    Parameters
    ----------
    error
        What the validator said.
    tree
        What it validated, to show the value; None where there is none to show.
    file
        Name of the file.
    root
        Path of what it validated.
    """
    message, at, tail = str(error).rpartition(" - at `$")
    if not at:
        message, tail = tail, ""
    place, value = _find(tree, tail.rstrip("`"), root)
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        expected, found = _known_keys(place, match[1]), shortened(match[1])
    elif match := re.fullmatch(r"Object missing required field `(.*)`", message):
        expected, found = f"the key {match[1]!r}", "none"
    elif match := re.fullmatch(r"Expected `(.*)` of length (.*), got (\d+)", message):
        expected, found = f"{_words(match[1])} of length {match[2]}", match[3]
    elif match := re.fullmatch(r"Expected `(.*)` of length (.*)", message):
        found = "another length" if value is None else _shown(value)
        expected = f"{_words(match[1])} of length {match[2]}"
    elif match := re.fullmatch(r"Expected `(.*)`, got `(.*)`", message):
        found = _words(match[2]) if value is None else _shown(value)
        expected = _words(match[1])
    elif match := re.fullmatch(r"Expected `(.*)` (>=|<=) (.*)", message):
        expected, found = f"{_words(match[1])} {match[2]} {match[3]}", _shown(value)
    elif message.startswith("Invalid enum value"):
        key = place.rpartition(".")[2]
        expected, found = _CHOICES.get(key, "another value"), _shown(value)
    elif "out of range" in message:
        expected, found = "a size below 2**53", "a number out of range"
    else:
        expected, found = "what the format asks for", shortened(message)
    return InvalidFile(file, place, expected, found)


def _find(tree: Any, tail: str, place: str) -> tuple[str, Any]:
    """Follow a path; where it hides a key, find the one whose value is no number."""
    value = tree
    for name, row, _ in _STEP.findall(tail):
        if name:
            place += f".{name}"
            value = value.get(name) if isinstance(value, dict) else None
        elif row:
            place += f"[{row}]"
            known = isinstance(value, list) and int(row) < len(value)
            value = value[int(row)] if known else None
        elif isinstance(value, dict):
            key = next((k for k, v in value.items() if not _is_number(v)), None)
            place += "[...]" if key is None else f"[{shortened(key)}]"
            value = value.get(key)
    return place, value


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _known_keys(place: str, key: str) -> str:
    path = re.match(r"\$\.(\w+)", place)
    struct = document.Document if path is None else _OBJECTS.get(path[1], document.Document)
    keys = [field.name for field in msgspec.structs.fields(struct)]
    nearest = get_close_matches(key[:60], keys, n=1, cutoff=0.0)[0]
    return f"a known key, the nearest is {nearest!r} (all: {', '.join(keys)})"


def _words(types: str) -> str:
    """Say ``int | decimal | null`` in words."""
    names = [name for name in types.split(" | ") if name != "null"] or ["null"]
    words = dict.fromkeys(_WORDS.get(name, name) for name in names)
    if _WORDS["decimal"] in words:
        words.pop(_WORDS["int"], None)
    return " or ".join(words)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return f"{_words('object' if isinstance(value, dict) else 'array')}"
    return "null" if value is None else shortened(value)

"""The JSON Schema of an instance's JSON: what the reader's structs say, published."""

from __future__ import annotations

from typing import Any

import msgspec

from bundlesolve.files.json_document import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12, with a description of every key.

    What needs the whole document to be seen (unknown or doubled ids, sizes, decimals
    beyond the scale) is left to the reader.
    """
    (reference,), parts = msgspec.json.schema_components(
        [Document], ref_template="#/$defs/{name}"
    )
    parts = {name: _plain(part) for name, part in parts.items()}
    for limit in ("Budget", "Category"):
        parts[limit]["anyOf"] = [_given("at_most"), _given("at_least")]
    kinds = ("include", "exclude", "conflict", "requires")
    parts["Rule"]["oneOf"] = [_given(kind) for kind in kinds]
    return {
        "$schema": DIALECT,
        "title": "bundlesolve instance",
        **reference,
        "$defs": parts,
    }


def _given(key: str) -> dict[str, Any]:
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def _plain(part: Any) -> Any:
    """Say "number" where the structs say "int or Decimal"."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    plain = {key: _plain(value) for key, value in part.items()}
    choices = plain.get("anyOf", [])
    if any(choice.get("format") == "decimal" for choice in choices):
        rest = [c for c in choices if c.get("type") not in ("integer", "string")]
        del plain["anyOf"]
        number = {"type": "number"}
        return plain | ({"anyOf": [number, *rest]} if rest else number)
    return plain

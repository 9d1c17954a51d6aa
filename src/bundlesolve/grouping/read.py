"""Tables of pairs, of sets, and of the bundles that people made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundlesolve.errors import InvalidFile
from bundlesolve.learn.bundles.labelled import LabelledSet
from bundlesolve.learn.tables import FloatArray, Table, read_table
from bundlesolve.model.frozen import IntArray


def read_pairs(source: str) -> tuple[tuple[str, ...], FloatArray]:
    """Return items and worths ``[n, n]`` of a table ``first``, ``second``, ``worth``.

    Items are sorted; a pair that is not in the table is worth 0.

    Raises
    ------
    InvalidFile
        If a column or a cell is missing, or a pair is of one item or stands twice.
    """
    table = read_table(source)
    first, second = (_texts(table, column) for column in ("first", "second"))
    worth = table.numbers("worth")
    items = sorted({*first, *second})
    number = {item: k for k, item in enumerate(items)}
    square = np.zeros((len(items), len(items)))
    seen: set[frozenset[str]] = set()
    for row, (a, b, value) in enumerate(zip(first, second, worth, strict=True), start=1):
        pair = frozenset((a, b))
        if len(pair) < 2 or pair in seen or np.isnan(value):
            expected = "two different items, each pair once, with a worth"
            raise InvalidFile(table.name, f"row {row}", expected, f"{a}, {b}, {value}")
        seen.add(pair)
        square[number[a], number[b]] = square[number[b], number[a]] = value
    return tuple(items), square


def read_sets(source: str, items: Sequence[str]) -> dict[str, IntArray]:
    """Return the item numbers of each set of a table ``set``, ``item``.

    Raises
    ------
    InvalidFile
        If a column or a cell is missing, or an item is not in the catalogue.
    """
    table = read_table(source)
    number = {item: k for k, item in enumerate(items)}
    held: dict[str, set[int]] = {}
    for name, item in zip(_texts(table, "set"), _texts(table, "item"), strict=True):
        if item not in number:
            raise InvalidFile(table.name, "column 'item'", "ids of the catalogue", item)
        held.setdefault(name, set()).add(number[item])
    return {name: np.array(sorted(held[name])) for name in sorted(held)}


def read_labels(
    source: str, sets: dict[str, IntArray], items: Sequence[str]
) -> dict[str, LabelledSet]:
    """Return the sets that have bundles in a table ``set``, ``bundle``, ``item``.

    Raises
    ------
    InvalidFile
        If a column or a cell is missing, or a bundle is not of the items of its set.
    """
    table = read_table(source)
    number = {item: k for k, item in enumerate(items)}
    columns = [_texts(table, column) for column in ("set", "bundle", "item")]
    found: dict[str, dict[str, set[int]]] = {}
    for name, bundle, item in zip(*columns, strict=True):
        if name not in sets or number.get(item, -1) not in sets[name]:
            place = f"set {name!r}, bundle {bundle!r}"
            raise InvalidFile(table.name, place, "items of that set", item)
        found.setdefault(name, {}).setdefault(bundle, set()).add(number[item])
    return {
        name: LabelledSet(
            sets[name], tuple(frozenset(found[name][b]) for b in sorted(found[name]))
        )
        for name in sorted(found)
        if len(sets[name]) >= 2
    }


def _texts(table: Table, column: str) -> list[str]:
    rows = table.texts(column).rows()
    for number, row in enumerate(rows, start=1):
        if row is None:
            place = f"column {column!r}, row {number}"
            raise InvalidFile(table.name, place, "a text", "none")
    return [str(row) for row in rows]

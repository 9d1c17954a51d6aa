"""The format of our own: an instance as JSON, version 1, read and written.

Numbers are the user's decimals and are read exactly, never through a float that would
change them. `json_schema` publishes what every key means.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.files.json_document import VERSION, Document, Rule
from bundlesolve.files.json_errors import translated
from bundlesolve.files.json_pairs import columns
from bundlesolve.files.json_text import BOM, parse, split
from bundlesolve.files.json_write import write
from bundlesolve.files.select import choose
from bundlesolve.model.builder import Builder
from bundlesolve.model.decimals import shortened
from bundlesolve.model.draft import RuleKind
from bundlesolve.model.instance import Instance

__all__ = ["EXTENSIONS", "NAME", "SUMMARY", "read", "recognise", "write"]

NAME = "json"
SUMMARY = "bundlesolve's own format, every part of the model"
EXTENSIONS = (".json",)


def recognise(data: bytes) -> bool:
    """Tell whether a file looks like JSON; `read` says what is wrong with it."""
    return data.removeprefix(BOM).lstrip()[:1] in {b"{", b"["}


def read(data: bytes, file: str, select: str | None = None) -> Instance:
    """Return the instance that a JSON text describes.

    Parameters
    ----------
    data
        The text, UTF-8.
    file
        Its name, for errors.
    select
        Must be None or ``1``: a file holds one instance.

    Raises
    ------
    InvalidFile
        If it is malformed, of another version, or describes no valid instance.
    """
    choose(select, 1, file)
    rest, pairs = split(data, file)
    tree = parse(rest, file)
    document = _validated(tree, file)
    many = None if pairs is None else columns(pairs, file)
    try:
        builder = fill(document)
        if many is not None:
            builder.synergies(*many)
        return builder.build()
    except InvalidInstance as error:
        raise InvalidFile(file, error.place, error.expected, error.found) from None


def fill(document: Document) -> Builder:
    """Tell a builder everything that a document says."""
    builder = Builder(document.name, document.decimals, minimise=document.minimise)
    for item in document.items:
        builder.item(
            item.id,
            item.utility,
            label=item.label,
            max_units=item.max_units,
            extra_utility=item.extra_utility,
            stock=item.stock,
        )
    builder.synergies(document.synergies or [])
    for bundle in document.bundles or []:
        builder.bundle(bundle.id, bundle.copies, bundle.utility)
    for budget in document.budgets or []:
        builder.budget(
            budget.name,
            per_item=budget.per_item,
            per_unit=budget.per_unit,
            at_most=budget.at_most,
            at_least=budget.at_least,
            scope=budget.scope,
            decimals=budget.decimals,
            bundles=budget.bundles,
            penalty=budget.penalty,
            priority=budget.priority,
        )
    for category in document.categories or []:
        builder.category(
            category.name,
            category.items,
            at_most=category.at_most,
            at_least=category.at_least,
            bundles=category.bundles,
            penalty=category.penalty,
            priority=category.priority,
        )
    for row, rule in enumerate(document.rules or []):
        _tell(builder, rule, f"$.rules[{row}]")
    return builder


def _validated(tree: Any, file: str) -> Document:
    # The version first: a later one may have keys that this one does not know.
    version = tree.get("bundlesolve", VERSION)
    if type(version) is not int or version != VERSION:
        found = shortened(version)
        raise InvalidFile(file, "$.bundlesolve", f"format version {VERSION}", found)
    try:
        # Naming Decimal as known keeps texts from being taken for numbers.
        return msgspec.convert(tree, Document, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        raise translated(error, tree, file) from None


def _tell(builder: Builder, rule: Rule, place: str) -> None:
    kinds = [kind for kind in RuleKind if getattr(rule, kind.value) is not None]
    if len(kinds) != 1:
        expected = f"exactly one of {', '.join(RuleKind)}"
        found = " and ".join(kinds) if kinds else "none"
        raise InvalidInstance(expected, found, place)
    kind = kinds[0]
    items = getattr(rule, kind.value)
    builder.rule(
        kind,
        [items] if isinstance(items, str) else items,
        name=rule.name,
        bundles=rule.bundles,
        penalty=rule.penalty,
        priority=rule.priority,
    )

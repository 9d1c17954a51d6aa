"""An instance as JSON that a person can read: one line per item, pair and limit.

The text depends on the instance alone: keys in one order, exact decimals without zeros at
the end, defaults left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.files.json_document import VERSION
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Limit,
    Requires,
    Rule,
    Scope,
)

Fields = list[tuple[str, str]]


def write(instance: Instance) -> bytes:
    """Return the text of an instance; reading it gives an equal instance.

    Raises
    ------
    InvalidInstance
        If a text of it has no UTF-8 form (half a surrogate pair).
    """
    return _Writer(instance).document()


def number(value: int, decimals: int) -> str:
    """Return ``value / 10**decimals`` as JSON, exactly, without zeros at the end."""
    if decimals <= 0:
        return str(value * 10**-decimals)
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def text(value: str) -> str:
    """Return a text as JSON."""
    return json.dumps(value, ensure_ascii=False)


class _Writer:
    """One instance with the JSON of its ids."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.ids = [text(item) for item in instance.items]
        self.sign = -1 if instance.minimise else 1

    def document(self) -> bytes:
        instance = self.instance
        fields: Fields = [("bundlesolve", str(VERSION))]
        if instance.name:
            fields.append(("name", text(instance.name)))
        if instance.decimals:
            fields.append(("decimals", str(instance.decimals)))
        if instance.minimise:
            fields.append(("minimise", "true"))
        fields.append(("items", _lines(self.items())))
        if len(instance.synergies):
            fields.append(("synergies", _lines(self.synergies())))
        if instance.bundles != (Bundle(),):
            fields.append(("bundles", _lines(map(self.bundle, instance.bundles))))
        if instance.budgets:
            fields.append(("budgets", _lines(map(self.budget, instance.budgets))))
        if instance.categories:
            categories = map(self.category, instance.categories)
            fields.append(("categories", _lines(categories)))
        if instance.rules:
            fields.append(("rules", _lines(map(self.rule, instance.rules))))
        body = ",\n".join(f'  "{key}": {value}' for key, value in fields)
        try:
            return f"{{\n{body}\n}}\n".encode()
        except UnicodeEncodeError as error:
            found = ascii(error.object[error.start : error.end])
            raise InvalidInstance("texts with a UTF-8 form", found) from None

    def worth(self, value: int) -> str:
        return number(self.sign * value, self.instance.decimals)

    def items(self) -> Iterator[str]:
        instance = self.instance
        extra = dict(instance.extra_utility)
        stock = _mapping(instance.stock)
        for i, identity in enumerate(self.ids):
            fields = [("id", identity)]
            if instance.labels is not None:
                fields.append(("label", text(instance.labels[i])))
            fields.append(("utility", self.worth(int(instance.utility[i]))))
            if instance.max_units[i] != 1:
                fields.append(("max_units", str(instance.max_units[i])))
            if i in extra:
                worths = [self.worth(worth) for worth in extra[i]]
                one = worths[0] if len(worths) == 1 else _list(worths)
                fields.append(("extra_utility", one))
            if i in stock:
                fields.append(("stock", str(stock[i])))
            yield _object(fields)

    def synergies(self) -> Iterator[str]:
        pairs = self.instance.synergies
        columns = (pairs.first.tolist(), pairs.second.tolist(), pairs.worth.tolist())
        for i, j, worth in zip(*columns, strict=True):
            yield f"[{self.ids[i]}, {self.ids[j]}, {self.worth(worth)}]"

    def bundle(self, bundle: Bundle) -> str:
        fields = [("id", text(bundle.id))]
        if bundle.copies != 1:
            fields.append(("copies", str(bundle.copies)))
        if len(bundle.utility):
            sign = Amounts(bundle.utility.items, self.sign * bundle.utility.values)
            fields.append(("utility", self.amounts(sign, self.instance.decimals)))
        return _object(fields)

    def amounts(self, amounts: Amounts, decimals: int) -> str:
        entries = _mapping(amounts).items()
        return _object_of((self.ids[i], number(v, decimals)) for i, v in entries)

    def budget(self, budget: Budget) -> str:
        fields = [("name", text(budget.name))]
        if len(budget.per_item):
            fields.append(("per_item", self.amounts(budget.per_item, budget.decimals)))
        if len(budget.per_unit):
            fields.append(("per_unit", self.amounts(budget.per_unit, budget.decimals)))
        fields += _sides(budget, budget.decimals)
        if budget.scope is not Scope.BUNDLE:
            fields.append(("scope", text(budget.scope.value)))
        if budget.decimals:
            fields.append(("decimals", str(budget.decimals)))
        # Per one unit of the user, of which the smallest unit is 10**-budget.decimals.
        return _object(fields + self.common(budget, -budget.decimals))

    def category(self, category: Category) -> str:
        n = self.instance.n
        everything = n > 0 and np.array_equal(category.items, np.arange(n))
        items = '"*"' if everything else self.group(category.items.tolist())
        fields = [("name", text(category.name)), ("items", items)]
        return _object(fields + _sides(category, 0) + self.common(category))

    def rule(self, rule: Rule) -> str:
        if isinstance(rule, Include):
            said = ("include", self.ids[rule.item])
        elif isinstance(rule, Exclude):
            said = ("exclude", self.ids[rule.item])
        elif isinstance(rule, Requires):
            said = ("requires", self.group([rule.item, rule.needs]))
        else:
            assert isinstance(rule, Conflict)
            said = ("conflict", self.group(rule.items.tolist()))
        return _object([said, ("name", text(rule.name)), *self.common(rule)])

    def group(self, items: Sequence[int]) -> str:
        return _list(self.ids[i] for i in items)

    def common(self, limit: Limit, shift: int = 0) -> Fields:
        fields = []
        if limit.bundles is not None:
            bundles = self.instance.bundles
            ids = _list(text(bundles[k].id) for k in limit.bundles)
            fields.append(("bundles", ids))
        if limit.penalty is not None:
            penalty = number(limit.penalty, self.instance.decimals + shift)
            fields.append(("penalty", penalty))
        if limit.priority is not None:
            fields.append(("priority", str(limit.priority)))
        return fields


def _mapping(amounts: Amounts) -> dict[int, int]:
    return dict(zip(amounts.items.tolist(), amounts.values.tolist(), strict=True))


def _sides(limit: Budget | Category, decimals: int) -> Fields:
    sides = (("at_least", limit.at_least), ("at_most", limit.at_most))
    return [(k, number(v, decimals)) for k, v in sides if v is not None]


def _object(fields: Fields) -> str:
    return _object_of((f'"{key}"', value) for key, value in fields)


def _object_of(entries: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries) + "}"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(values) + "]"


def _lines(values: Iterable[str]) -> str:
    lines = ",\n".join(f"    {value}" for value in values)
    return f"[\n{lines}\n  ]" if lines else "[]"

"""Small changes of an instance, said in the user's words: instance in, instance out.

Items and bundles are named by their ids, limits by their names, and numbers are in the
user's units, as for `bundlesolve.model.builder.Builder`. Numbers may not need more decimals
than the instance has.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.assemble_limits import assemble_limits
from bundlesolve.model.decimals import Number, shortened, to_integer
from bundlesolve.model.draft import BudgetDraft, CategoryDraft, Draft, RuleDraft
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.ids import Ids, is_text
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category, Exclude, Include, Limit, Rule
from bundlesolve.model.synergies import Synergies


def item_of(instance: Instance, item: str) -> int:
    """Return the number of an item."""
    number = instance.item_number.get(item) if is_text(item) else None
    if number is None:
        raise InvalidInstance("the id of an item", shortened(item), "$.items")
    return number


def bundle_of(instance: Instance, bundle: str) -> int:
    """Return the number of a bundle."""
    for k, known in enumerate(instance.bundles):
        if known.id == bundle:
            return k
    raise InvalidInstance("the id of a bundle", shortened(bundle), "$.bundles")


def limit_of(instance: Instance, name: str) -> Limit:
    """Return a limit by its name."""
    for limit in instance.limits:
        if limit.name == name:
            return limit
    raise InvalidInstance("the name of a limit", shortened(name), "$")


def with_side(instance: Instance, name: str, side: str, value: Number | None) -> Instance:
    """Set ``at_most`` or ``at_least`` of a budget or category; None takes it away."""
    limit = limit_of(instance, name)
    if not isinstance(limit, Budget | Category):
        found = f"the {type(limit).__name__.lower()} {name!r}"
        raise InvalidInstance("a budget or a category", found, limit.place)
    decimals = limit.decimals if isinstance(limit, Budget) else 0
    whole = None
    if value is not None:
        whole = to_integer(value, decimals, f"{limit.place}.{side}")
    return _with_limit_in_place(instance, limit, limit.replace(**{side: whole}))


def with_penalty(instance: Instance, name: str, value: Number | None) -> Instance:
    """Make a limit soft, at so much worth per unit of violation; None makes it hard."""
    limit = limit_of(instance, name)
    decimals = instance.decimals - (limit.decimals if isinstance(limit, Budget) else 0)
    whole = None
    if value is not None:
        whole = to_integer(value, decimals, f"{limit.place}.penalty")
    return _with_limit_in_place(instance, limit, replace(limit, penalty=whole))


def with_utility(
    instance: Instance, item: str, value: Number, bundle: str | None
) -> Instance:
    """Set the worth of an item's first unit, in all bundles or as one bundle values it."""
    number = item_of(instance, item)
    whole = _worth(instance, value, f"$.items[{number}].utility")
    if bundle is None:
        utility = instance.utility.copy()
        utility[number] = whole
        return instance.replace(utility=utility)
    k = bundle_of(instance, bundle)
    bundles = list(instance.bundles)
    own = _with_amount(bundles[k].utility, number, whole)
    bundles[k] = replace(bundles[k], utility=own)
    return instance.replace(bundles=tuple(bundles))


def with_synergy(instance: Instance, a: str, b: str, value: Number) -> Instance:
    """Set what two items are worth together; 0 for nothing."""
    i, j = sorted((item_of(instance, a), item_of(instance, b)))
    place = f"$.synergies[{a!r}, {b!r}]"
    if i == j:
        raise InvalidInstance("two different items", shortened(a), place)
    whole = _worth(instance, value, place)
    pairs = instance.synergies
    row, known = pair_row(pairs, i, j)
    if known:
        worth = pairs.worth.copy()
        worth[row] = whole
        return instance.replace(synergies=replace(pairs, worth=worth))
    columns = [
        np.insert(column, row, entry)
        for column, entry in ((pairs.first, i), (pairs.second, j), (pairs.worth, whole))
    ]
    return instance.replace(synergies=Synergies(*columns))


def pair_row(pairs: Synergies, i: int, j: int) -> tuple[int, bool]:
    """Return where pair ``i < j`` stands or would stand, and whether it is there."""
    first, last = np.searchsorted(pairs.first, [i, i + 1])
    row = int(first + np.searchsorted(pairs.second[first:last], j))
    return row, bool(row < last and pairs.second[row] == j)


def with_stock(instance: Instance, item: str, units: int | None) -> Instance:
    """Set how many units of an item there are for all bundles; None for no limit."""
    number = item_of(instance, item)
    place = f"$.items[{number}].stock"
    whole = None if units is None else to_integer(units, 0, place)
    stock = _with_amount(instance.stock, number, whole)
    return instance.replace(stock=stock)


def with_hold(
    instance: Instance, item: str, inside: bool | None, bundle: str | None
) -> Instance:
    """Hold an item in, or out, of one bundle or of all; None lets it go again.

    A hold is an `Include` or `Exclude` rule of a name of its own, so that it can be found
    and released; one replaces the other.
    """
    number = item_of(instance, item)
    bundles = None if bundle is None else (bundle_of(instance, bundle),)
    where = "" if bundle is None else f" ({bundle})"
    names = (f"hold {item} in{where}", f"hold {item} out{where}")
    rules = tuple(rule for rule in instance.rules if rule.name not in names)
    if inside is None:
        if len(rules) == len(instance.rules):
            raise InvalidInstance("an item that is held", shortened(item), "$.rules")
        return instance.replace(rules=rules)
    kind = Include if inside else Exclude
    rule = kind(name=names[0 if inside else 1], item=number, bundles=bundles)
    return instance.replace(rules=(*rules, rule))


def with_limit(instance: Instance, limit: Limit) -> Instance:
    """Add a limit, as the last of its kind."""
    if not isinstance(limit, Budget | Category | Rule):
        raise InvalidInstance("a budget, category or rule", type(limit).__name__, "$")
    return instance.replace(**{limit.kind: (*getattr(instance, limit.kind), limit)})


def without_limit(instance: Instance, name: str) -> Instance:
    """Take a limit away."""
    limit = limit_of(instance, name)
    rest = tuple(x for x in getattr(instance, limit.kind) if x is not limit)
    return instance.replace(**{limit.kind: rest})


def limit_in_words(
    instance: Instance, draft: BudgetDraft | CategoryDraft | RuleDraft
) -> Limit:
    """Make a limit from the words of a builder; one without a name is given a free one."""
    words = Draft()
    if isinstance(draft, BudgetDraft):
        words.budgets.append(draft)
    elif isinstance(draft, CategoryDraft):
        words.categories.append(draft)
    else:
        words.rules.append(draft)
    items = Ids(instance.items, "an item", "$.items")
    bundles = Ids([bundle.id for bundle in instance.bundles], "a bundle", "$.bundles")
    (limit,) = assemble_limits(words, items, bundles, instance.decimals).all()
    if draft.name is not None:
        return limit
    taken = {known.name for known in instance.limits}
    name, count = limit.name, 1
    while name in taken:
        count += 1
        name = f"{limit.name} ({count})"
    return replace(limit, name=name)


def _with_limit_in_place(instance: Instance, old: Limit, new: Limit) -> Instance:
    limits = tuple(new if x is old else x for x in getattr(instance, old.kind))
    return instance.replace(**{old.kind: limits})


def _worth(instance: Instance, value: Number, place: str) -> int:
    whole = to_integer(value, instance.decimals, place)
    return -whole if instance.minimise else whole


def _with_amount(amounts: Amounts, item: int, value: int | None) -> Amounts:
    """Return amounts with one set, or taken away."""
    kept: IntArray = amounts.items != item
    items, values = amounts.items[kept], amounts.values[kept]
    if value is None:
        return Amounts(items, values)
    row = np.searchsorted(items, item)
    return Amounts(np.insert(items, row, item), np.insert(values, row, value))

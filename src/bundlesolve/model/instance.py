"""The instance: items, pair worths, bundles and limits in the user's words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.extra_worths import ExtraWorths, OneItem
from bundlesolve.model.frozen import Frozen, IntArray, integers
from bundlesolve.model.magnitude import check_magnitude
from bundlesolve.model.names import MANY, Names
from bundlesolve.model.rules import Budget, Category, Limit, Rule
from bundlesolve.model.synergies import Synergies

ExtraUtility = Sequence[OneItem]


@dataclass(frozen=True, eq=False)
class Instance(Frozen):
    """One decision problem; immutable, validated once, all numbers whole.

    The worth of ``units[k, i]`` (units of item ``i`` in one copy of bundle ``k``) is::

        sum_k copies(k) * [ sum_i utility(k, i, units) + sum_{i<j in k} synergy(i, j) ]

    minus the penalties of broken soft limits. It is maximised.

    Parameters
    ----------
    items
        Item ids, unique, not empty texts. ``n`` of them; kept as a tuple, or where they
        are many as `Names`, which equal the tuple.
    utility
        Worth of the first unit, in units of ``10**-decimals``. Shape ``[n]``.
    synergies
        Pair worths in the same unit. Default: none.
    max_units
        Most units of the item in one copy of a bundle. Shape ``[n]``. Default (an empty
        array): 1 each.
    extra_utility
        ``(item, worths)`` by ascending item: worth of the second, third, ... unit, never
        increasing; the last value goes on for further units. Default: 0 each.
    stock
        Units of the item there are for all copies of all bundles. Default: no limit.
    bundles
        The bundles to fill. Default: one, one copy.
    budgets, categories, rules
        The limits. Default: none.
    decimals
        The user's unit of worth is ``10**decimals`` of the instance's. Default 0.
    labels
        Names of the items for people. Default None: the ids.
    name
        What the instance is called. Default empty.
    minimise
        True when the source stated a minimisation, so that utility and synergy are its
        numbers with the sign turned. Default False.

    Raises
    ------
    InvalidInstance
        If the data break the model, or the largest possible worth or use of a limit
        reaches ``2**53``.
    """

    items: Sequence[str]
    utility: IntArray
    synergies: Synergies = field(default_factory=Synergies)
    max_units: IntArray = field(default_factory=lambda: integers([]))
    extra_utility: ExtraUtility = ()
    stock: Amounts = field(default_factory=Amounts)
    bundles: tuple[Bundle, ...] = (Bundle(),)
    budgets: tuple[Budget, ...] = ()
    categories: tuple[Category, ...] = ()
    rules: tuple[Rule, ...] = ()
    decimals: int = 0
    labels: tuple[str, ...] | None = None
    name: str = ""
    minimise: bool = False

    def __post_init__(self) -> None:
        put = object.__setattr__
        if not isinstance(self.items, Names):
            put(self, "items", tuple(self.items))
        _check_ids(self.items, "$.items")
        if len(self.items) >= MANY:
            put(self, "items", Names.of(self.items))
        n = len(self.items)
        put(self, "utility", integers(self.utility, "$.items[*].utility"))
        units = integers(self.max_units, "$.items[*].max_units")
        put(self, "max_units", units if len(units) else integers(np.ones(n, np.int64)))
        for name, column in (("utility", self.utility), ("max_units", self.max_units)):
            if len(column) != n:
                place = f"$.items[*].{name}"
                raise InvalidInstance(f"{n} values", f"{len(column)} values", place)
        if np.any(self.max_units < 0):
            i = int(np.flatnonzero(self.max_units < 0)[0])
            least = int(self.max_units[i])
            raise InvalidInstance("max_units of 0 or more", least, f"$.items[{i}]")
        put(self, "extra_utility", ExtraWorths.of(self.extra_utility, n))
        for name in ("bundles", "budgets", "categories", "rules"):
            put(self, name, tuple(getattr(self, name)))
        if self.labels is not None:
            put(self, "labels", tuple(self.labels))
            if len(self.labels) != n:
                raise InvalidInstance(f"{n} labels", len(self.labels), "$.items")
        if not 0 <= self.decimals <= 15:
            raise InvalidInstance("decimals in 0..15", self.decimals, "$.decimals")
        self._check_references()
        check_magnitude(self)

    def _check_references(self) -> None:
        n = self.n
        self.synergies.check_items(n)
        self.stock.check_items(n, "$.items[*].stock")
        if np.any(self.stock.values < 0):
            k = int(np.flatnonzero(self.stock.values < 0)[0])
            place = f"$.items[{int(self.stock.items[k])}].stock"
            raise InvalidInstance("stock of 0 or more", int(self.stock.values[k]), place)
        if not self.bundles:
            raise InvalidInstance("at least one bundle", "none", "$.bundles")
        _check_ids([bundle.id for bundle in self.bundles], "$.bundles")
        for bundle in self.bundles:
            bundle.utility.check_items(n, f"$.bundles[{bundle.id!r}].utility")
        for limit in self.limits:
            limit.check(n, len(self.bundles))
        _check_ids([limit.name for limit in self.limits], "names of limits")

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.items)

    @property
    def num_bundles(self) -> int:
        """Number of bundles ``K``."""
        return len(self.bundles)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Every budget, category and rule, in this order."""
        return (*self.budgets, *self.categories, *self.rules)

    @cached_property
    def item_number(self) -> dict[str, int]:
        """Item number by id."""
        return {item: i for i, item in enumerate(self.items)}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every field: equal instances have equal fingerprints."""
        digest = hashlib.sha256()
        _feed(digest, self)
        return digest.hexdigest()

    def unit_limits(self, bundle: int) -> IntArray:
        """Most units of each item that stock and ``max_units`` leave one bundle.

        ``min(max_units(i), stock(i) // copies(bundle))``, shape ``[n]``.
        """
        limits = self.max_units.copy()
        share = self.stock.values // self.bundles[bundle].copies
        limits[self.stock.items] = np.minimum(limits[self.stock.items], share)
        return limits

    def label(self, item: int) -> str:
        """Name of the item for people."""
        return self.items[item] if self.labels is None else self.labels[item]

    def __repr__(self) -> str:
        parts = f"{self.n} items, {len(self.synergies)} synergies"
        limits = f"{len(self.limits)} limits, {self.num_bundles} bundle(s)"
        return f"<Instance {self.name!r}: {parts}, {limits}>"


def _check_ids(ids: Sequence[object], place: str) -> None:
    if set(map(type, ids)) == {str}:
        different = set(ids)
        if len(different) == len(ids) and "" not in different:
            return
    seen: set[object] = set()
    for position, text in enumerate(ids):
        if not (isinstance(text, str) and text):
            raise InvalidInstance("a text that is not empty", repr(text), place)
        if text in seen:
            where = f"{place}[{position}]"
            raise InvalidInstance("each id once", f"{text!r} again", where)
        seen.add(text)


def _feed(digest: Any, value: object) -> None:
    """Hash a value with its type and length, so that no two structures collide."""
    if isinstance(value, Frozen):
        names = [f.name for f in fields(value)]
        _feed(digest, type(value).__name__)
        _feed(digest, [getattr(value, name) for name in names])
    elif isinstance(value, np.ndarray):
        digest.update(f"a{value.dtype.str}{value.shape}".encode())
        digest.update(value.tobytes())
    elif isinstance(value, ExtraWorths):
        digest.update(f"l{len(value)}".encode())
        for start in range(0, len(value), 10_000):
            parts = map(_extra, value[start : start + 10_000])
            digest.update("".join(parts).encode())
    elif isinstance(value, Names):
        digest.update(f"l{len(value)}".encode())
        for start in range(0, len(value), 10_000):
            _feed_texts(digest, value[start : start + 10_000])
    elif isinstance(value, tuple | list):
        digest.update(f"l{len(value)}".encode())
        if all(type(part) is str for part in value):
            _feed_texts(digest, value)
            return
        for part in value:
            _feed(digest, part)
    else:
        text = repr(value).encode()
        digest.update(f"s{len(text)}".encode() + text)


def _feed_texts(digest: Any, texts: Sequence[str]) -> None:
    """Hash what the general way does, at once: ids are most of an instance's parts."""
    encoded = [repr(text).encode() for text in texts]
    digest.update(b"".join(b"s%d%b" % (len(text), text) for text in encoded))


def _extra(one: OneItem) -> str:
    """Return what the general way hashes of an item's worths, as one text."""
    texts = map(repr, one[1])
    item, worths = repr(one[0]), "".join(f"s{len(text)}{text}" for text in texts)
    return f"l2s{len(item)}{item}l{len(one[1])}{worths}"

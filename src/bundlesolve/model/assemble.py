"""From a draft to an instance: ids become numbers, the user's decimals whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.assemble_limits import Limits, assemble_limits
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.columns import whole_numbers
from bundlesolve.model.decimals import shortened, to_integer
from bundlesolve.model.draft import BundleDraft, Draft, ItemDraft, SynergiesDraft
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.ids import Ids
from bundlesolve.model.instance import ExtraUtility, Instance
from bundlesolve.model.place import at
from bundlesolve.model.scale import rows_from, worth_decimals
from bundlesolve.model.synergies import Synergies


def assemble(draft: Draft) -> Instance:
    """Make the instance that a draft describes.

    Raises
    ------
    InvalidInstance
        If an id is unknown, a number does not fit its scale, or the model forbids it;
        the place is a path such as ``$.budgets[0].per_unit['tea']``.
    """
    items = Ids([item.id for item in draft.items], "an item", "$.items")
    bundle_drafts = draft.bundles or [BundleDraft("bundle")]
    bundles = Ids([bundle.id for bundle in bundle_drafts], "a bundle", "$.bundles")
    worths = _Worths(items, worth_decimals(draft), -1 if draft.minimise else 1)
    limits = assemble_limits(draft, items, bundles, worths.decimals)
    with _located(limits, draft):
        return Instance(
            items=tuple(items.numbers),
            utility=worths.utility(draft.items),
            synergies=worths.synergies(draft.synergies),
            max_units=_max_units(draft.items),
            extra_utility=worths.extra_utility(draft.items),
            stock=_stock(draft.items),
            bundles=tuple(worths.bundle(b, k) for k, b in enumerate(bundle_drafts)),
            budgets=limits.budgets,
            categories=limits.categories,
            rules=limits.rules,
            decimals=worths.decimals,
            labels=_labels(draft.items),
            name=draft.name,
            minimise=draft.minimise,
        )


@dataclass(frozen=True)
class _Worths:
    """The scale of worth, with the sign that makes every worth one to maximise."""

    items: Ids
    decimals: int
    sign: int

    def utility(self, items: Sequence[ItemDraft]) -> IntArray:
        column = [item.utility for item in items]
        place = "$.items[{}].utility".format
        return self.sign * whole_numbers(column, self.decimals, place)

    def extra_utility(self, items: Sequence[ItemDraft]) -> ExtraUtility:
        extra = []
        for row, item in enumerate(items):
            if item.extra_utility is None:
                continue
            place = f"$.items[{row}].extra_utility"
            given = item.extra()
            whole = [self.sign * to_integer(w, self.decimals, place) for w in given]
            if not whole:
                raise InvalidInstance("one worth or more", "none", place)
            if any(a < b for a, b in pairwise(whole)):
                expected = "worths that never increase"
                if self.sign < 0:
                    expected = "costs that never decrease"
                found = shortened(", ".join(map(str, given)))
                raise InvalidInstance(expected, found, place)
            extra.append((row, tuple(whole)))
        return tuple(extra)

    def synergies(self, chunks: Sequence[SynergiesDraft]) -> Synergies:
        if not chunks:
            return Synergies()
        place, start = "$.synergies", 0
        columns: tuple[list[IntArray], ...] = ([], [], [])
        for chunk in chunks:
            sizes = [len(chunk.first), len(chunk.second), len(chunk.worth)]
            if len(set(sizes)) != 1:
                found = f"lengths {sizes}"
                raise InvalidInstance("three columns of one length", found, place)
            columns[0].append(self.items.column(chunk.first, place, start, 0))
            columns[1].append(self.items.column(chunk.second, place, start, 1))
            worth = whole_numbers(chunk.worth, self.decimals, rows_from(start))
            columns[2].append(self.sign * worth)
            start += sizes[0]
        first, second, worth = map(np.concatenate, columns)
        try:
            return Synergies.from_columns(first, second, worth)
        except InvalidInstance as error:
            row = int(error.place.removeprefix("$.synergies[").removesuffix("]"))
            ids = list(self.items.numbers)
            one, two = shortened(ids[first[row]]), shortened(ids[second[row]])
            found = f"{one} with itself" if one == two else f"{one}, {two} again"
            raise InvalidInstance(error.expected, found, error.place) from None

    def bundle(self, bundle: BundleDraft, row: int) -> Bundle:
        place = f"$.bundles[{row}]"
        utility = self.items.amounts(bundle.utility, self.decimals, f"{place}.utility")
        copies = to_integer(bundle.copies, 0, f"{place}.copies")
        with at(f"{place}.copies"):
            changed = Amounts(utility.items, self.sign * utility.values)
            return Bundle(bundle.id, copies, changed)


def _max_units(items: Sequence[ItemDraft]) -> IntArray:
    most = [_count(item.max_units, row, "max_units") for row, item in enumerate(items)]
    return integers(most)


def _stock(items: Sequence[ItemDraft]) -> Amounts:
    stock = {
        row: _count(item.stock, row, "stock")
        for row, item in enumerate(items)
        if item.stock is not None
    }
    return Amounts.of(stock)


def _count(value: int, row: int, field: str) -> int:
    place = f"$.items[{row}].{field}"
    count = to_integer(value, 0, place)
    if count < 0:
        raise InvalidInstance("0 or more", count, place)
    return count


def _labels(items: Sequence[ItemDraft]) -> tuple[str, ...] | None:
    if all(item.label is None for item in items):
        return None
    return tuple(i.id if i.label is None else i.label for i in items)


@contextmanager
def _located(limits: Limits, draft: Draft) -> Iterator[None]:
    """Say where in the draft it went wrong, where the instance says which limit."""
    try:
        yield
    except InvalidInstance as error:
        for limit, (place, _) in zip(limits.all(), draft.limits(), strict=True):
            if error.place == limit.place:
                raise InvalidInstance(error.expected, error.found, place) from None
        raise

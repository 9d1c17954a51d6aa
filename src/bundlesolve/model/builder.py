"""The builder: an instance said in the user's words, one sentence after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self, cast, overload

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.assemble import assemble
from bundlesolve.model.columns import Column
from bundlesolve.model.decimals import Number, shortened
from bundlesolve.model.draft import (
    BudgetDraft,
    BundleDraft,
    CategoryDraft,
    Draft,
    ItemDraft,
    NumberMap,
    RuleDraft,
    RuleKind,
    SynergiesDraft,
)
from bundlesolve.model.instance import Instance


class Builder:
    """Collects an instance by name, in the user's units, and builds it.

    Every method returns the builder, so that calls can be chained. Ids may be used
    before the item or bundle is added; everything is checked by `build`. Numbers may be
    ``int``, ``float``, ``Decimal`` or a text such as ``"2.50"``; they are taken exactly,
    a float as the shortest decimal that reads back as it.

    Parameters
    ----------
    name
        What the instance is called. Default empty.
    decimals
        Decimals of every worth, 0..15. Default None: the most that a worth needs, 0..9.
    minimise
        True when worths are costs and the least total cost is wanted. Penalties are
        costs in both cases. Default False.

    Examples
    --------
    >>> shop = Builder("tea time")
    >>> shop.item("tea", 3).item("cake", 2.5).synergy("tea", "cake", 4)
    <Builder 'tea time': 2 items>
    >>> shop.budget("money", per_unit={"tea": 1.2, "cake": 3.8}, at_most=5).build()
    <Instance 'tea time': 2 items, 1 synergies, 1 limits, 1 bundle(s)>
    """

    def __init__(
        self, name: str = "", decimals: int | None = None, *, minimise: bool = False
    ) -> None:
        self._draft = Draft(name, decimals, minimise)
        self._open: tuple[list[str], list[str], list[Number]] | None = None

    def item(
        self,
        id: str,  # noqa: A002 - the word of the file format
        utility: Number = 0,
        *,
        label: str | None = None,
        max_units: int = 1,
        extra_utility: Number | Sequence[Number] | None = None,
        stock: int | None = None,
    ) -> Self:
        """Add an item.

        Parameters
        ----------
        id
            Unique, not empty.
        utility
            Worth of the first unit. Default 0.
        label
            Name for people. Default: the id.
        max_units
            Most units in one copy of a bundle. Default 1.
        extra_utility
            Worth of the second, third, ... unit, never increasing; the last goes on.
            Default 0 each.
        stock
            Units there are for all copies of all bundles. Default: no limit.
        """
        item = ItemDraft(id, utility, label, max_units, extra_utility, stock)
        self._draft.items.append(item)
        return self

    def synergy(self, a: str, b: str, worth: Number) -> Self:
        """Add what two different items are worth together; each pair once."""
        if self._open is None:
            self._open = ([], [], [])
            self._draft.synergies.append(SynergiesDraft(*self._open))
        self._open[0].append(a)
        self._open[1].append(b)
        self._open[2].append(worth)
        return self

    @overload
    def synergies(self, first: Iterable[tuple[str, str, Number]]) -> Self: ...
    @overload
    def synergies(
        self, first: Iterable[str], second: Iterable[str], worth: Column
    ) -> Self: ...
    def synergies(
        self,
        first: Iterable[str] | Iterable[tuple[str, str, Number]],
        second: Iterable[str] | None = None,
        worth: Column | None = None,
    ) -> Self:
        """Add many synergies at once, fast.

        Parameters
        ----------
        first
            Triples ``(a, b, worth)``; or, with the two others, a column of ids.
        second, worth
            The other columns, of the same length. Numbers in an array are fastest.

        Raises
        ------
        InvalidInstance
            If what comes is neither triples nor three columns.
        """
        if second is None or worth is None:
            if second is not None or worth is not None:
                found = "two columns"
                raise InvalidInstance("three columns or triples", found, "$.synergies")
            columns = _columns(cast("Iterable[tuple[str, str, Number]]", first))
        else:
            numbers = worth.copy() if isinstance(worth, np.ndarray) else list(worth)
            ids = cast("Iterable[str]", first)
            columns = SynergiesDraft(list(ids), list(second), numbers)
        self._open = None
        self._draft.synergies.append(columns)
        return self

    def bundle(
        self,
        id: str,  # noqa: A002 - the word of the file format
        copies: int = 1,
        utility: NumberMap | None = None,
    ) -> Self:
        """Add a bundle; without any, the instance has one of id ``bundle``.

        Parameters
        ----------
        id
            Unique, not empty.
        copies
            How many copies are made. Default 1.
        utility
            Worth of the first unit *in this bundle*, by item, where it differs.
        """
        self._draft.bundles.append(BundleDraft(id, copies, dict(utility or {})))
        return self

    def budget(  # noqa: PLR0913 - as many words as the model has
        self,
        name: str,
        *,
        per_item: NumberMap | None = None,
        per_unit: NumberMap | None = None,
        at_most: Number | None = None,
        at_least: Number | None = None,
        scope: str = "bundle",
        decimals: int | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Add a limit on a resource such as money or shelf metres.

        Parameters
        ----------
        name
            Unique among all limits.
        per_item, per_unit
            What an item uses if it is in, and what each unit uses, by item; negative
            amounts supply. Default: nothing.
        at_most, at_least
            The limits, one or both.
        scope
            ``"bundle"`` (default): one copy of each bundle on its own; ``"total"``: all
            bundles together, counting copies.
        decimals
            Decimals of the budget's numbers. Default: the most that one needs, 0..9.
        bundles
            Ids of the bundles it is about. Default: all.
        penalty
            Worth lost per one unit of the resource too much or too little. Default None:
            the limit is hard.
        priority
            Which limit to give up first: the lowest. Default None.
        """
        self._draft.budgets.append(
            BudgetDraft(
                name=name,
                per_item=dict(per_item or {}),
                per_unit=dict(per_unit or {}),
                at_most=at_most,
                at_least=at_least,
                scope=scope,
                decimals=decimals,
                bundles=bundles,
                penalty=penalty,
                priority=priority,
            )
        )
        return self

    def category(
        self,
        name: str,
        items: Sequence[str],
        *,
        at_most: int | None = None,
        at_least: int | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Add a limit on how many different items of a group are in a bundle.

        Parameters
        ----------
        name
            Unique among all limits.
        items
            Ids of the group, or ``"*"`` for every item of the instance.
        at_most, at_least
            The limits in items, one or both.
        bundles, priority
            As for a budget.
        penalty
            Worth lost per item too many or too few. Default None: the limit is hard.
        """
        self._draft.categories.append(
            CategoryDraft(
                name=name,
                items=items,
                at_most=at_most,
                at_least=at_least,
                bundles=bundles,
                penalty=penalty,
                priority=priority,
            )
        )
        return self

    def include(
        self,
        item: str,
        *,
        name: str | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Ask for an item in the bundle; a penalty is paid once where it is missing."""
        return self.rule(
            RuleKind.INCLUDE,
            [item],
            name=name,
            bundles=bundles,
            penalty=penalty,
            priority=priority,
        )

    def exclude(
        self,
        item: str,
        *,
        name: str | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Forbid an item; a penalty is paid once where it is in."""
        return self.rule(
            RuleKind.EXCLUDE,
            [item],
            name=name,
            bundles=bundles,
            penalty=penalty,
            priority=priority,
        )

    def conflict(
        self,
        *items: str,
        name: str | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Allow at most one of the items; a penalty is paid for every further one."""
        return self.rule(
            RuleKind.CONFLICT,
            items,
            name=name,
            bundles=bundles,
            penalty=penalty,
            priority=priority,
        )

    def requires(
        self,
        item: str,
        needs: str,
        *,
        name: str | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Allow an item only with another; a penalty is paid once where it is alone."""
        return self.rule(
            RuleKind.REQUIRES,
            [item, needs],
            name=name,
            bundles=bundles,
            penalty=penalty,
            priority=priority,
        )

    def rule(
        self,
        kind: RuleKind,
        items: Sequence[str],
        *,
        name: str | None = None,
        bundles: Sequence[str] | None = None,
        penalty: Number | None = None,
        priority: int | None = None,
    ) -> Self:
        """Add a rule by its kind: what `include`, `exclude`, ... do by their names."""
        self._draft.rules.append(
            RuleDraft(
                kind=kind,
                items=list(items),
                name=name,
                bundles=bundles,
                penalty=penalty,
                priority=priority,
            )
        )
        return self

    def build(self) -> Instance:
        """Check everything and make the instance; the builder can go on afterwards.

        Raises
        ------
        InvalidInstance
            If an id is unknown, a number does not fit its scale, or the model forbids
            it. Places are paths such as ``$.budgets[0].per_unit['tea']``.
        """
        return assemble(self._draft)

    def __repr__(self) -> str:
        n = len(self._draft.items)
        return f"<Builder {self._draft.name!r}: {n} item{'' if n == 1 else 's'}>"


def _columns(triples: Iterable[tuple[str, str, Number]]) -> SynergiesDraft:
    rows = list(triples)
    for row, triple in enumerate(rows):
        if not _is_triple(triple):
            place = f"$.synergies[{row}]"
            raise InvalidInstance("a triple (a, b, worth)", shortened(triple), place)
    return SynergiesDraft(
        [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    )


def _is_triple(value: object) -> bool:
    """Return whether a value is three things in a row."""
    return isinstance(value, Sequence) and len(value) == 3

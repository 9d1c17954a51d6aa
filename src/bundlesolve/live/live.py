"""A live model: change a little, solve again from the last answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Self

from bundlesolve.live import changes
from bundlesolve.live.resolve import Past, resolve
from bundlesolve.live.search import Search
from bundlesolve.live.state import State
from bundlesolve.model.decimals import Number
from bundlesolve.model.draft import (
    BudgetDraft,
    CategoryDraft,
    NumberMap,
    RuleDraft,
    RuleKind,
)
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Limit
from bundlesolve.model.solution import Solution
from bundlesolve.solve import Clock
from bundlesolve.stop import Stop

SOON = Stop(seconds=0.035)
"""When a re-solve ends unless told otherwise; judging the answer comes on top."""


class Live:
    """A model that is changed in small steps and solved again after each.

    Made by `bundlesolve.open`. Every change returns the model, so that changes can be
    chained. A change is checked at once; one that the model forbids raises
    `InvalidInstance` and leaves everything as it was. Items and bundles are named by their
    ids, limits by their names; numbers are in the user's units, as for a `Builder`, with
    no more decimals than the instance has.

    A re-solve inherits the answers to former states of the model (clipped and repaired),
    the prices of the rows, the proved bounds where a change only forbids, and the
    multipliers of the Lagrangian bound. The items and bundles stay what they are.

    Parameters
    ----------
    state, past
        The model and what is known of it.
    solution
        The last answer.
    search
        How to search. Default: a `Search` of default parameters.
    seed
        Of all generators. Same seed, same calls, same step limits, same answers.
        Default 0.
    """

    def __init__(
        self,
        state: State,
        past: Past,
        solution: Solution,
        search: Search = Search(),  # noqa: B008 - frozen
        seed: int = 0,
    ) -> None:
        self._state = state
        self._past = past
        self._instance = state.instance
        self._solution = solution
        self._search = search
        self._seed = seed
        self._solves = 0

    # -- what there is --------------------------------------------------------------

    @property
    def instance(self) -> Instance:
        """The model as it stands now."""
        return self._instance

    @property
    def solution(self) -> Solution:
        """The last answer; its ``instance`` tells to which state of the model."""
        return self._solution

    # -- solving --------------------------------------------------------------------

    def solve(self, stop: Stop = SOON) -> Solution:
        """Solve the model as it stands, from what is known.

        Parameters
        ----------
        stop
            When to end. Default: after 35 milliseconds. With ``steps`` and without
            ``seconds`` the answer is repeatable.

        Returns
        -------
        Solution
            Verified by `check`. Never worse than any former answer that the model still
            allows, nor than the last one cut to what it allows. ``status`` is
            `INFEASIBLE` only with a proof; where nothing was found without one it is
            `UNKNOWN`. ``bound`` is proved, or None where time was too short for any.
        """
        clock = Clock()
        with clock.stage("compile"):
            self._update()
        self._solves += 1
        seed = (self._seed, self._solves)
        answer = resolve(self._state, self._past, self._search, stop, seed, clock)
        self._solution, self._past = answer
        return self._solution

    def forced(
        self,
        *,
        include: Collection[str] = (),
        exclude: Collection[str] = (),
        at_most: Mapping[str, Number | None] | None = None,
        at_least: Mapping[str, Number | None] | None = None,
        stop: Stop = SOON,
    ) -> Solution:
        """Answer what would be if, without changing the model.

        Start, prices, bounds and multipliers are those of the model; nothing that is found
        is kept. The same question gets the same answer on the same steps.

        Parameters
        ----------
        include, exclude
            Ids of items that are in, or out, of every bundle.
        at_most, at_least
            New limits of budgets and categories, by name; None takes a limit away.
        stop
            As for `solve`.

        Returns
        -------
        Solution
            Its ``instance`` is the changed one.
        """
        clock = Clock()
        with clock.stage("compile"):
            self._update()
            instance = self._instance
            for items, inside in ((include, True), (exclude, False)):
                for item in items:
                    instance = changes.with_hold(instance, item, inside, None)
            for side, sides in (("at_most", at_most), ("at_least", at_least)):
                for name, value in (sides or {}).items():
                    instance = changes.with_side(instance, name, side, value)
            state = self._state.changed(instance)
        seed = (self._seed, self._solves, 1)
        return resolve(state, self._past, self._search, stop, seed, clock)[0]

    # -- changing -------------------------------------------------------------------

    def set_utility(self, item: str, value: Number, *, bundle: str | None = None) -> Self:
        """Set the worth of an item's first unit; in one bundle only, if one is named."""
        return self._take(changes.with_utility(self._instance, item, value, bundle))

    def set_synergy(self, a: str, b: str, value: Number) -> Self:
        """Set what two items are worth together; 0 for nothing."""
        return self._take(changes.with_synergy(self._instance, a, b, value))

    def set_stock(self, item: str, units: int | None) -> Self:
        """Set the units of an item there are for all bundles; None for no limit."""
        return self._take(changes.with_stock(self._instance, item, units))

    def set_at_most(self, name: str, value: Number | None) -> Self:
        """Set the upper limit of a budget or category; None takes it away."""
        return self._take(changes.with_side(self._instance, name, "at_most", value))

    def set_at_least(self, name: str, value: Number | None) -> Self:
        """Set the lower limit of a budget or category; None takes it away."""
        return self._take(changes.with_side(self._instance, name, "at_least", value))

    def set_penalty(self, name: str, value: Number | None) -> Self:
        """Make a limit soft, at so much worth per unit of violation; None makes it hard."""
        return self._take(changes.with_penalty(self._instance, name, value))

    def lock(self, item: str, *, bundle: str | None = None) -> Self:
        """Hold an item in, in one bundle or in all, until it is released."""
        return self._take(changes.with_hold(self._instance, item, True, bundle))

    def forbid(self, item: str, *, bundle: str | None = None) -> Self:
        """Hold an item out, of one bundle or of all, until it is released."""
        return self._take(changes.with_hold(self._instance, item, False, bundle))

    def release(self, item: str, *, bundle: str | None = None) -> Self:
        """Let an item go that was locked or forbidden with the same ``bundle``."""
        return self._take(changes.with_hold(self._instance, item, None, bundle))

    def add(self, limit: Limit) -> Self:
        """Add a limit that is made already, such as `bundlesolve.Requires`."""
        return self._take(changes.with_limit(self._instance, limit))

    def remove(self, name: str) -> Self:
        """Take a limit away."""
        return self._take(changes.without_limit(self._instance, name))

    def conflict(
        self, *items: str, name: str | None = None, penalty: Number | None = None
    ) -> Self:
        """Allow at most one of the items, as `Builder.conflict` does."""
        kind = RuleKind.CONFLICT
        return self._say(RuleDraft(kind=kind, items=items, name=name, penalty=penalty))

    def requires(
        self,
        item: str,
        needs: str,
        *,
        name: str | None = None,
        penalty: Number | None = None,
    ) -> Self:
        """Allow an item only with another, as `Builder.requires` does."""
        kind, items = RuleKind.REQUIRES, [item, needs]
        return self._say(RuleDraft(kind=kind, items=items, name=name, penalty=penalty))

    def category(
        self,
        name: str,
        items: Sequence[str],
        *,
        at_most: int | None = None,
        at_least: int | None = None,
        penalty: Number | None = None,
    ) -> Self:
        """Limit how many items of a group are in a bundle, as `Builder.category` does."""
        make = partial(CategoryDraft, name=name, items=items, penalty=penalty)
        return self._say(make(at_most=at_most, at_least=at_least))

    def budget(
        self,
        name: str,
        *,
        per_item: NumberMap | None = None,
        per_unit: NumberMap | None = None,
        at_most: Number | None = None,
        at_least: Number | None = None,
        penalty: Number | None = None,
    ) -> Self:
        """Limit a resource in each bundle, as `Builder.budget` does."""
        make = partial(BudgetDraft, name=name, at_most=at_most, at_least=at_least)
        uses = partial(make, per_item=dict(per_item or {}), per_unit=dict(per_unit or {}))
        return self._say(uses(penalty=penalty))

    def __repr__(self) -> str:
        return f"<Live {self._instance!r}: {self._solution!r}>"

    def _say(self, draft: BudgetDraft | CategoryDraft | RuleDraft) -> Self:
        return self.add(changes.limit_in_words(self._instance, draft))

    def _take(self, instance: Instance) -> Self:
        self._instance = instance
        return self

    def _update(self) -> None:
        """Bring what is made of the instance up to date."""
        if self._state.instance is not self._instance:
            self._state = self._state.changed(self._instance)

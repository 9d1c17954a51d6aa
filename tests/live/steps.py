"""Random small changes of small instances, in the user's words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from bundlesolve.errors import InvalidInstance
from bundlesolve.live import changes
from bundlesolve.model import Budget, Category, Instance
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.draft import CategoryDraft, RuleDraft, RuleKind

Step = tuple[str, tuple[Any, ...]]
"""A function of `bundlesolve.live.changes`, and what it takes after the instance."""


def worths(instance: Instance, low: int = -9, high: int = 9) -> st.SearchStrategy[Decimal]:
    """Worths in the user's unit that fit the instance's decimals."""
    return st.integers(low, high).map(lambda w: to_decimal(w, instance.decimals))


@st.composite
def steps(draw: st.DrawFn, instance: Instance) -> Step:
    """One change; some are of no effect, and some the model forbids."""
    item = st.sampled_from(instance.items)
    bundle = st.none() | st.sampled_from([b.id for b in instance.bundles])
    names = [limit.name for limit in instance.limits]
    kind = draw(st.sampled_from(KINDS))
    if kind == "with_utility":
        return kind, (draw(item), draw(worths(instance)), draw(bundle))
    if kind == "with_synergy" and instance.n > 1:
        pair = st.lists(item, min_size=2, max_size=2, unique=True)
        return kind, (*draw(pair), draw(worths(instance)))
    if kind == "with_stock":
        return kind, (draw(item), draw(st.none() | st.integers(0, 3)))
    if kind in {"with_side", "with_penalty", "without_limit"} and names:
        name = draw(st.sampled_from(names))
        limit = changes.limit_of(instance, name)
        if kind == "without_limit":
            return kind, (name,)
        if kind == "with_penalty":
            return kind, (name, draw(st.none() | st.integers(0, 6)))
        side = draw(st.sampled_from(["at_most", "at_least"]))
        if isinstance(limit, Budget):
            value = to_decimal(draw(st.integers(-2, 12)), limit.decimals)
            return kind, (name, side, draw(st.none() | st.just(value)))
        return kind, (name, side, draw(st.none() | st.integers(0, 3)))
    if kind == "limit_in_words" and instance.n > 1:
        words = [draw(st.permutations(instance.items))[:2]]
        rule = draw(st.sampled_from([RuleKind.CONFLICT, RuleKind.REQUIRES]))
        if draw(st.booleans()):
            return kind, (RuleDraft(kind=rule, items=words[0]),)
        return kind, (CategoryDraft(items=words[0], at_most=draw(st.integers(0, 2))),)
    return "with_hold", (draw(item), draw(st.none() | st.booleans()), draw(bundle))


KINDS = (
    "with_utility",
    "with_synergy",
    "with_stock",
    "with_side",
    "with_side",
    "with_penalty",
    "without_limit",
    "limit_in_words",
    "with_hold",
    "with_hold",
)


def changed(instance: Instance, step: Step) -> Instance:
    """Return the changed instance; the same one where the model forbids the change."""
    kind, words = step
    try:
        if kind == "limit_in_words":
            limit = changes.limit_in_words(instance, *words)
            return changes.with_limit(instance, limit)
        result: Instance = getattr(changes, kind)(instance, *words)
    except InvalidInstance:
        return instance
    return result


def is_refused(instance: Instance, step: Step) -> bool:
    """Tell whether the model forbids the change."""
    return changed(instance, step) is instance


__all__ = ["Category", "Step", "changed", "is_refused", "steps", "worths"]

"""Readable unique names for limits that were not given one."""

from __future__ import annotations

from collections import Counter

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.decimals import shortened
from bundlesolve.model.draft import Draft, LimitDraft, RuleDraft, RuleKind
from bundlesolve.model.ids import is_text

SHOWN = 3
"""Most items that the made name of a conflict tells."""


def limit_names(draft: Draft) -> dict[str, str]:
    """Return the name of every limit by its place.

    Names that were given are kept; a made one such as ``cake requires tea`` gets a
    number where it is taken.

    Raises
    ------
    InvalidInstance
        If a given name is empty or stands twice.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for place, limit in draft.limits():
        if limit.name is None:
            continue
        where = f"{place}.name"
        if not is_text(limit.name):
            found = shortened(limit.name)
            raise InvalidInstance("a text that is not empty", found, where)
        if limit.name in taken:
            found = f"{shortened(limit.name)} again"
            raise InvalidInstance("each name once", found, where)
        taken.add(limit.name)
        names[place] = limit.name
    again: Counter[str] = Counter()
    for place, limit in draft.limits():
        if place not in names:
            made = _made(limit, place)
            names[place] = made
            while names[place] in taken:
                again[made] += 1
                names[place] = f"{made} ({again[made] + 1})"
            taken.add(names[place])
    return names


def _made(limit: LimitDraft, place: str) -> str:
    if not isinstance(limit, RuleDraft):
        return place.removeprefix("$.")
    items = [str(item) for item in limit.items]
    if limit.kind is RuleKind.REQUIRES:
        return " requires ".join(items)
    if limit.kind is RuleKind.CONFLICT and len(items) > SHOWN + 1:
        shown = ", ".join(items[:SHOWN])
        return f"conflict {shown} and {len(items) - SHOWN} more"
    return f"{limit.kind.value} {', '.join(items)}"

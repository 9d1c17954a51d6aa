"""How many decimals a draft's worths and its budgets need."""

from __future__ import annotations

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.columns import MOST_DECIMALS, Place, decimals_needed
from bundlesolve.model.decimals import Number, last_digit, shortened
from bundlesolve.model.draft import BudgetDraft, Draft, NumberMap

MOST_GIVEN = 15
"""Most decimals that a user may ask for."""


def worth_decimals(draft: Draft) -> int:
    """Return the decimals of worth: as given, or else the most that any number needs.

    A budget's penalty is worth per *unit of the user*, of which the budget's smallest
    unit is ``10**-b``; so it needs ``b`` decimals on top of its own.

    Raises
    ------
    InvalidInstance
        If more than 15 are given, or more than 9 are needed.
    """
    if draft.decimals is not None:
        return _given(draft.decimals, "$.decimals")
    most = decimals_needed(
        [item.utility for item in draft.items], "$.items[{}].utility".format
    )
    for row, item in enumerate(draft.items):
        if item.extra_utility is not None:
            place = f"$.items[{row}].extra_utility"
            most = max(most, decimals_needed(item.extra(), place.format))
    start = 0
    for chunk in draft.synergies:
        most = max(most, decimals_needed(chunk.worth, rows_from(start)))
        start += len(chunk.worth)
    for row, bundle in enumerate(draft.bundles):
        most = max(most, _of_map(bundle.utility, f"$.bundles[{row}].utility"))
    for place, limit in draft.limits():
        if limit.penalty is not None:
            shift = 0
            if isinstance(limit, BudgetDraft):
                shift = budget_decimals(limit, place)
            most = max(most, _of_penalty(limit.penalty, shift, f"{place}.penalty"))
    return most


def budget_decimals(budget: BudgetDraft, place: str) -> int:
    """Return the decimals of a budget: as given, or the most that its numbers need.

    Raises
    ------
    InvalidInstance
        If more than 15 are given, or more than 9 are needed.
    """
    if budget.decimals is not None:
        return _given(budget.decimals, f"{place}.decimals")
    most = max(
        _of_map(budget.per_item, f"{place}.per_item"),
        _of_map(budget.per_unit, f"{place}.per_unit"),
    )
    for name, side in (("at_most", budget.at_most), ("at_least", budget.at_least)):
        if side is not None:
            where = f"{place}.{name}"
            most = max(most, decimals_needed([side], where.format))
    return most


def rows_from(start: int) -> Place:
    """Return the place of the worth of a pair, by its row after ``start``."""
    return lambda row: f"$.synergies[{start + row}][2]"


def _given(decimals: int, place: str) -> int:
    if type(decimals) is not int or not 0 <= decimals <= MOST_GIVEN:
        expected = f"a whole number in 0..{MOST_GIVEN}"
        raise InvalidInstance(expected, shortened(decimals), place)
    return decimals


def _of_map(amounts: NumberMap, place: str) -> int:
    ids = list(amounts)
    values = [amounts[text] for text in ids]
    return decimals_needed(values, lambda row: f"{place}[{shortened(ids[row])}]")


def _of_penalty(penalty: Number, shift: int, place: str) -> int:
    digit = last_digit(penalty, place)
    needed = 0 if digit is None else max(0, shift - digit)
    if needed > MOST_DECIMALS:
        expected = f"at most {MOST_DECIMALS} decimals where decimals is not given"
        found = f"{shortened(penalty)} per 10**-{shift} of the resource"
        raise InvalidInstance(expected, found, place)
    return needed

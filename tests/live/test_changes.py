"""Changes in the user's words do what they say, or say why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bundlesolve.errors import InvalidInstance
from bundlesolve.live import changes
from bundlesolve.model import Conflict, Exclude, Include, Instance
from bundlesolve.model.builder import Builder
from bundlesolve.model.draft import RuleDraft, RuleKind


@pytest.fixture(scope="module")
def shop() -> Instance:
    """Tea at 3.5, cake at 2; money with one decimal; two segments."""
    shop = Builder("shop")
    shop.item("tea", 3.5, stock=4).item("cake", 2).item("vase", 4).bundle("a").bundle("b")
    shop.synergy("tea", "cake", 1.5).budget(
        "money", per_unit={"tea": 2.5, "cake": 3}, at_most=5
    )
    return shop.category("size", "*", at_most=2).include("tea", penalty=1).build()


def test_numbers_are_the_users(shop: Instance) -> None:
    """Each at its own scale."""
    assert changes.with_side(shop, "money", "at_most", 7.5).budgets[0].at_most == 75
    assert changes.with_side(shop, "size", "at_least", 1).categories[0].at_least == 1
    assert changes.with_utility(shop, "cake", "2.5", None).utility.tolist() == [35, 25, 40]
    assert changes.with_penalty(shop, "money", 10).budgets[0].penalty == 10
    assert changes.with_penalty(shop, "include tea", None).rules[0].penalty is None
    assert changes.with_stock(shop, "cake", 3).stock.to_dense(3).tolist() == [4, 3, 0]
    assert changes.with_stock(shop, "tea", None).stock.items.tolist() == []


def test_one_bundle_may_value_an_item_on_its_own(shop: Instance) -> None:
    """Twice, the second replaces the first."""
    first = changes.with_utility(shop, "tea", 9, "b")
    second = changes.with_utility(first, "tea", Decimal("0.5"), "b")
    assert second.bundles[1].utility.values.tolist() == [5]
    assert second.bundles[0] == shop.bundles[0]
    assert second.utility.tolist() == shop.utility.tolist()


def test_synergies_change_and_come(shop: Instance) -> None:
    """In either order of the two items."""
    pairs = changes.with_synergy(shop, "cake", "tea", -1).synergies
    assert (pairs.first.tolist(), pairs.worth.tolist()) == ([0], [-10])
    pairs = changes.with_synergy(shop, "vase", "tea", 2).synergies
    assert pairs.second.tolist() == [1, 2]
    assert pairs.worth.tolist() == [15, 20]


def test_costs_have_their_sign_turned() -> None:
    """Where the source minimises, a worth is a cost."""
    costs = Builder("costs", minimise=True).item("a", 3).item("b", 4).build()
    assert changes.with_utility(costs, "a", 5, None).utility.tolist() == [-5, -4]
    assert changes.with_synergy(costs, "a", "b", 2).synergies.worth.tolist() == [-2]


def test_holds_replace_each_other_and_let_go(shop: Instance) -> None:
    """An item is held in or out, once for each place."""
    held = changes.with_hold(shop, "cake", True, None)
    assert isinstance(held.rules[-1], Include)
    out = changes.with_hold(held, "cake", False, None)
    assert isinstance(out.rules[-1], Exclude)
    assert len(out.rules) == 2
    one = changes.with_hold(out, "cake", True, "b")
    assert one.rules[-1].bundles == (1,)
    free = changes.with_hold(changes.with_hold(one, "cake", None, "b"), "cake", None, None)
    assert free == shop


def test_limits_come_and_go(shop: Instance) -> None:
    """A rule without a name gets one that is free."""
    twice = shop
    for _ in range(2):
        draft = RuleDraft(kind=RuleKind.CONFLICT, items=["tea", "vase"])
        twice = changes.with_limit(twice, changes.limit_in_words(twice, draft))
    names = [rule.name for rule in twice.rules]
    assert names == ["include tea", "conflict tea, vase", "conflict tea, vase (2)"]
    assert isinstance(twice.rules[2], Conflict)
    assert changes.without_limit(changes.without_limit(twice, names[1]), names[2]) == shop


@pytest.mark.parametrize(
    ("change", "words", "place"),
    [
        ("with_utility", ("pot", 1, None), "pot"),
        ("with_utility", ("tea", 0.25, None), "at most 1 decimals"),
        ("with_utility", ("tea", 1, "c"), "id of a bundle"),
        ("with_synergy", ("tea", "tea", 1), "two different items"),
        ("with_stock", ("tea", -1), "stock of 0 or more"),
        ("with_side", ("time", "at_most", 1), "name of a limit"),
        ("with_side", ("include tea", "at_most", 1), "budget or a category"),
        ("with_side", ("money", "at_most", None), "at_least or at_most"),
        ("with_side", ("money", "at_least", 6), "at_least <= at_most"),
        ("with_side", ("money", "at_most", float("nan")), "finite"),
        ("with_side", ("money", "at_most", 1e15), "2\\*\\*53"),
        ("with_penalty", ("size", -1), "penalty of 0 or more"),
        ("with_hold", ("cake", None, None), "an item that is held"),
        ("with_limit", (Include(name="money", item=0),), "each id once"),
        ("with_limit", (Include(name="new", item=9),), "item numbers"),
        ("without_limit", ("time",), "name of a limit"),
    ],
)
def test_what_the_model_forbids_is_told(
    shop: Instance, change: str, words: tuple[Any, ...], place: str
) -> None:
    """Errors say what was expected and where."""
    with pytest.raises(InvalidInstance, match=place):
        getattr(changes, change)(shop, *words)

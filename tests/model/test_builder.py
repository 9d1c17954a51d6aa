"""The builder: words in, exact whole numbers out, and a clear error where they clash."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from bundlesolve.errors import InvalidInstance
from bundlesolve.model import Category, Conflict, Instance, Scope, check
from bundlesolve.model.builder import Builder
from bundlesolve.model.decimals import Number


def shop() -> Builder:
    """Tea and cake."""
    return Builder("tea time").item("tea", 3).item("cake", 2)


def test_it_tells_what_it_holds() -> None:
    """The builder shows its name and how many items it has."""
    assert repr(shop()) == "<Builder 'tea time': 2 items>"
    assert repr(Builder().item("tea")) == "<Builder '': 1 item>"


def test_a_whole_shop() -> None:
    """Every word of the model comes out as the number it stands for."""
    instance = (
        Builder("shop")
        .synergy("tea", "cake", "1.25")
        .item("cake", 2, label="Cake", max_units=3, extra_utility=[1, 0.5], stock=4)
        .item("tea", 3.5, extra_utility=2)
        .bundle("front", 2, {"tea": 4})
        .bundle("back")
        .budget("money", per_unit={"tea": 1.2}, per_item={"cake": 3}, at_most=10)
        .budget("shelf", per_unit={"cake": 1}, at_least=1, scope="total", bundles=["back"])
        .category("size", "*", at_most=2, priority=3)
        .include("tea", bundles=["front"], penalty=0.5)
        .exclude("cake", name="no cake", penalty=1)
        .conflict("tea", "cake", penalty=2)
        .requires("cake", "tea")
        .build()
    )
    assert instance.decimals == 2
    assert instance.items == ("cake", "tea")
    assert instance.labels == ("Cake", "tea")
    assert instance.utility.tolist() == [200, 350]
    assert instance.synergies.worth.tolist() == [125]
    assert instance.max_units.tolist() == [3, 1]
    assert instance.extra_utility == ((0, (100, 50)), (1, (200,)))
    assert instance.stock.to_dense(2).tolist() == [4, 0]
    assert [(b.id, b.copies) for b in instance.bundles] == [("front", 2), ("back", 1)]
    assert instance.bundles[0].utility.to_dense(2).tolist() == [0, 400]
    money, shelf = instance.budgets
    assert (money.decimals, money.at_most) == (1, 100)
    assert money.per_unit.to_dense(2).tolist() == [0, 12]
    assert money.per_item.to_dense(2).tolist() == [30, 0]
    assert (shelf.decimals, shelf.scope, shelf.bundles) == (0, Scope.TOTAL, (1,))
    assert instance.categories[0].items.tolist() == [0, 1]
    assert instance.categories[0].priority == 3
    assert [rule.penalty for rule in instance.rules] == [50, 100, 200, None]
    names = ["include tea", "no cake", "conflict tea, cake", "cake requires tea"]
    assert [rule.name for rule in instance.rules] == names


def test_worth_is_scaled_by_the_longest_decimal() -> None:
    """Three decimals in one synergy make every worth a thousandth."""
    instance = shop().synergy("tea", "cake", 0.125).build()
    assert instance.decimals == 3
    assert instance.utility.tolist() == [3000, 2000]


def test_given_decimals_are_kept() -> None:
    """Whole worths may still be counted in cents."""
    assert Builder(decimals=2).item("tea", 3).build().utility.tolist() == [300]


def test_a_budget_is_paid_for_by_the_users_unit() -> None:
    """Half a worth for every euro too much is 5 thousandths for a cent: 3 decimals."""
    instance = shop().budget("money", per_unit={"tea": 1.25}, at_most=1, penalty=0.5)
    built = instance.build()
    assert built.decimals == 3
    assert built.budgets[0].penalty == 5
    # 0.25 euro too much at half a worth each.
    assert check(built, np.array([[1, 0]])).penalty == 125


def test_a_round_penalty_needs_no_decimals() -> None:
    """300 for every euro is 3 for every cent, so worth may stay whole."""
    built = shop().budget("money", per_unit={"tea": 0.25}, at_most=1, penalty=300).build()
    assert (built.decimals, built.budgets[0].penalty) == (0, 3)


def test_a_penalty_below_the_scale_is_refused() -> None:
    """With worth told to be whole, half a worth per cent cannot be said."""
    builder = Builder(decimals=0).item("tea")
    builder.budget("money", per_unit={"tea": 0.25}, at_most=1, penalty=50)
    with pytest.raises(InvalidInstance, match=r"\$\.budgets\[0\]\.penalty.*of 100"):
        builder.build()


def test_costs_are_minimised() -> None:
    """A cost of 3 is a worth of -3; penalties stay what one loses."""
    builder = Builder(minimise=True).item("tea", 3, max_units=2, extra_utility=[4, 5])
    built = builder.item("cake").synergy("tea", "cake", -2).include("cake", penalty=7)
    instance = built.bundle("b", utility={"cake": 6}).build()
    assert instance.minimise
    assert instance.utility.tolist() == [-3, 0]
    assert instance.extra_utility == ((0, (-4, -5)),)
    assert instance.synergies.worth.tolist() == [2]
    assert instance.bundles[0].utility.values.tolist() == [-6]
    assert instance.rules[0].penalty == 7


def test_made_names_do_not_clash() -> None:
    """A rule said twice, and one whose made name a category took, get numbers."""
    instance = (
        shop()
        .include("tea")
        .include("tea")
        .category("exclude tea", ["tea"], at_most=1)
        .exclude("tea")
        .build()
    )
    names = [limit.name for limit in instance.limits]
    expected = ["exclude tea", "include tea", "include tea (2)", "exclude tea (2)"]
    assert names == expected


def test_a_big_conflict_has_a_short_name() -> None:
    """Ten items in conflict are not all in its name."""
    builder = Builder()
    for i in range(10):
        builder.item(f"i{i}")
    instance = builder.conflict(*(f"i{i}" for i in range(10))).build()
    assert instance.rules[0].name == "conflict i0, i1, i2 and 7 more"
    assert isinstance(instance.rules[0], Conflict)
    assert len(instance.rules[0].items) == 10


def test_synergies_come_in_many_ways() -> None:
    """One by one, as triples, as columns and as arrays: the instance is the same."""
    ids, pairs = ["a", "b", "c"], [("a", "b", 1.5), ("c", "b", -2.0), ("a", "c", 0.25)]
    first, second, worth = (list(column) for column in zip(*pairs, strict=True))

    def build(tell: Callable[[Builder], Builder]) -> Instance:
        builder = Builder()
        for item in ids:
            builder.item(item)
        return tell(builder).build()

    def one_by_one(builder: Builder) -> Builder:
        for a, b, value in pairs:
            builder.synergy(a, b, value)
        return builder

    expected = build(one_by_one)
    assert expected == build(lambda b: b.synergies(pairs))
    assert expected == build(lambda b: b.synergies(first, second, worth))
    assert expected == build(lambda b: b.synergies(first, second, np.array(worth)))
    assert expected == build(lambda b: b.synergies(pairs[:1]).synergies(pairs[1:]))
    assert expected == build(lambda b: b.synergy(*pairs[0]).synergies(pairs[1:]))


def test_a_builder_can_go_on() -> None:
    """What was built stays as it is when more is said."""
    builder = shop()
    before = builder.build()
    after = builder.item("pot", 0.5).build()
    assert (before.n, after.n) == (2, 3)
    assert before.decimals == 0


def test_an_array_is_taken_as_it_is_now() -> None:
    """Changing the worths afterwards does not change what was said."""
    worth = np.array([1.0])
    builder = shop().synergies(["tea"], ["cake"], worth)
    worth[0] = 5
    assert builder.build().synergies.worth.tolist() == [1]


def test_an_empty_shop() -> None:
    """No items is an instance, too; every one of none is a category."""
    instance = Builder().category("size", "*", at_most=1).build()
    assert instance.n == 0
    assert isinstance(instance.categories[0], Category)


WRONG: dict[str, tuple[Callable[[Builder], object], str]] = {
    "item twice": (lambda b: b.item("tea"), "$.items[2].id: expected each id once"),
    "item without id": (lambda b: b.item(""), "$.items[2].id: expected a text"),
    "id no text": (lambda b: b.item(7), "$.items[2].id: expected a text"),  # type: ignore[arg-type]
    "utility": (lambda b: b.item("x", "dear"), "$.items[2].utility: expected a number"),
    "nan": (lambda b: b.item("x", float("nan")), "$.items[2].utility: expected a finite"),
    "long": (lambda b: b.item("x", 1 / 3), "$.items[2].utility: expected at most 9"),
    "units": (lambda b: b.item("x", max_units=-1), "$.items[2].max_units: expected 0 or"),
    "stock": (lambda b: b.item("x", stock=-2), "$.items[2].stock: expected 0 or more"),
    "half": (lambda b: b.item("x", stock=0.5), "$.items[2].stock: expected a whole number"),  # type: ignore[arg-type]
    "rising": (
        lambda b: b.item("x", extra_utility=[1, 2]),
        "$.items[2].extra_utility: expected worths that never increase",
    ),
    "no extra": (
        lambda b: b.item("x", extra_utility=[]),
        "$.items[2].extra_utility: expected one worth or more",
    ),
    "unknown pair": (
        lambda b: b.synergy("tea", "cake", 1).synergies([("tea", "pot", 1)]),
        "$.synergies[1][1]: expected the id of an item, found 'pot'",
    ),
    "self pair": (
        lambda b: b.synergy("tea", "tea", 1),
        "$.synergies[0]: expected two different items, found 'tea' with itself",
    ),
    "mirrored": (
        lambda b: b.synergy("tea", "cake", 1).synergy("cake", "tea", 1),
        "$.synergies[1]: expected each pair once, found 'cake', 'tea' again",
    ),
    "worth": (
        lambda b: b.synergy("tea", "cake", 1).synergies([("x", "y", "z")]),
        "$.synergies[1][2]: expected a number, found 'z'",
    ),
    "lengths": (
        lambda b: b.synergies(["tea"], ["cake"], [1, 2]),
        "$.synergies: expected three columns of one length",
    ),
    "two columns": (
        lambda b: b.synergies(["tea"], ["cake"]),  # type: ignore[call-overload]
        "$.synergies: expected three columns or triples",
    ),
    "no triple": (
        lambda b: b.synergies([("tea", "cake")]),  # type: ignore[list-item]
        "$.synergies[0]: expected a triple",
    ),
    "unhashable": (
        lambda b: b.synergies([(["tea"], "cake", 1)]),  # type: ignore[list-item]
        "$.synergies[0][0]: expected the id of an item",
    ),
    "bundle twice": (
        lambda b: b.bundle("x").bundle("x"),
        "$.bundles[1].id: expected each id once",
    ),
    "copies": (lambda b: b.bundle("x", 0), "$.bundles[0].copies: expected copies of 1"),
    "bundle's item": (
        lambda b: b.bundle("x", utility={"pot": 1}),
        "$.bundles[0].utility['pot']: expected the id of an item",
    ),
    "amount": (
        lambda b: b.budget("m", per_unit={"tea": "?"}, at_most=1),
        "$.budgets[0].per_unit['tea']: expected a number",
    ),
    "amount of none": (
        lambda b: b.budget("m", per_item={"pot": 1}, at_most=1),
        "$.budgets[0].per_item['pot']: expected the id of an item",
    ),
    "no side": (lambda b: b.budget("m"), "$.budgets[0]: expected at_least or at_most"),
    "sides": (
        lambda b: b.budget("m", at_least=2, at_most=1),
        "$.budgets[0]: expected at_least <= at_most",
    ),
    "scope": (
        lambda b: b.budget("m", at_most=1, scope="all"),
        "$.budgets[0].scope: expected 'bundle' or 'total', found 'all'",
    ),
    "budget's decimals": (
        lambda b: b.budget("m", at_most=1, decimals=16),
        "$.budgets[0].decimals: expected a whole number in 0..15",
    ),
    "below the budget's scale": (
        lambda b: b.budget("m", at_most=1.5, decimals=0),
        "$.budgets[0].at_most: expected a whole number",
    ),
    "tiny penalty": (
        lambda b: b.budget("m", at_most=0.12345678, penalty=0.01),
        "$.budgets[0].penalty: expected at most 9 decimals",
    ),
    "negative penalty": (
        lambda b: b.include("tea", penalty=-1),
        "$.rules[0].penalty: expected a penalty of 0 or more",
    ),
    "bundle of a limit": (
        lambda b: b.include("tea", bundles=["window"]),
        "$.rules[0].bundles[0]: expected the id of a bundle, found 'window'",
    ),
    "bundles no list": (
        lambda b: b.include("tea", bundles="bundle"),
        "$.rules[0].bundles: expected a list of ids of bundles",
    ),
    "name twice": (
        lambda b: b.budget("m", at_most=1).category("m", "*", at_most=1),
        "$.categories[0].name: expected each name once, found 'm' again",
    ),
    "no name": (lambda b: b.budget("", at_most=1), "$.budgets[0].name: expected a text"),
    "category": (
        lambda b: b.category("c", ["tea", "pot"], at_most=1),
        "$.categories[0].items[1]: expected the id of an item, found 'pot'",
    ),
    "member twice": (
        lambda b: b.category("c", ["tea", "tea"], at_most=1),
        "$.categories[0].items[1]: expected each id once",
    ),
    "negative count": (
        lambda b: b.category("c", "*", at_least=-1),
        "$.categories[0]: expected a count of 0 or more",
    ),
    "members no list": (
        lambda b: b.category("c", "tea", at_most=1),
        "$.categories[0].items: expected a list of ids of items, found 'tea'",
    ),
    "include": (lambda b: b.include("pot"), "$.rules[0].include: expected the id of an"),
    "exclude": (lambda b: b.exclude("pot"), "$.rules[0].exclude: expected the id of an"),
    "lonely": (lambda b: b.conflict("tea"), "$.rules[0].conflict: expected two or more"),
    "requires": (
        lambda b: b.requires("tea", "pot"),
        "$.rules[0].requires[1]: expected the id of an item, found 'pot'",
    ),
    "requires itself": (
        lambda b: b.requires("tea", "tea"),
        "$.rules[0].requires[1]: expected each id once",
    ),
    "sum": (
        lambda b: b.item("x", 2**52).item("y", 2**52),
        "$ (largest possible worth with penalties): expected a size below 2**53",
    ),
    "use": (
        lambda b: b.budget("m", per_unit={"tea": 2**52, "cake": 2**52}, at_most=1),
        "$.budgets[0]: expected a size below 2**53",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(case: str) -> None:
    """The place, what was expected and what came, for every thing one can get wrong."""
    tell, expected = WRONG[case]

    def act() -> None:
        builder = shop()
        tell(builder)
        builder.build()

    with pytest.raises(InvalidInstance) as caught:
        act()
    assert str(caught.value).startswith(expected)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("decimals", [-1, 16, True, 1.0])
def test_decimals_in_range(decimals: int) -> None:
    """Between 0 and 15, and a whole number."""
    with pytest.raises(InvalidInstance, match=r"^\$\.decimals: expected a whole number"):
        Builder(decimals=decimals).build()


def test_numbers_of_every_kind_are_exact() -> None:
    """A float, a text, a Decimal and a NumPy scalar of the same number are the same."""
    kinds: list[Number] = [0.1, "0.1", Decimal("0.1"), np.float64(0.1)]
    for kind in kinds:
        instance = Builder(decimals=1).item("tea", kind).build()
        assert instance.utility.tolist() == [1]

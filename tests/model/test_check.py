"""The judge, one rule at a time: exactly this use, exactly this violation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bundlesolve.errors import InvalidInstance
from bundlesolve.model import (
    Amounts,
    Budget,
    Bundle,
    Category,
    Conflict,
    Exclude,
    Include,
    Instance,
    Requires,
    Scope,
    Synergies,
    Use,
    check,
)
from bundlesolve.model.rules import Limit

SHOP = Instance(
    items=("a", "b", "c"),
    utility=np.array([5, 3, 2]),
    max_units=np.array([4, 2, 1]),
    extra_utility=((0, (4, 1)),),
    synergies=Synergies.of({(0, 1): 7, (1, 2): -2}),
)
TWO = SHOP.replace(
    bundles=(Bundle("solo"), Bundle("many", 3, Amounts.of({1: 10}))),
)


def with_limit(instance: Instance, limit: Limit) -> Instance:
    """Return the instance with one limit and no other."""
    if isinstance(limit, Budget):
        return instance.replace(budgets=(limit,))
    if isinstance(limit, Category):
        return instance.replace(categories=(limit,))
    return instance.replace(rules=(limit,))


def uses_of(instance: Instance, limit: Limit, units: Sequence[Sequence[int]]) -> list[Use]:
    """Return what the judge says of the one limit."""
    verdict = check(with_limit(instance, limit), np.array(units))
    return [use for use in verdict.uses if use.name == limit.name]


def test_worth_of_nothing_is_nothing() -> None:
    """The empty choice is worth 0."""
    assert check(SHOP, np.array([[0, 0, 0]])).objective == 0


def test_first_unit_extra_units_and_pairs() -> None:
    """Four a (5 + 4 + 1 + 1), one b (3), the pair (7): the last extra worth goes on."""
    assert check(SHOP, np.array([[4, 1, 0]])).objective == 11 + 3 + 7


def test_pair_is_earned_once_whatever_the_units() -> None:
    """Two b beside one c: 3 + 0 (no extra worth) + 2 - 2."""
    assert check(SHOP, np.array([[0, 2, 1]])).objective == 3


def test_copies_count_and_bundles_value_items_their_own_way() -> None:
    """Solo: b is worth 3. Many: b is worth 10, three copies."""
    assert check(TWO, np.array([[0, 1, 0], [0, 1, 0]])).objective == 3 + 3 * 10


def test_too_many_units_are_broken() -> None:
    """Five a where four may be: one over, and the answer is infeasible."""
    verdict = check(SHOP, np.array([[5, 0, 0]]))
    assert [(u.kind, u.name, u.violation) for u in verdict.broken] == [("units", "a", 1)]
    assert not verdict.feasible


def test_negative_units_are_broken() -> None:
    """Minus two units are two below nothing."""
    verdict = check(SHOP, np.array([[-2, 0, 0]]))
    assert [u.violation for u in verdict.broken] == [2]


def test_stock_counts_copies() -> None:
    """One a in solo, one in each of three copies of many: 4 of 3."""
    shop = TWO.replace(stock=Amounts.of({0: 3}))
    verdict = check(shop, np.array([[1, 0, 0], [1, 0, 0]]))
    assert [(u.kind, u.used, u.violation) for u in verdict.broken] == [("stock", 4, 1)]


def test_budget_per_item_and_per_unit() -> None:
    """3 once and 2 a unit: three units use 9, one more than 8."""
    money = Budget(
        name="money",
        per_item=Amounts.of({0: 3}),
        per_unit=Amounts.of({0: 2}),
        at_most=8,
    )
    (use,) = uses_of(SHOP, money, [[3, 0, 0]])
    assert (use.used, use.violation, use.slack) == (9, 1, -1)
    (use,) = uses_of(SHOP, money, [[2, 0, 0]])
    assert (use.used, use.violation, use.slack) == (7, 0, 1)


def test_budget_at_least() -> None:
    """At least 5 of a resource of which b brings 2 a unit: 4 is one too few."""
    demand = Budget(name="demand", per_unit=Amounts.of({1: 2}), at_least=5)
    (use,) = uses_of(SHOP, demand, [[0, 2, 0]])
    assert (use.used, use.violation) == (4, 1)


def test_budget_negative_amount_supplies() -> None:
    """c brings 4 of the resource, a takes 5: 1 is used."""
    shelf = Budget(name="shelf", per_item=Amounts.of({0: 5, 2: -4}), at_most=1)
    (use,) = uses_of(SHOP, shelf, [[1, 0, 1]])
    assert (use.used, use.violation) == (1, 0)


def test_budget_over_all_bundles_counts_copies() -> None:
    """One a in solo and in three copies: 4 units of 2 are 8."""
    money = Budget(name="money", per_unit=Amounts.of({0: 2}), at_most=7, scope=Scope.TOTAL)
    (use,) = uses_of(TWO, money, [[1, 0, 0], [1, 0, 0]])
    assert (use.bundle, use.used, use.violation) == (None, 8, 1)


def test_budget_of_each_bundle_is_one_copy() -> None:
    """The same budget for each bundle: 2 in each, however many copies."""
    money = Budget(name="money", per_unit=Amounts.of({0: 2}), at_most=7)
    uses = uses_of(TWO, money, [[1, 0, 0], [1, 0, 0]])
    assert [(u.bundle, u.used) for u in uses] == [(0, 2), (1, 2)]


def test_limit_on_one_bundle_leaves_the_other_alone() -> None:
    """A limit on `many` says nothing of `solo`."""
    size = Category(name="size", items=np.arange(3), at_most=0, bundles=(1,))
    uses = uses_of(TWO, size, [[1, 1, 1], [0, 0, 0]])
    assert [(u.bundle, u.violation) for u in uses] == [(1, 0)]


def test_category_counts_different_items() -> None:
    """Four units of a and one of b are two different items of at most one."""
    size = Category(name="size", items=np.arange(2), at_most=1)
    (use,) = uses_of(SHOP, size, [[4, 1, 1]])
    assert (use.used, use.violation) == (2, 1)


def test_category_at_least() -> None:
    """Nothing of a group that wants two is two short."""
    size = Category(name="size", items=np.arange(3), at_least=2)
    (use,) = uses_of(SHOP, size, [[0, 0, 0]])
    assert (use.used, use.violation) == (0, 2)


def test_include_exclude() -> None:
    """What must be in is not, what must not be in is: one violation each."""
    (use,) = uses_of(SHOP, Include(name="in", item=0), [[0, 0, 0]])
    assert use.violation == 1
    (use,) = uses_of(SHOP, Exclude(name="out", item=0), [[3, 0, 0]])
    assert use.violation == 1


def test_conflict_clique_counts_every_further_item() -> None:
    """All three of a clique are two violations."""
    clique = Conflict(name="clique", items=np.arange(3))
    (use,) = uses_of(SHOP, clique, [[1, 1, 1]])
    assert use.violation == 2
    (use,) = uses_of(SHOP, clique, [[4, 0, 0]])
    assert use.violation == 0


def test_requires() -> None:
    """a only with b: alone it is one violation, b alone is none."""
    rule = Requires(name="needs", item=0, needs=1)
    assert uses_of(SHOP, rule, [[2, 0, 0]])[0].violation == 1
    assert uses_of(SHOP, rule, [[2, 1, 0]])[0].violation == 0
    assert uses_of(SHOP, rule, [[0, 1, 0]])[0].violation == 0


def test_soft_limit_costs_per_unit_and_copy() -> None:
    """Two items over, 5 each, in each of three copies: 30 lost, still feasible."""
    size = Category(name="size", items=np.arange(3), at_most=0, penalty=5, bundles=(1,))
    verdict = check(with_limit(TWO, size), np.array([[0, 0, 0], [1, 1, 0]]))
    assert verdict.feasible
    assert verdict.penalty == 30
    assert verdict.objective == 3 * (5 + 10 + 7) - 30


def test_total_budget_penalty_is_paid_once() -> None:
    """A budget over all bundles is one limit: its violation is paid once."""
    money = Budget(
        name="money",
        per_unit=Amounts.of({0: 1}),
        at_most=0,
        scope=Scope.TOTAL,
        penalty=2,
    )
    verdict = check(with_limit(TWO, money), np.array([[0, 0, 0], [1, 0, 0]]))
    assert verdict.penalty == 2 * 3


@pytest.mark.parametrize("units", [[[0, 0]], [0, 0, 0], [[0.5, 0, 0]]])
def test_wrong_shape_is_an_error(units: list[object]) -> None:
    """Another shape, or halves, are no answer at all."""
    with pytest.raises(InvalidInstance, match="whole numbers of shape"):
        check(SHOP, np.array(units))

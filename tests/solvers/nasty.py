"""Nasty little instances, each with its story and its true optimum (None: infeasible)."""

from __future__ import annotations

import numpy as np

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
    Synergies,
)


def _items(*utility: int, **more: object) -> Instance:
    names = tuple(f"i{i}" for i in range(len(utility)))
    return Instance(items=names, utility=np.array(utility, dtype=np.int64)).replace(**more)


def _size(at_least: int | None, at_most: int | None, n: int) -> Category:
    return Category(name="size", items=np.arange(n), at_least=at_least, at_most=at_most)


LARGE = 2**50

NASTY: dict[str, tuple[Instance, int | None]] = {
    "no items at all": (_items(), 0),
    "no items but something must be spent": (
        _items(budgets=(Budget(name="spend", at_least=1),)),
        None,
    ),
    "one item": (_items(5), 5),
    "one item nobody wants": (_items(-5), 0),
    "one item nobody wants that must be in": (
        _items(-5, rules=(Include(name="must", item=0),)),
        -5,
    ),
    "nothing to spend": (
        _items(
            5, 3, budgets=(Budget(name="m", per_unit=Amounts.of({0: 1, 1: 1}), at_most=0),)
        ),
        0,
    ),
    "all out of stock": (_items(5, 3, stock=Amounts.of({0: 0, 1: 0})), 0),
    "everything is negative": (
        _items(-1, -2, -3, synergies=Synergies.of({(0, 1): -4, (1, 2): -5})),
        0,
    ),
    "two losses that win together": (
        _items(-2, -2, synergies=Synergies.of({(0, 1): 7})),
        3,
    ),
    "a group that cannot be filled": (_items(5, 3, categories=(_size(3, None, 2),)), None),
    "exactly two of three losses": (_items(-1, -2, -4, categories=(_size(2, 2, 3),)), -3),
    "in and out at once": (
        _items(5, rules=(Include(name="in", item=0), Exclude(name="out", item=0))),
        None,
    ),
    "in and out at once, but for a price": (
        _items(
            5,
            rules=(
                Include(name="in", item=0, penalty=4),
                Exclude(name="out", item=0, penalty=2),
            ),
        ),
        3,
    ),
    "a ring of requires": (
        _items(
            3,
            -1,
            -1,
            rules=tuple(
                Requires(name=f"r{i}", item=i, needs=(i + 1) % 3) for i in range(3)
            ),
        ),
        1,
    ),
    "everything conflicts": (
        _items(3, 4, 5, rules=(Conflict(name="c", items=np.arange(3)),)),
        5,
    ),
    "an item that supplies the budget": (
        _items(
            9,
            -2,
            budgets=(Budget(name="m", per_item=Amounts.of({0: 5, 1: -5}), at_most=0),),
        ),
        7,
    ),
    "demand in units, some of them worthless": (
        _items(
            4,
            1,
            max_units=np.array([3, 3]),
            extra_utility=((0, (-1,)), (1, (-3,))),
            budgets=(Budget(name="demand", per_unit=Amounts.of({0: 1, 1: 1}), at_least=4),),
        ),
        3,
    ),
    "extra units that fall in worth": (
        _items(
            5,
            max_units=np.array([4]),
            extra_utility=((0, (3, 1, -2)),),
        ),
        9,
    ),
    "stock for one of two bundles": (
        _items(
            5,
            stock=Amounts.of({0: 1}),
            bundles=(Bundle("x"), Bundle("y", utility=Amounts.of({0: 8}))),
        ),
        8,
    ),
    "copies eat the stock": (
        _items(5, 4, stock=Amounts.of({0: 2, 1: 3}), bundles=(Bundle("x", 3),)),
        12,
    ),
    "numbers near the limit": (
        _items(
            LARGE,
            LARGE - 1,
            synergies=Synergies.of({(0, 1): -LARGE}),
            budgets=(
                Budget(name="m", per_unit=Amounts.of({0: LARGE, 1: LARGE}), at_most=LARGE),
            ),
        ),
        LARGE,
    ),
    "everything fixed": (_items(5, 3, max_units=np.array([0, 0])), 0),
    "a soft group worth breaking": (
        _items(
            5,
            4,
            categories=(Category(name="size", items=np.arange(2), at_most=1, penalty=3),),
        ),
        6,
    ),
    "a soft group not worth breaking": (
        _items(
            5,
            4,
            categories=(Category(name="size", items=np.arange(2), at_most=1, penalty=4),),
        ),
        5,
    ),
    "equality of a budget that only one pair meets": (
        _items(
            9,
            9,
            1,
            1,
            budgets=(
                Budget(
                    name="exact",
                    per_unit=Amounts.of({0: 3, 1: 5, 2: 7, 3: 11}),
                    at_least=18,
                    at_most=18,
                ),
            ),
        ),
        2,
    ),
}

"""Generalised dispersion instances: budget, demand, quantities with stock (max-sum).

Martínez-Gavara, Corberán, Martí (2021), GRASP and tabu search for the generalized
dispersion problem, Expert Systems with Applications 173: choose locations and quantities
so that the distances between the chosen are as large as possible, the demand is met and
fixed and unit costs stay within the budget.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.files.pairs import numbered, synergies
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget

NAME = "gdp_maxsum"
SUMMARY = "max-sum dispersion with budget, demand and integer quantities"


def recognise(data: bytes) -> bool:
    """Tell whether ``n`` comes first, then a distance row of items 1 and 2."""
    lines = head(data, 3)
    if len(lines) < 3 or len(lines[0]) != 1 or not are_whole(lines[0]):
        return False
    if len(lines[1]) != 3 or lines[1][:2] != [b"1", b"2"]:
        return False
    # The third line is the next distance or, with two items, the first item's costs.
    return len(lines[2]) == 4 or (len(lines[2]) == 3 and lines[2][:2] == [b"1", b"3"])


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance: distances are synergies, quantities are units.

    In the source a location may be chosen with quantity 0, which pays its fixed cost and
    counts its distances; an item that is in has one unit or more. So a chosen item's units
    are the source's quantity plus one, ``max_units = stock + 1``, the first unit is free
    (its cost is taken off the fixed cost) and gives nothing (one is taken off the demand).

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    n = tokens.integer("the number of items", 1)
    pairs = tokens.rows(n * (n - 1) // 2, 3, "a distance i j d")
    costs = tokens.rows(n, 4, "an item's i a b c")
    last = tokens.row(3, "the budgets and demand B1 B2 D")
    tokens.end()
    a = tokens.whole(pairs[0::3], "an item", 1, n) - 1
    b = tokens.whole(pairs[1::3], "an item", 1, n) - 1
    distance = tokens.decimal(pairs[2::3], "a distance")
    item = tokens.whole(costs[0::4], "an item", 1, n)
    late = np.flatnonzero(item != np.arange(1, n + 1))
    if len(late):
        at = costs[4 * int(late[0])]
        raise tokens.fail(f"item {int(late[0]) + 1}", at)
    money = tokens.decimal([*costs[1::4], *costs[2::4], *last[:2]], "a cost")
    stock = tokens.decimal(costs[3::4], "a stock")
    whole_stock = stock.values // 10**stock.decimals
    if np.any(whole_stock < 0):
        at = costs[4 * int(np.flatnonzero(whole_stock < 0)[0]) + 3]
        raise tokens.fail("a stock of 0 or more", at)
    demand = tokens.decimal(last[2:], "the demand")
    # A demand between two whole numbers asks for the upper one.
    units = -(-int(demand.values[0]) // 10**demand.decimals)
    everyone = np.arange(n)
    fixed, unit = money.values[:n], money.values[n : 2 * n]
    return Instance(
        items=numbered(n),
        utility=np.zeros(n, dtype=np.int64),
        synergies=synergies(
            tokens, np.arange(pairs.start, pairs.stop, 3), a, b, distance.values
        ),
        max_units=whole_stock + 1,
        budgets=(
            Budget(
                name="cost",
                per_item=Amounts.dense(fixed - unit),
                per_unit=Amounts.dense(unit),
                at_most=int(money.values[2 * n :].sum()),
                decimals=money.decimals,
            ),
            Budget(
                name="demand",
                per_item=Amounts(everyone, -np.ones(n, dtype=np.int64)),
                per_unit=Amounts(everyone, np.ones(n, dtype=np.int64)),
                at_least=units,
            ),
        ),
        decimals=distance.decimals,
        name=stem(file),
    )

"""Quadratic knapsack instances with a conflict graph (`1qkpcg1` to `9qkpcg5`)."""

from __future__ import annotations

import numpy as np

from bundlesolve.files import mmkp_khan
from bundlesolve.files.pairs import numbered, synergies, triangle
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Conflict

NAME = "conflict_graph"
SUMMARY = "quadratic knapsack with pairs that exclude each other"


def recognise(data: bytes) -> bool:
    """Tell whether ``n conflicts capacity`` comes first, then whole numbers only."""
    lines = head(data, 3)
    if not lines or len(lines[0]) != 3 or not all(map(are_whole, lines)):
        return False
    return not mmkp_khan.recognise(data)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance; see `recognise` and the folder's README for the format.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    n = tokens.integer("the number of items", 1)
    count = tokens.integer("the number of conflicts")
    capacity = tokens.integer("the capacity")
    profits = tokens.take(n, "the profits")
    weights = tokens.whole(tokens.take(n, "the weights"), "a weight", 0)
    pairs = tokens.take(n * (n - 1) // 2, "the pair profits")
    conflicts = tokens.take(2 * count, "the conflicts")
    tokens.end()
    worth = tokens.decimal([*profits, *pairs], "a profit")
    ends = tokens.whole(conflicts, "an item", 1, n).reshape(count, 2)
    same = np.flatnonzero(ends[:, 0] == ends[:, 1])
    if len(same):
        raise tokens.fail("two different items", conflicts[2 * int(same[0])])
    seen = sorted({(min(i, j), max(i, j)) for i, j in ends.tolist()})
    first, second = triangle(n)
    return Instance(
        items=numbered(n),
        utility=worth.values[:n],
        synergies=synergies(
            tokens, np.array(pairs, dtype=np.int64), first, second, worth.values[n:]
        ),
        budgets=(Budget(name="weight", per_item=Amounts.dense(weights), at_most=capacity),),
        rules=tuple(
            Conflict(name=f"conflict {i}-{j}", items=integers([i - 1, j - 1]))
            for i, j in seen
        ),
        decimals=worth.decimals,
        name=stem(file),
    )

"""What the three multiple-choice multidimensional knapsack formats share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category


def begins(data: bytes, numbers: int) -> bool:
    """Tell whether a file has the shape that the three formats share.

    A line of ``numbers`` whole numbers of which the last is m, m capacities, one number,
    and m + 1 numbers.
    """
    lines = head(data, 4)
    if len(lines) < 4 or len(lines[0]) != numbers or not are_whole(lines[0]):
        return False
    m = int(lines[0][-1][:9])
    return [len(line) for line in lines[1:]] == [m, 1, m + 1]


def build(
    tokens: Tokens, capacities: Sequence[int], classes: Sequence[range], name: str
) -> Instance:
    """Return the instance: one category a class, exactly one item of each.

    Parameters
    ----------
    tokens
        Where the numbers stand.
    capacities
        Positions of the ``m`` capacities.
    classes
        Positions of each class's words: per item its value, then ``m`` weights.
    name
        Name of the instance.
    """
    m = len(capacities)
    sizes = [len(words) // (m + 1) for words in classes]
    values = tokens.decimal(_column(classes, 0, m), "a value")
    budgets = []
    for r in range(m):
        weights = _column(classes, r + 1, m)
        resource = tokens.decimal([*weights, capacities[r]], "a weight or capacity")
        budgets.append(
            Budget(
                name=f"resource {r + 1}",
                per_item=Amounts.dense(resource.values[:-1]),
                at_most=int(resource.values[-1]),
                decimals=resource.decimals,
            )
        )
    starts = np.cumsum([0, *sizes]).tolist()
    categories = tuple(
        Category(
            name=f"class {c + 1}",
            items=np.arange(starts[c], starts[c + 1]),
            at_least=1,
            at_most=1,
        )
        for c in range(len(sizes))
    )
    return Instance(
        items=tuple(
            f"{c + 1}.{i + 1}" for c, size in enumerate(sizes) for i in range(size)
        ),
        utility=values.values,
        budgets=tuple(budgets),
        categories=categories,
        decimals=values.decimals,
        name=name,
    )


def _column(classes: Sequence[range], column: int, m: int) -> list[int]:
    return [k for words in classes for k in words[column :: m + 1]]


def indexed_classes(tokens: Tokens, count: int, items: int, m: int) -> list[range]:
    """Move past ``count`` classes that each begin with a line of their number."""
    classes = []
    for c in range(1, count + 1):
        found = tokens.integer(f"the number of class {c}")
        if found != c:
            raise tokens.fail(f"the number of class {c}", tokens.at - 1)
        classes.append(tokens.rows(items, m + 1, f"an item of class {c}"))
    return classes

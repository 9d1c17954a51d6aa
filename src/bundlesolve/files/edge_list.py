"""Edge lists with several budgets: large, dispersion and team-formation instances."""

from __future__ import annotations

import numpy as np

from bundlesolve.files.pairs import numbered, synergies
from bundlesolve.files.select import choose_budget, share_name, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget

NAME = "edge_list"
SUMMARY = "quadratic knapsack: pairs as edges, several budgets (Hochbaum and others)"


def recognise(data: bytes) -> bool:
    """Tell whether the file begins with ``n m int`` or ``n m float``."""
    lines = head(data, 1)
    if not lines or len(lines[0]) != 3:
        return False
    return are_whole(lines[0][:2]) and lines[0][2] in (b"int", b"float")


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance with the budget that ``select`` names.

    Raises
    ------
    InvalidFile
        If the file breaks the format, or ``select`` does not name one budget.
    """
    tokens = Tokens(data, file)
    n = tokens.integer("the number of items", 1)
    count = tokens.integer("the number of edges")
    if tokens.left < 1 or tokens.words[tokens.at] not in (b"int", b"float"):
        raise tokens.fail("int or float")
    tokens.take(1, "int or float")
    edges = tokens.rows(count, 3, "an edge i j u")
    weights = tokens.whole(tokens.row(n, "the weights"), "a weight", 0)
    if not tokens.left:
        raise tokens.fail("the budgets")
    budgets = tokens.whole(tokens.row(tokens.left, "the budgets"), "a budget", 0)
    a = tokens.whole(edges[0::3], "an item", 0, n - 1)
    b = tokens.whole(edges[1::3], "an item", 0, n - 1)
    worth = tokens.decimal(edges[2::3], "a profit")
    total = int(weights.sum())
    budget = budgets.tolist()[choose_budget(select, budgets.tolist(), total, file)]
    alone = a == b
    at = np.arange(edges.start, edges.stop, 3)
    utility = _utility(tokens, at[alone], a[alone], worth.values[alone], n)
    pair = ~alone
    several = f"@{share_name(budget, total)}" if len(budgets) > 1 else ""
    return Instance(
        items=numbered(n, 0),
        utility=utility,
        synergies=synergies(tokens, at[pair], a[pair], b[pair], worth.values[pair]),
        budgets=(Budget(name="weight", per_item=Amounts.dense(weights), at_most=budget),),
        decimals=worth.decimals,
        name=stem(file) + several,
    )


def _utility(
    tokens: Tokens, at: IntArray, items: IntArray, worth: IntArray, n: int
) -> IntArray:
    utility = np.zeros(n, dtype=np.int64)
    utility[items] = worth
    if len(np.unique(items)) < len(items):
        order = np.argsort(items, kind="stable")
        again = int(order[1:][np.diff(items[order]) == 0].min())
        raise tokens.fail("each item's profit once", int(at[again]))
    return utility

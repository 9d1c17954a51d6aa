"""Multidimensional knapsack problems of the OR-Library (`mknap1`, `mknapcb1` to 9)."""

from __future__ import annotations

from bundlesolve.files import gdp_maxsum
from bundlesolve.files.pairs import numbered
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget

NAME = "mkp_orlib"
SUMMARY = "multidimensional knapsack, several problems a file (OR-Library)"


def recognise(data: bytes) -> bool:
    """Tell whether a count comes first, then ``n m optimum``."""
    lines = head(data, 3)
    if len(lines) < 3 or [len(line) for line in lines[:2]] != [1, 3]:
        return False
    if not are_whole(lines[0]) or not are_whole(lines[1][:2]):
        return False
    return not gdp_maxsum.recognise(data)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the problem that ``select`` counts from 1; the line breaks do not matter.

    Raises
    ------
    InvalidFile
        If the file breaks the format, or ``select`` does not name one problem.
    """
    tokens = Tokens(data, file)
    count = tokens.integer("the number of problems", 1)
    problems = []
    for number in range(1, count + 1):
        n = tokens.integer(f"the number of items of problem {number}", 1)
        m = tokens.integer(f"the number of constraints of problem {number}", 1)
        tokens.take(1, "the optimum")
        problems.append((n, m, tokens.at))
        tokens.take(n + m * n + m, f"problem {number}")
    tokens.end()
    chosen = choose(select, count, file)
    n, m, at = problems[chosen]
    profits = tokens.decimal(range(at, at + n), "a profit")
    limits = at + n + m * n
    budgets = []
    for r in range(m):
        row = range(at + n + r * n, at + 2 * n + r * n)
        resource = tokens.decimal([*row, limits + r], "a weight or capacity")
        budgets.append(
            Budget(
                name=f"resource {r + 1}",
                per_item=Amounts.dense(resource.values[:n]),
                at_most=int(resource.values[n]),
                decimals=resource.decimals,
            )
        )
    # Published tables count these problems from 0.
    several = f"#{chosen}" if count > 1 else ""
    return Instance(
        items=numbered(n),
        utility=profits.values,
        budgets=tuple(budgets),
        decimals=profits.decimals,
        name=stem(file) + several,
    )

"""Multiple-choice multidimensional knapsack instances of Hiremath and Hill (2007)."""

from __future__ import annotations

from bundlesolve.files import mmkp
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens
from bundlesolve.model.instance import Instance

NAME = "mmkp_hiremath_hill"
SUMMARY = "multiple-choice multidimensional knapsack, many a file (Hiremath and Hill)"


def recognise(data: bytes) -> bool:
    """Tell whether ``no classes items m`` comes first, then capacities and a class."""
    return mmkp.begins(data, 4)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the problem that ``select`` counts from 1.

    Raises
    ------
    InvalidFile
        If the file breaks the format, or ``select`` does not name one problem.
    """
    tokens = Tokens(data, file)
    problems: list[tuple[range, list[range]]] = []
    while tokens.left or not problems:
        number = len(problems) + 1
        tokens.integer(f"the number of problem {number}")
        count = tokens.integer("the number of classes", 1)
        items = tokens.integer("the number of items of a class", 1)
        m = tokens.integer("the number of resources", 1)
        capacities = tokens.row(m, "the capacities")
        classes = mmkp.indexed_classes(tokens, count, items, m)
        problems.append((capacities, classes))
    chosen = choose(select, len(problems), file)
    several = f"#{chosen + 1}" if len(problems) > 1 else ""
    return mmkp.build(tokens, *problems[chosen], stem(file) + several)

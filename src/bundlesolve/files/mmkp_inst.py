"""Multiple-choice multidimensional knapsack instances INST (`mmkp_b_*`, `mmkp_c_*`)."""

from __future__ import annotations

from bundlesolve.files import mmkp
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens
from bundlesolve.model.instance import Instance

NAME = "mmkp_inst"
SUMMARY = "multiple-choice multidimensional knapsack, classes of any size (INST)"


def recognise(data: bytes) -> bool:
    """Tell whether ``classes m`` comes first, then capacities and a class."""
    return mmkp.begins(data, 2)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance; each class begins with the number of its items.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    count = tokens.integer("the number of classes", 1)
    m = tokens.integer("the number of resources", 1)
    capacities = tokens.row(m, "the capacities")
    classes = []
    for c in range(1, count + 1):
        items = tokens.integer(f"the number of items of class {c}", 1)
        classes.append(tokens.rows(items, m + 1, f"an item of class {c}"))
    tokens.end()
    return mmkp.build(tokens, capacities, classes, stem(file))

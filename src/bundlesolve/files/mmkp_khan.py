"""Multiple-choice multidimensional knapsack instances of Khan and others (`I01` on)."""

from __future__ import annotations

from bundlesolve.files import mmkp
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens
from bundlesolve.model.instance import Instance

NAME = "mmkp_khan"
SUMMARY = "multiple-choice multidimensional knapsack, classes of one size (Khan)"


def recognise(data: bytes) -> bool:
    """Tell whether ``classes items m`` comes first, then capacities and a class."""
    return mmkp.begins(data, 3)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance; what follows the last class is commentary.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    count = tokens.integer("the number of classes", 1)
    items = tokens.integer("the number of items of a class", 1)
    m = tokens.integer("the number of resources", 1)
    capacities = tokens.row(m, "the capacities")
    classes = mmkp.indexed_classes(tokens, count, items, m)
    return mmkp.build(tokens, capacities, classes, stem(file))

"""Maximum diversity instances of MDPLIB: choose exactly m items."""

from __future__ import annotations

import numpy as np

from bundlesolve.files.pairs import numbered, synergies
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Category

NAME = "mdp"
SUMMARY = "maximum diversity: distances, exactly m items (MDPLIB)"


def recognise(data: bytes) -> bool:
    """Tell whether ``n m`` comes first, then a distance row of item 0."""
    lines = head(data, 2)
    if len(lines) < 2 or [len(line) for line in lines] != [2, 3]:
        return False
    return are_whole(lines[0]) and lines[1][0] == b"0" and lines[1][1].isdigit()


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance; the size is a category of all items.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    n = tokens.integer("the number of items", 2)
    chosen = tokens.integer("the number of items to choose", 0, n)
    rows = tokens.rows(n * (n - 1) // 2, 3, "a distance i j d")
    tokens.end()
    a = tokens.whole(rows[0::3], "an item", 0, n - 1)
    b = tokens.whole(rows[1::3], "an item", 0, n - 1)
    worth = tokens.decimal(rows[2::3], "a distance")
    return Instance(
        items=numbered(n, 0),
        utility=np.zeros(n, dtype=np.int64),
        synergies=synergies(
            tokens, np.arange(rows.start, rows.stop, 3), a, b, worth.values
        ),
        categories=(
            Category(name="size", items=np.arange(n), at_least=chosen, at_most=chosen),
        ),
        decimals=worth.decimals,
        name=stem(file),
    )

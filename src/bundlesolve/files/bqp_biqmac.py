"""Unconstrained binary quadratic programs of the BiqMac library (`.sparse`)."""

from __future__ import annotations

import numpy as np

from bundlesolve.files.pairs import numbered, synergies
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole, head
from bundlesolve.model.instance import Instance

NAME = "bqp_biqmac"
SUMMARY = "unconstrained binary quadratic programs, minimised (BiqMac)"

MOST_ITEMS = 100_000
"""Most variables a file may claim: nothing else in it bounds their number."""


def recognise(data: bytes) -> bool:
    """Tell whether ``n nnz`` comes first, then rows ``i j q`` with i from 1."""
    lines = head(data, 3)
    if not lines or len(lines[0]) != 2 or not are_whole(lines[0]):
        return False
    if len(lines) == 1:
        return lines[0][1] == b"0"
    return all(
        len(line) == 3 and are_whole(line[:2]) and line[0] != b"0" for line in lines[1:]
    )


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance with the sign turned, since we maximise.

    The file asks for the least ``sum q_ii x_i + 2 sum_{i<j} q_ij x_i x_j``.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    tokens = Tokens(data, file)
    n = tokens.integer("the number of variables", 1, MOST_ITEMS)
    count = tokens.integer("the number of entries")
    rows = tokens.rows(count, 3, "an entry i j q")
    tokens.end()
    a = tokens.whole(rows[0::3], "a variable", 1, n) - 1
    b = tokens.whole(rows[1::3], "a variable", 1, n) - 1
    q = tokens.decimal(rows[2::3], "an entry")
    at = np.arange(rows.start, rows.stop, 3)
    alone, pair = a == b, a != b
    diagonal = a[alone]
    again = np.flatnonzero(np.diff(np.sort(diagonal)) == 0)
    if len(again):
        twice = int(np.sort(diagonal)[again[0]])
        row = int(np.flatnonzero(alone & (a == twice))[1])
        raise tokens.fail("each entry once", int(at[row]))
    utility = np.zeros(n, dtype=np.int64)
    utility[diagonal] = -q.values[alone]
    return Instance(
        items=numbered(n),
        utility=utility,
        synergies=synergies(tokens, at[pair], a[pair], b[pair], -2 * q.values[pair]),
        decimals=q.decimals,
        name=stem(file),
        minimise=True,
    )

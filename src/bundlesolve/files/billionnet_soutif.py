"""Quadratic knapsack instances of Billionnet and Soutif (`jeu_n_density_k`)."""

from __future__ import annotations

import numpy as np

from bundlesolve.files.pairs import numbered, synergies, triangle
from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens, are_whole
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget

NAME = "billionnet_soutif"
SUMMARY = "quadratic knapsack: profits and upper triangle (Billionnet and Soutif)"


def recognise(data: bytes) -> bool:
    """Tell whether line 2 is a number n, line 3 has n words and line 4 one less."""
    lines = [line.split() for line in data[: 1 << 20].split(b"\n", 4)[:4]]
    if len(lines) < 3 or len(lines[1]) != 1 or not are_whole(lines[1]):
        return False
    # Counts on the first line are another format's.
    if len(lines[0]) > 1 and are_whole(lines[0]):
        return False
    sizes = [len(line) for line in lines[2:]]
    n = int(lines[1][0][:9])
    return sizes[0] == n >= 1 and (n == 1 or len(sizes) < 2 or sizes[1] == n - 1)


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance; see the folder's README for the format.

    Raises
    ------
    InvalidFile
        If the file breaks the format.
    """
    choose(select, 1, file)
    reference, newline, rest = data.partition(b"\n")
    # The reference is free text: hide its words, keep its line.
    named = bool(reference.strip())
    tokens = Tokens(b"." + newline + rest if named else data, file)
    tokens.take(int(named), "the reference")
    n = tokens.integer("the number of items", 1)
    start = tokens.row(n, "the profits").start
    for i in range(1, n):
        tokens.row(n - i, "the pair profits")
    worths = tokens.decimal(range(start, tokens.at), "a profit")
    if tokens.integer("0, for a constraint <=") != 0:
        raise tokens.fail("0, for a constraint <=", tokens.at - 1)
    capacity = tokens.take(1, "the capacity")
    weights = tokens.row(n, "the weights")
    resource = tokens.decimal(range(capacity.start, weights.stop), "a weight")
    first, second = triangle(n)
    at = np.arange(start + n, start + n + len(first))
    return Instance(
        items=numbered(n),
        utility=worths.values[:n],
        synergies=synergies(tokens, at, first, second, worths.values[n:]),
        budgets=(
            Budget(
                name="weight",
                per_item=Amounts.dense(resource.values[1:]),
                at_most=int(resource.values[0]),
                decimals=resource.decimals,
            ),
        ),
        decimals=worths.decimals,
        name=stem(file),
    )

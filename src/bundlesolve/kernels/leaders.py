"""Which variables need another one: the extra units of an item, and the item."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.types import Ints

LONGEST = 1000
"""Entries of the longest row that is looked at."""


def find_leaders(layout: Layout) -> Ints:
    """Return for each variable the 0-1 variable that it needs, -1 for none. Shape ``[m]``.

    ``v`` leads ``u`` when a hard row ``sum of u's - a v <= 0`` keeps ``u`` at its lower
    bound 0 while ``v`` is 0, and ``u`` is in no pair, so that moving both is easy to price.
    """
    leaders = np.full(len(layout.lower), -1, dtype=np.int64)
    rows = len(layout.row_low)
    if rows == 0 or len(leaders) == 0:
        return leaders
    var, coef, length = layout.row_var, layout.row_coef, np.diff(layout.row_start)
    row_of, negative = np.repeat(np.arange(rows), length), coef < 0
    head = np.zeros(rows, dtype=np.int64)
    head[row_of[negative]] = var[negative]
    raised = np.bincount(row_of, layout.lower[var] != 0, minlength=rows)
    heads = np.bincount(row_of, negative, minlength=rows)
    links = (layout.row_soft == 0) & (layout.row_high == 0) & (length <= LONGEST)
    links &= (heads == 1) & (raised == 0) & (layout.upper[head] == 1)
    step = links[row_of] & (coef > 0) & (np.diff(layout.adj_start)[var] == 0)
    leaders[var[step]] = head[row_of[step]]
    # A leader that is led itself would be closed twice.
    led = leaders >= 0
    leaders[led & (leaders[leaders] >= 0)] = -1
    return leaders


def list_followers(leaders: Ints) -> Ints:
    """Return where each leader's followers start (``m + 1`` places), then the followers."""
    start = np.zeros(len(leaders) + 1, dtype=np.int64)
    led = np.flatnonzero(leaders >= 0)
    np.add.at(start, leaders[led] + 1, 1)
    order = led[np.argsort(leaders[led], kind="stable")]
    return np.concatenate((np.cumsum(start), order)).astype(np.int64)


def no_leaders(layout: Layout) -> tuple[Ints, Ints]:
    """Return what `find_leaders` and `list_followers` do where nothing needs another."""
    m = len(layout.lower)
    return np.full(m, -1, dtype=np.int64), np.zeros(m + 1, dtype=np.int64)

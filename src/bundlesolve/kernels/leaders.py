"""Which variables need another one: the extra units of an item, and the item."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.types import Ints


def find_leaders(layout: Layout) -> Ints:
    """Return for each variable the 0-1 variable that it needs, -1 for none. Shape ``[m]``.

    ``v`` leads ``u`` when a hard row ``sum of u's - a v <= 0`` keeps ``u`` at its lower
    bound 0 while ``v`` is 0, and ``u`` is in no pair, so that moving both is easy to price.
    """
    leaders = np.full(len(layout.lower), -1, dtype=np.int64)
    degree = np.diff(layout.adj_start)
    singles = np.diff(layout.row_start)
    for r in np.flatnonzero((layout.row_soft == 0) & (layout.row_high == 0)).tolist():
        if singles[r] > 1000:
            continue
        row = slice(layout.row_start[r], layout.row_start[r + 1])
        var, coef = layout.row_var[row], layout.row_coef[row]
        heads = var[coef < 0]
        if len(heads) != 1 or layout.upper[heads[0]] != 1 or np.any(layout.lower[var]):
            continue
        steps = var[coef > 0]
        leaders[steps[degree[steps] == 0]] = heads[0]
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

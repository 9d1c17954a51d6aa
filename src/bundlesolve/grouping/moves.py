"""Local search on divisions: one item at a time goes where it is worth most."""

from __future__ import annotations

import numpy as np

from bundlesolve.grouping.linkage import numbered
from bundlesolve.model.frozen import IntArray


def improve(worth: IntArray, group: IntArray) -> IntArray:
    """Move items between groups, and merge groups, while the division gets better.

    Best move first; an item may also go alone. Ends where no single move and no merger
    of two groups gains.

    Parameters
    ----------
    worth
        Of each pair, symmetric, diagonal 0. Shape ``[n, n]``.
    group
        Group of each item to begin with. Shape ``[n]``.

    Returns
    -------
    IntArray
        Group of each item, numbered by first item. Shape ``[n]``.
    """
    n = len(worth)
    group = numbered(group)
    item = np.arange(n)
    while True:
        # One column more than there can be groups: an empty one to go alone into.
        member = np.zeros((n, n + 1), dtype=np.int64)
        member[item, group] = 1
        gain = worth @ member
        gain -= gain[item, group][:, None]
        place = int(np.argmax(gain))
        i, to = divmod(place, n + 1)
        if gain[i, to] > 0:
            group[i] = to
            group = numbered(group)
            continue
        between = member.T @ worth @ member
        np.fill_diagonal(between, 0)
        a, b = divmod(int(np.argmax(between)), n + 1)
        if between[a, b] <= 0:
            return group
        group[group == b] = a
        group = numbered(group)

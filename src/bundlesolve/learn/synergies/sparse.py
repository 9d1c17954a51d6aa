"""Few of many pairs: the strongest, at most so many an item."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

CHUNK = 16_384

Test = Callable[[IntArray], NDArray[np.bool_]]


def strongest(
    first: IntArray,
    second: IntArray,
    size: FloatArray,
    most: int,
    test: Test | None = None,
) -> IntArray:
    """Choose pairs by falling size such that no item has more than ``most`` of them.

    Greedy: a pair is taken unless one of its items is full. Equal sizes go by
    ``(first, second)``.

    Parameters
    ----------
    first, second
        Item numbers of each pair. Shape ``[p]``.
    size
        How strong it is; only pairs above 0 are taken. Shape ``[p]``.
    most
        Most pairs of an item.
    test
        Tells for positions of pairs which may be taken; asked only of those for which
        there is room, as it may be dear. Default: all may.

    Returns
    -------
    IntArray
        Positions of the chosen pairs, sorted by ``(first, second)``.
    """
    order = np.lexsort((second, first, -size))
    order = order[size[order] > 0]
    room = np.full(int(second.max(initial=-1)) + 1, most, dtype=np.int64)
    chosen: list[int] = []
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        # Most late pairs have a full item: leave them to NumPy.
        part = part[(room[first[part]] > 0) & (room[second[part]] > 0)]
        if test is not None:
            part = part[test(part)]
        ends = zip(part.tolist(), first[part].tolist(), second[part].tolist(), strict=True)
        for pair, i, j in ends:
            if room[i] > 0 and room[j] > 0:
                room[i] -= 1
                room[j] -= 1
                chosen.append(pair)
    picked = np.array(chosen, dtype=np.int64)
    return picked[np.lexsort((second[picked], first[picked]))]

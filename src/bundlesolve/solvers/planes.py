"""From a good point to one with more or fewer variables in, at the same use of a row.

Points with the same number of variables in form a plane. A swap never leaves it, and a
flip leaves it for points that use far more of the scarce row or far less: the way from the
best point of one plane to that of the next, ten lighter variables in the place of nine
heavy ones, leads through points that are much worse or not allowed. So it is gone at once:
a variable goes in or out whatever the row says, then swaps of a heavier for a lighter one
(or the other way) bring its use back, each of the least loss for what it brings. One plane
at a time: with one or two, twice as many steps were needed to the best point.

Planes are searched in turn by Chen and Hao (Computers and Operations Research 77, 2017).
Among the variables exchanged are only those whose reduced worth at the row's price is near
0, for in good points of neighbouring planes nothing else differs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.layout import Layout, pair_worths
from bundlesolve.kernels.point import BROKEN, Point, move
from bundlesolve.model.frozen import IntArray

NEAR = 48
"""Variables in, and as many out, that are exchanged."""
FIRST = 8
"""Of them, those of which one goes in or out whatever the row says."""
LEAST = 4
"""Variables that must be in, and out, for there to be something to choose."""


def scarce_row(layout: Layout) -> int | None:
    """Return the row that keeps the plane: the one budget; None without, or with more.

    Budgets are hard rows that only their upper limit can break, with positive coefficients
    of which some differ (equal ones make the row a plane itself).
    """
    full = np.flatnonzero(np.diff(layout.row_start) > 0)
    if not len(full):
        return None
    least = np.minimum.reduceat(layout.row_coef, layout.row_start[full])
    most = np.maximum.reduceat(layout.row_coef, layout.row_start[full])
    budget = (layout.binds[full] == 1) & (layout.row_soft[full] == 0)
    found = full[budget & (least > 0) & (least < most)]
    return int(found[0]) if len(found) == 1 else None


def pairs_between(layout: Layout, ins: IntArray, outs: IntArray) -> IntArray:
    """Return the pair worths of some variables with others. Shape ``[ins, outs]``."""
    if layout.matrix.shape[0]:
        return layout.matrix[np.ix_(ins, outs)]
    column = np.full(len(layout.worth), -1, dtype=np.int64)
    column[outs] = np.arange(len(outs))
    pairs = np.zeros((len(ins), len(outs)), dtype=np.int64)
    for k, v in enumerate(ins):
        places = slice(layout.adj_start[v], layout.adj_start[v + 1])
        to = column[layout.adj_var[places]]
        pairs[k, to[to >= 0]] = pair_worths(layout, places)[to >= 0]
    return pairs


class Planes:
    """Moves a point to another plane.

    Parameters
    ----------
    layout, point
        Of the search; both bounds of every variable are one apart at most.
    row
        The `scarce_row`.
    draw
        Returns a random integer below its argument.
    """

    def __init__(
        self, layout: Layout, point: Point, row: int, draw: Callable[[int], int]
    ) -> None:
        self.layout, self.point, self.row, self.draw = layout, point, row, draw
        self.use: IntArray = np.zeros(len(layout.worth), dtype=np.int64)
        places = slice(layout.row_start[row], layout.row_start[row + 1])
        self.use[layout.row_var[places]] = layout.row_coef[places]

    def leave(self, cost: NDArray[np.float64], most: int) -> int:
        """Go to the plane of one more or one less, in up to ``most`` moves.

        Parameters
        ----------
        cost
            ``sum_r price_r a_rv`` of each variable. Shape ``[m]``.
        most
            Moves.

        Returns
        -------
        int
            How many moves it took. If rows are broken afterwards, it could not be done.
        """
        layout, point = self.layout, self.point
        reduced = point.gain - cost
        ins = np.flatnonzero(point.x > layout.lower)
        outs = np.flatnonzero(point.x < layout.upper)
        ins, outs = ins[self.use[ins] > 0], outs[self.use[outs] > 0]
        if most < 1 or min(len(ins), len(outs)) < LEAST:
            return 0
        ins = ins[np.argsort(reduced[ins], kind="stable")[:NEAR]]
        outs = outs[np.argsort(-reduced[outs], kind="stable")[:NEAR]]
        more = self.draw(2) == 1
        side, by = (outs, 1) if more else (ins, -1)
        first = self.draw(min(FIRST, len(side) - 1))
        move(layout, point, int(side[first]), by)
        if more:
            return 1 + self._swap_back(ins, np.delete(outs, first), -1, most - 1)
        return 1 + self._swap_back(np.delete(ins, first), outs, 1, most - 1)

    def _swap_back(self, ins: IntArray, outs: IntArray, sign: int, most: int) -> int:
        """Swap until the row is kept (``sign`` -1) or used up (1); return the moves."""
        layout, point, row = self.layout, self.point, self.row
        pairs = pairs_between(layout, ins, outs)
        brought = sign * (self.use[outs][None, :] - self.use[ins][:, None])
        open_swaps = brought > 0
        made = 0
        while made + 2 <= most:
            room = int(layout.row_high[row] - point.activity[row])
            missing = sign * room
            if missing <= 0:
                break
            loss = point.gain[ins][:, None] - point.gain[outs][None, :] + pairs
            # Beyond the excess nothing is worth anything; beyond the room none may be.
            useful = np.minimum(brought, missing) if sign < 0 else brought
            allowed = open_swaps if sign < 0 else open_swaps & (brought <= missing)
            merit = np.where(allowed, loss / np.maximum(useful, 1), np.inf)
            best = int(np.argmin(merit))
            a, b = divmod(best, len(outs))
            if not allowed[a, b]:
                break
            made += 2
            if self._swap(int(ins[a]), int(outs[b])):
                open_swaps[a, :] = open_swaps[:, b] = False
            else:
                open_swaps[a, b] = False
        return made

    def _swap(self, out: int, into: int) -> bool:
        """Swap two variables; where that breaks another row, undo it and return False."""
        layout, point = self.layout, self.point
        before = point.sums[BROKEN]
        move(layout, point, out, -1)
        move(layout, point, into, 1)
        if point.sums[BROKEN] <= before:
            return True
        move(layout, point, into, -1)
        move(layout, point, out, 1)
        return False

"""The Lagrangian relaxation of a box as arrays for the compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.certificate.bound import settled
from bundlesolve.certificate.box import Box
from bundlesolve.certificate.groups import Groups
from bundlesolve.certificate.multipliers import Multipliers
from bundlesolve.certificate.problem import Pair, Problem
from bundlesolve.kernels.types import Floats, Ints

Bools = NDArray[np.bool_]


@dataclass
class Priced:
    """Multipliers as floats: of the first side of each joint pair, of each row's sides.

    ``high`` and ``low`` are of the rows given in `View.rows`, then ``high`` of the pairs
    of negative worth.
    """

    split: Floats
    high: Floats
    low: Floats


class Frame:
    """What all boxes of a problem share, as arrays.

    Parameters
    ----------
    problem, groups
        The problem and its knapsack rows.
    """

    def __init__(self, problem: Problem, groups: Groups) -> None:
        self.problem, self.groups = problem, groups
        self.first, self.second, self.worth = _columns(problem.joint)
        pairs = len(self.first)
        tail = np.concatenate((self.first, self.second))
        head = np.concatenate((self.second, self.first))
        order = np.lexsort((head, tail))
        place = np.empty(2 * pairs, dtype=np.int64)
        place[order] = np.arange(2 * pairs)
        self.tail, self.head = tail[order], head[order]
        self.pair = np.tile(np.arange(pairs), 2)[order]
        self.is_first = order < pairs
        self.back = place[np.where(order < pairs, order + pairs, order - pairs)]
        self.clash_ends = np.array([p[:2] for p in problem.clashes], dtype=np.int64)
        self.clash_ends = self.clash_ends.reshape(-1, 2)
        self.clash_worth = np.array([p[2] for p in problem.clashes], dtype=np.float64)
        rows = problem.rows
        lengths = [len(row.vars) for row in rows]
        self.row_of = np.repeat(np.arange(len(rows)), lengths)
        self.row_var = np.array([v for row in rows for v in row.vars], dtype=np.int64)
        self.row_coef = np.array([a for row in rows for a in row.coefs], dtype=np.float64)
        self.row_low = np.array([row.low for row in rows], dtype=np.float64)
        self.row_high = np.array([row.high for row in rows], dtype=np.float64)
        self.price = np.array(
            [np.inf if row.penalty is None else row.penalty for row in rows],
            dtype=np.float64,
        )
        self.is_knapsack = np.zeros(len(rows), dtype=bool)
        self.is_knapsack[list(groups.rows)] = True
        self.weight = np.array(groups.weight, dtype=np.float64)
        self.group = np.array(groups.of, dtype=np.int64)


def _columns(pairs: list[Pair]) -> tuple[Ints, Ints, Floats]:
    table = np.array([tuple(pair) for pair in pairs], dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.float64)


class View:
    """A box as the kernels see it: its free variables, arcs among them, rows on them.

    Parameters
    ----------
    frame
        The problem's arrays.
    box
        The box.
    multipliers
        What the box has inherited: rows they price are kept even where redundant.

    Attributes
    ----------
    graph, groups, bounds, rows, caps
        Arguments of `bundlesolve.kernels.subgradient.improve`, in its order.
    free
        Numbers of the free variables.
    row_ids
        Numbers of the problem's rows among the view's, which come first.
    constant
        What is sure, to be added to the view's bound.
    start
        The inherited multipliers.
    """

    def __init__(self, frame: Frame, box: Box, multipliers: Multipliers) -> None:
        self.frame, self.box = frame, box
        self.free = np.array(box.free, dtype=np.int64)
        self.constant = settled(box)
        unit = 0.5**multipliers.bits
        lower, upper = np.array(box.lower, float), np.array(box.upper, float)
        is_free = np.zeros(len(lower), dtype=bool)
        is_free[self.free] = True
        number = np.cumsum(is_free) - 1
        self._set_graph(is_free, number)
        rest = [_room(frame, lower, is_free, r) for r in frame.groups.rows]
        self.groups = (frame.weight[self.free], frame.group[self.free], np.array(rest))
        worth = np.array(box.worth, float)[self.free]
        self.bounds = (worth, lower[self.free], upper[self.free])
        self._set_rows(is_free, number, lower, upper, multipliers)
        split = np.array([multipliers.split[2 * p] for p in box.joint], float) * unit
        high = [multipliers.high[r] for r in self.row_ids.tolist()]
        high += [multipliers.clash[p] for p in box.clashes]
        low = [multipliers.low[r] for r in self.row_ids.tolist()] + [0] * len(box.clashes)
        self.start = Priced(
            split, np.array(high, float) * unit, np.array(low, float) * unit
        )

    def _set_graph(self, is_free: Bools, number: Ints) -> None:
        frame = self.frame
        kept = is_free[frame.tail] & is_free[frame.head]
        place = np.cumsum(kept) - 1
        tail, head = number[frame.tail[kept]], number[frame.head[kept]]
        start = np.zeros(len(self.free) + 1, dtype=np.int64)
        np.cumsum(np.bincount(tail, minlength=len(self.free)), out=start[1:])
        self.is_first = frame.is_first[kept]
        rank = np.cumsum(is_free[frame.first] & is_free[frame.second]) - 1
        self.pair = rank[frame.pair[kept]]
        self.pair_worth = frame.worth[np.array(self.box.joint, dtype=np.int64)]
        back = place[frame.back[kept]]
        self.graph = (start, head, back, self.pair_worth[self.pair])

    def _set_rows(
        self,
        is_free: Bools,
        number: Ints,
        lower: Floats,
        upper: Floats,
        multipliers: Multipliers,
    ) -> None:
        frame, rows = self.frame, len(self.frame.row_low)
        entry_free = is_free[frame.row_var]
        at_low = frame.row_coef * lower[frame.row_var]
        at_high = frame.row_coef * upper[frame.row_var]
        least = np.bincount(frame.row_of, np.minimum(at_low, at_high), minlength=rows)
        most = np.bincount(frame.row_of, np.maximum(at_low, at_high), minlength=rows)
        shift = np.bincount(frame.row_of, at_low * ~entry_free, minlength=rows)
        length = np.bincount(frame.row_of, entry_free, minlength=rows)
        used_high = np.array([price != 0 for price in multipliers.high], dtype=bool)
        used_low = np.array([price != 0 for price in multipliers.low], dtype=bool)
        high_counts = ((most > frame.row_high) & ~frame.is_knapsack) | used_high
        low_counts = (least < frame.row_low) | used_low
        kept = (length > 0) & (high_counts | low_counts) & (frame.price > 0)
        self.row_ids = np.flatnonzero(kept)
        entries = entry_free & kept[frame.row_of]
        ends = number[frame.clash_ends[np.array(self.box.clashes, dtype=np.int64)]]
        clash = -frame.clash_worth[np.array(self.box.clashes, dtype=np.int64)]
        pairs = len(clash)
        lengths = np.concatenate((length[kept].astype(np.int64), np.full(pairs, 2)))
        start = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=start[1:])
        ones, zeros = np.ones(pairs), np.zeros(pairs)
        variables = np.concatenate((number[frame.row_var[entries]], ends.reshape(-1)))
        self.rows = (
            start,
            variables,
            np.concatenate((frame.row_coef[entries], np.ones(2 * pairs))),
            np.concatenate(((frame.row_high - shift)[kept], ones)),
            np.concatenate(((frame.row_low - shift)[kept], zeros)),
        )
        self.caps = (
            np.concatenate((np.where(high_counts, frame.price, 0.0)[kept], clash)),
            np.concatenate((np.where(low_counts, frame.price, 0.0)[kept], zeros)),
        )

    @property
    def at_stake(self) -> Floats:
        """Sum of the sizes of each free variable's pairs with free ones."""
        clashes = np.array(self.box.clashes, dtype=np.int64)
        ends = np.searchsorted(self.free, self.frame.clash_ends[clashes])
        sizes = np.repeat(-self.frame.clash_worth[clashes], 2)
        total = np.bincount(ends.reshape(-1), sizes, minlength=len(self.free))
        tail = np.repeat(np.arange(len(self.free)), np.diff(self.graph[0]))
        total = total + np.bincount(tail, self.graph[3], minlength=len(self.free))
        return np.asarray(total, dtype=np.float64)

    def arcs(self, split: Floats) -> Floats:
        """Return the split of every arc from that of the pairs' first sides."""
        first = split[self.pair]
        return np.asarray(np.where(self.is_first, first, self.graph[3] - first))

    def first_sides(self, arcs: Floats) -> Floats:
        """Return the split of the pairs' first sides from that of every arc."""
        split = np.empty(len(self.pair_worth))
        split[self.pair[self.is_first]] = arcs[self.is_first]
        return split


def _room(frame: Frame, lower: Floats, is_free: Bools, r: int) -> float:
    row = frame.problem.rows[r]
    at = np.array(row.vars, dtype=np.int64)
    coefs = np.array(row.coefs, dtype=np.float64)
    fixed = ~is_free[at]
    return float(row.high - coefs[fixed] @ lower[at[fixed]])

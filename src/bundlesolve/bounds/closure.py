"""The part of a program that minimum cuts can bound: pairs of positive worth, one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

CANDIDATES = 4
"""Rows that are compared by a bound of their own where there are many variables."""
LEAST_TO_COMPARE = 1_000
"""Variables from which on that pays."""
CHUNK = 1 << 18
"""Pairs that are looked at at a time."""


@dataclass(frozen=True)
class Closure:
    """``constant + max sum_v worth_v x_v + sum_p pair_p x_i x_j``, ``weight . x <= room``.

    Binary nodes, one for each free variable: the variable at its upper bound or at its
    lower. All numbers whole, ``pair`` positive, ``weight`` and ``room`` not negative.

    Parameters
    ----------
    node
        Variable of each node. Shape ``[m']``.
    worth, weight
        Worth and weight of a node. Shape ``[m']``.
    pairs
        The program's pairs: first and second variable, and worth. Those of two nodes and of
        positive worth count.
    room
        Capacity left beside the lower bounds.
    constant
        Worth of the lower bounds.
    exact
        Whether the program is this problem: then a set that fits is a feasible point of
        the same worth. Otherwise the problem is a relaxation.
    base
        Lower bounds of all variables. Shape ``[m]``.
    top
        Upper bounds of all variables. Shape ``[m]``.
    """

    node: IntArray
    worth: IntArray
    weight: IntArray
    pairs: tuple[IntArray, IntArray, IntArray]
    room: int
    constant: int
    exact: bool
    base: IntArray
    top: IntArray

    @property
    def number(self) -> IntArray:
        """Node of each variable, -1 for none; a new array. Shape ``[m]``."""
        number = np.full(len(self.base), -1, dtype=np.int64)
        number[self.node] = np.arange(len(self.node))
        return number

    def chunks(self) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Yield nodes and worth of the pairs, some at a time: ten million take 240 MB."""
        number = self.number
        for begin in range(0, len(self.pairs[0]), CHUNK):
            part = (column[begin : begin + CHUNK] for column in self.pairs)
            first, second, worth = part
            first, second = number[first], number[second]
            kept = (first >= 0) & (second >= 0) & (worth > 0)
            yield first[kept], second[kept], worth[kept]

    @property
    def columns(self) -> tuple[IntArray, IntArray, IntArray]:
        """First and second node of each pair and its worth; new arrays. Shape ``[p']``."""
        parts = list(self.chunks())
        if not parts:
            return self.node[:0], self.node[:0], self.node[:0]
        first, second, worth = map(np.concatenate, zip(*parts, strict=True))
        return first, second, worth

    @cached_property
    def num_pairs(self) -> int:
        """Number of pairs ``p'``."""
        return sum(len(worth) for _, _, worth in self.chunks())

    @cached_property
    def pairs_worth(self) -> int:
        """Worth of all pairs."""
        return sum(int(worth.sum()) for _, _, worth in self.chunks())

    def point(self, inside: IntArray) -> IntArray:
        """Return the program's point for a set of nodes (0 or 1 each)."""
        x = self.base.copy()
        chosen = self.node[inside == 1]
        x[chosen] = self.top[chosen]
        return x

    def members(self, x: IntArray) -> IntArray:
        """Return 1 for the nodes whose variable is above its lower bound."""
        return (x[self.node] > self.base[self.node]).astype(np.int64)


def closure_of(program: Program) -> Closure | None:
    """Return the closure problem of a program and its tightest knapsack row.

    Returns
    -------
    Closure | None
        None where there is no pair of positive worth or no knapsack row (hard, coefficients
        not negative, with a limit that counts).
    """
    row = tightest_row(program)
    if row is None:
        return None
    closure = closure_over(program, row)
    return closure if closure.num_pairs else None


def closure_over(program: Program, row: int | None) -> Closure:
    """Return the closure problem of a program and one knapsack row, or none.

    Other rows and penalties are left out, and so are pairs of negative worth: without them
    a point is worth more, never less. A variable that may be in only with another one, such
    as an item's extra units, and that the row does not weigh, gives its worth to that one.
    """
    lower, upper = program.lower, program.upper
    first, second, pair = program.pair_first, program.pair_second, program.pair_worth
    weight, room = np.zeros(program.num_vars, dtype=np.int64), 0
    if row is not None:
        entries = program.row(row)
        weight[program.row_var[entries]] = program.row_coef[entries]
        room = int(program.row_high[row]) - int(weight @ lower)
    span = upper - lower
    is_free = lower < upper
    linear = program.worth.copy()
    led, leader = led_by(program)
    kept = (weight[led] == 0) & (linear[led] > 0)
    led, leader = led[kept], leader[kept]
    np.add.at(linear, leader, linear[led] * span[led])
    linear[led] = 0
    is_free[led] = False
    node = np.flatnonzero(is_free)
    # A pair with a variable that is fixed at 1 is worth of the other one alone.
    constant = program.constant + int(program.worth @ lower)
    if np.any(lower):
        np.add.at(linear, first, pair * lower[second] * ~is_free[second])
        np.add.at(linear, second, pair * lower[first] * ~is_free[first])
        constant += int(pair @ (lower[first] * lower[second]))
    weight, worth = (weight * span)[node], (linear * span)[node]
    exact = program.num_rows == int(row is not None)
    if row is not None:  # a lightest weight is no part of a closure problem
        exact &= int(program.row_low[row]) <= int(program.activity_range[0][row])
    return Closure(
        node,
        worth,
        weight,
        (first, second, pair),
        room,
        constant,
        exact and not np.any(pair < 0) and bool(np.all(span <= 1)),
        lower,
        upper,
    )


def density(program: Program) -> float:
    """Return the share of all pairs of free variables that are worth something."""
    free = int(np.sum(program.lower < program.upper))
    return 2.0 * program.num_pairs / max(1, free * (free - 1))


def tightest_row(program: Program) -> int | None:
    """Return the knapsack row with the least room for what it holds, None for none."""
    least, most = program.activity_range
    lowest = np.zeros(program.num_rows, dtype=np.int64)
    for these, part, start in program.blocks():
        of = np.repeat(np.arange(these.start, these.stop), np.diff(start))
        np.minimum.at(lowest, of, program.row_coef[part])
    room = (program.row_high - least).astype(np.float64)
    binds = (program.row_high < most) & (program.row_soft == 0)
    rows = np.flatnonzero(binds & (lowest >= 0) & (room >= 0))
    if len(rows) == 0:
        return None
    # Of rows over few variables even the tightest says little about the whole.
    length = np.diff(program.row_start)[rows]
    span = (most - least)[rows].astype(np.float64)
    cut_off = length * (1.0 - room[rows] / span)
    longest = rows[np.argsort(-cut_off, kind="stable")[:CANDIDATES]]
    longest = longest[np.diff(program.row_start)[longest] * 2 > length.max() / 2]
    if len(longest) <= 1 or program.num_vars < LEAST_TO_COMPARE:
        return int(rows[np.argmax(cut_off)])
    return int(min(longest, key=lambda row: halves(closure_over(program, int(row)))[0]))


def halves(closure: Closure) -> tuple[float, float]:
    """Return a bound that takes no cut, and what a unit of the row is worth there.

    Every pair is given to its ends half by half; a continuous knapsack is left. Both in
    floating point: to compare and to begin with, not to prove.
    """
    size = len(closure.node)
    value = closure.worth.astype(np.float64)
    for first, second, worth in closure.chunks():
        for end in (first, second):
            value += np.bincount(end, worth / 2.0, minlength=size)
    weight = closure.weight.astype(np.float64)
    gains = value > 0
    value, weight = value[gains], weight[gains]
    order = np.argsort(-value / (weight + 1e-9), kind="stable")
    filled = np.cumsum(weight[order])
    share = np.clip((closure.room - filled + weight[order]) / (weight[order] + 1e-9), 0, 1)
    share[weight[order] == 0] = 1.0
    unit = 0.0
    if len(order) and filled[-1] > closure.room:
        last = order[np.searchsorted(filled, closure.room, side="right")]
        unit = float(value[last] / (weight[last] + 1e-9))
    return closure.constant + float(value[order] @ share), unit


def led_by(program: Program) -> tuple[IntArray, IntArray]:
    """Return variables without pairs that are 0 unless a 0-1 variable is 1, and that one.

    A hard row ``sum_v a_v x_v <= c x_u`` with ``a_v > 0`` and free ``u`` says so of every
    ``v`` whose lower bound is 0. Each variable stands once.
    """
    count = program.num_rows
    leader = np.full(count, -1, dtype=np.int64)
    negatives, below = np.zeros((2, count), dtype=np.int64)
    for rows, part, start in program.blocks():
        var, low = program.row_var[part], program.row_coef[part] < 0
        of = np.repeat(np.arange(rows.start, rows.stop), np.diff(start))
        leader[of[low]] = var[low]
        np.add.at(negatives, of[low], 1)
        np.add.at(below, of[(program.lower[var] < 0) & ~low], 1)
    # No row goes below 0 but for its leader.
    links = (program.row_soft == 0) & (program.row_high == 0)
    links &= (negatives == 1) & (below == 0)
    leads = program.is_binary & (program.lower == 0) & (program.upper == 1)
    links &= (leader >= 0) & leads[leader]
    may = np.ones(program.num_vars, dtype=bool)
    may[program.pair_first] = False
    may[program.pair_second] = False
    may &= (program.lower == 0) & (program.upper > 0)
    found = [(leader[:0], leader[:0])]
    for rows, part, start in program.blocks():
        var = program.row_var[part]
        of = np.repeat(np.arange(rows.start, rows.stop), np.diff(start))
        entry = links[of] & (program.row_coef[part] >= 0) & may[var]
        found.append((var[entry], leader[of[entry]]))
    listed, leaders = (np.concatenate(column) for column in zip(*found, strict=True))
    led, where = np.unique(listed, return_index=True)
    leaders = leaders[where]
    # A chain ends somewhere: who leads is not led.
    alone = ~np.isin(leaders, led)
    return led[alone], leaders[alone]

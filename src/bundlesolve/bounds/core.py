"""A small program as dense arrays: what the semidefinite bound and the tree work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.groups import choose_groups
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model.program import Program


@dataclass(frozen=True)
class Core:
    """``constant + worth.x + 1/2 x'Qx - penalties`` over ``0 <= x <= upper`` and rows.

    All numbers are whole. Two-valued variables come first, ``b`` of ``m``.

    Parameters
    ----------
    var
        Variables of the program. Shape ``[m]``.
    base
        Their value where ``x`` is 0. Shape ``[m]``.
    quadratic
        Pair worths at both places, zero diagonal. Shape ``[b, b]``.
    clash
        True where two variables cannot both be in. Shape ``[b, b]``, symmetric.
    worth, upper
        Linear worth, largest value. Shape ``[m]``.
    weight, group, capacity
        The rows kept as knapsacks, see `choose_groups`. Shapes ``[m]``, ``[m]``, ``[G]``.
    rows, high, low
        The other rows. Shapes ``[r, m]``, ``[r]``, ``[r]``.
    most_high, most_low
        Largest multiplier of either side: 0 where it does not count, the penalty of a
        soft row, else infinite. Shape ``[r]``.
    constant
        Worth of ``x = 0``.
    """

    var: Ints
    base: Ints
    quadratic: Floats
    clash: NDArray[np.bool_]
    worth: Floats
    upper: Floats
    weight: Floats
    group: Ints
    capacity: Floats
    rows: Floats
    high: Floats
    low: Floats
    most_high: Floats
    most_low: Floats
    constant: int

    @property
    def num_vars(self) -> int:
        """Number of variables ``m``."""
        return len(self.var)

    @property
    def num_pairable(self) -> int:
        """Number of two-valued variables ``b``."""
        return len(self.quadratic)

    @property
    def most_chosen(self) -> int:
        """How many two-valued variables can be in at once, by the knapsacks alone."""
        b = self.num_pairable
        group, weight = self.group[:b], self.weight[:b]
        count = int(np.count_nonzero(group < 0))
        for g, room in enumerate(self.capacity):
            used = np.cumsum(np.sort(weight[group == g]))
            count += int(np.searchsorted(used, room, side="right"))
        return count

    def restrict(self, lower: Floats, upper: Floats) -> tuple[Core, Ints]:
        """Return the core within tighter bounds and which variables it keeps."""
        free = np.flatnonzero(lower < upper)
        b = self.num_pairable
        paired = free[free < b]
        at = lower[:b]
        # What a variable earns from those that are in.
        gains = self.quadratic @ at
        # Every pair counts twice: the sum may pass 2**53 and wants integers.
        twice = int(at.astype(np.int64) @ gains.astype(np.int64))
        constant = self.constant + round(float(self.worth @ lower)) + twice // 2
        worth = self.worth[free].copy()
        worth[: len(paired)] += gains[paired]
        used = np.bincount(
            self.group + 1, self.weight * lower, minlength=len(self.capacity) + 1
        )
        shift = self.rows @ lower
        core = Core(
            self.var[free],
            self.base[free] + lower[free].astype(np.int64),
            np.ascontiguousarray(self.quadratic[np.ix_(paired, paired)]),
            self.clash[np.ix_(paired, paired)],
            worth,
            upper[free] - lower[free],
            self.weight[free],
            self.group[free],
            self.capacity - used[1:],
            np.ascontiguousarray(self.rows[:, free]),
            self.high - shift,
            self.low - shift,
            self.most_high,
            self.most_low,
            constant,
        )
        return core, free


def dense_size(program: Program) -> int:
    """Return how many numbers the core of a program holds."""
    return program.num_vars * (2 * program.num_vars + program.num_rows)


def make_core(program: Program) -> Core:
    """Return a program as dense arrays, everything that is fixed folded in."""
    order = np.argsort(~program.is_binary, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    b = int(np.count_nonzero(program.is_binary))
    weight, group, kept = choose_groups(program)
    quadratic = np.zeros((b, b))
    first, second = number[program.pair_first], number[program.pair_second]
    quadratic[first, second] = quadratic[second, first] = program.pair_worth
    clash, packing = _clashes(program, number, b)
    least, most = program.activity_range
    others = np.setdiff1d(np.arange(program.num_rows), np.concatenate((kept, packing)))
    low_of_kept = kept[program.row_low[kept] > least[kept]]
    numbers = np.concatenate((others, low_of_kept))
    rows = np.zeros((len(numbers), program.num_vars))
    for k, r in enumerate(numbers):
        span = program.row(int(r))
        rows[k, number[program.row_var[span]]] = program.row_coef[span]
    price = np.where(program.row_soft == 1, program.row_penalty, np.inf)
    most_high = np.where(program.row_high < most, price, 0.0)[numbers]
    most_high[len(others) :] = 0.0
    most_low = np.where(program.row_low > least, price, 0.0)[numbers]
    whole = Core(
        order,
        np.zeros(len(order), dtype=np.int64),
        quadratic,
        clash,
        program.worth[order].astype(np.float64),
        program.upper[order].astype(np.float64),
        weight[order],
        group[order],
        program.row_high[kept].astype(np.float64),
        rows,
        program.row_high[numbers].astype(np.float64),
        program.row_low[numbers].astype(np.float64),
        most_high,
        most_low,
        program.constant,
    )
    lower = program.lower[order].astype(np.float64)
    return whole.restrict(lower, whole.upper)[0]


def _clashes(program: Program, number: Ints, b: int) -> tuple[NDArray[np.bool_], Ints]:
    """Return which variables cannot both be in, and the rows that say no more than that.

    Two variables clash if a hard row's upper limit is passed with both in and all others
    at their least. A row over two-valued variables of which any two clash says just that.
    """
    clash = np.zeros((b, b), dtype=np.bool_)
    packing = []
    least, most = program.activity_range
    for r in np.flatnonzero((program.row_soft == 0) & (program.row_high < most)):
        span = program.row(int(r))
        var, coef = program.row_var[span], program.row_coef[span]
        room = program.row_high[r] - least[r]
        at = number[var]
        use = (at < b) & (coef > 0) & (program.lower[var] == 0)
        at, heavy = at[use], coef[use]
        if len(at) < 2 or np.partition(heavy, -2)[-2:].sum() <= room:
            continue
        both = heavy[:, None] + heavy[None, :] > room
        clash[np.ix_(at, at)] |= both
        one_sided = program.row_low[r] <= least[r]
        if one_sided and len(at) == len(var) and np.all(heavy <= room) and np.all(both):
            packing.append(r)
    np.fill_diagonal(clash, False)
    return clash, np.array(packing, dtype=np.int64)

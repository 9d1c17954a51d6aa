"""Bundles that share one of each item, as dense arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program
from bundlesolve.solvers.blocks import Block, Blocks

Sides = NDArray[np.int8]

MOST_NUMBERS = 4_000_000
"""Numbers that the dense arrays may hold."""
MOST_RESOURCES = 32


@dataclass(frozen=True)
class SharedStock:
    """Kinds of bundles of two-valued items, at most one of each item in all of them.

    Parameters
    ----------
    blocks
        Where it comes from.
    copies
        How many bundles are of each kind. Shape ``[k]``.
    worth, pair
        Worth of the items and pairs in each kind, 0 on the diagonal. Shapes ``[k, n]``,
        ``[k, n, n]``.
    use, room
        Use of each resource, never negative, and what there is. Shapes ``[k, r, n]``,
        ``[k, r]``.
    allowed
        Which items a kind may hold. Shape ``[k, n]``.
    place
        Variable of each item in each bundle, -1 for none. Shape ``[copies, n]`` each.
    """

    blocks: Blocks
    copies: Ints
    worth: Ints
    pair: Ints
    use: Ints
    room: Ints
    allowed: NDArray[np.bool_]
    place: tuple[Ints, ...]

    @classmethod
    def of(cls, blocks: Blocks) -> SharedStock | None:
        """Return blocks as such bundles; None where they are not, or there are too many.

        Every variable must be in just one coupling limit, with coefficient 1 and limit 1;
        a block's rows must be hard upper limits of nothing negative.
        """
        n, k = len(blocks.limit), len(blocks.kinds)
        r = max(_binding(block.program).sum() for block in blocks.kinds)
        if k * n * n > MOST_NUMBERS or r > MOST_RESOURCES:
            return None
        if np.any(blocks.limit != 1) or np.any(np.isfinite(blocks.most)):
            return None
        if not all(_is_plain(block) for block in blocks.kinds):
            return None
        worth, pair = np.zeros((k, n), np.int64), np.zeros((k, n, n), np.int64)
        use, room = np.zeros((k, r, n), np.int64), np.zeros((k, r), np.int64)
        allowed, place = np.zeros((k, n), dtype=np.bool_), []
        for which, block in enumerate(blocks.kinds):
            program, item = block.program, np.argmax(block.use, axis=0)
            if len(np.unique(item)) < len(item):
                return None
            allowed[which, item] = program.upper == 1
            worth[which, item] = program.worth
            first, second = item[program.pair_first], item[program.pair_second]
            pair[which, first, second] = pair[which, second, first] = program.pair_worth
            for at, row in enumerate(np.flatnonzero(_binding(program))):
                span = program.row(int(row))
                use[which, at, item[program.row_var[span]]] = program.row_coef[span]
                room[which, at] = program.row_high[row]
            where = np.full((block.copies, n), -1, dtype=np.int64)
            where[:, item] = block.places
            place.append(where)
            allowed[which] &= np.all(use[which] <= room[which][:, None], axis=0)
        copies = np.array([block.copies for block in blocks.kinds], dtype=np.int64)
        return cls(blocks, copies, worth, pair, use, room, allowed, tuple(place))

    @property
    def num_items(self) -> int:
        """Number of items ``n``."""
        return int(self.worth.shape[1])

    @property
    def constant(self) -> int:
        """Worth of empty bundles."""
        return self.blocks.program.constant

    def worths(self, k: int, sets: Sides) -> Ints:
        """Return what sets are worth in a kind of bundle. Shape ``[c, n]`` to ``[c]``."""
        inside = sets.astype(np.int64)
        twice = np.einsum("ci,ci->c", inside @ self.pair[k], inside)
        return np.asarray(inside @ self.worth[k] + twice // 2)

    def point(self, sets: list[tuple[int, Sides]]) -> Ints:
        """Return the point of the whole program that has these sets, the rest empty."""
        x = self.blocks.program.lower.copy()
        used = [0] * len(self.copies)
        for k, inside in sets:
            items = np.flatnonzero(inside)
            x[self.place[k][used[k], items]] = 1
            used[k] += 1
        return x

    def sets(self, x: Ints) -> list[tuple[int, Sides]]:
        """Return the sets of a point of the whole program."""
        found = []
        for k, places in enumerate(self.place):
            for where in places:
                inside = np.zeros(self.num_items, dtype=np.int8)
                has = where >= 0
                inside[has] = x[where[has]]
                found.append((k, inside))
        return found


def _binding(program: Program) -> NDArray[np.bool_]:
    """Return which rows can be broken within the bounds. Shape ``[r]``."""
    least, most = program.activity_range
    return np.asarray((program.row_high < most) | (program.row_low > least))


def _is_plain(block: Block) -> bool:
    program, binding = block.program, _binding(block.program)
    least, _ = program.activity_range
    entries = binding[program.row_of]
    return bool(
        np.all(program.lower == 0)
        and np.all(program.upper <= 1)
        and np.all((block.use == 0) | (block.use == 1))
        and np.all(block.use.sum(axis=0) == 1)
        and not np.any(program.row_soft[binding])
        and np.all(program.row_low[binding] <= least[binding])
        and np.all(program.row_high[binding] >= 0)
        and np.all(program.row_coef[entries] >= 0)
    )

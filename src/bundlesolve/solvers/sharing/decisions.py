"""What a node of the tree has decided about items, and bundles under these decisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.solvers.sharing.stock import SharedStock, Sides


@dataclass(frozen=True)
class Decisions:
    """Decisions of a node; none of them tells bundles of a kind from one another.

    Ryan and Foster, "An integer programming approach to scheduling", 1981, for pairs.

    Parameters
    ----------
    together
        Pairs of items that are in the same bundle or both in none.
    apart
        Pairs of items that are in no bundle both.
    must
        Items that are in some bundle.
    shut
        Kinds and items that they may not hold.
    """

    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    must: frozenset[int] = frozenset()
    shut: frozenset[tuple[int, int]] = frozenset()

    def join(self, i: int, j: int) -> Decisions:
        """Return these and two items together."""
        return Decisions((*self.together, (i, j)), self.apart, self.must, self.shut)

    def part(self, i: int, j: int) -> Decisions:
        """Return these and two items apart."""
        return Decisions(self.together, (*self.apart, (i, j)), self.must, self.shut)

    def give(self, k: int, i: int, kinds: int) -> Decisions:
        """Return these and an item in a bundle of a kind."""
        others = {(other, i) for other in range(kinds) if other != k}
        return Decisions(self.together, self.apart, self.must | {i}, self.shut | others)

    def deny(self, k: int, i: int) -> Decisions:
        """Return these and an item in no bundle of a kind."""
        return Decisions(self.together, self.apart, self.must, self.shut | {(k, i)})

    def allow(self, k: int, sets: Sides) -> NDArray[np.bool_]:
        """Tell which sets a kind may hold. Shape ``[c, n]`` to ``[c]``."""
        fine = np.ones(len(sets), dtype=np.bool_)
        for i, j in self.together:
            fine &= sets[:, i] == sets[:, j]
        for i, j in self.apart:
            fine &= (sets[:, i] & sets[:, j]) == 0
        for kind, i in self.shut:
            if kind == k:
                fine &= sets[:, i] == 0
        return fine

    def labels(self, n: int) -> Ints:
        """Return a number for each item, the same for those that are together."""
        label = np.arange(n)
        for i, j in self.together:
            label[label == label[j]] = label[i]
        return label


@dataclass(frozen=True)
class Bundle:
    """A kind of bundle under decisions: groups of items for items.

    Parameters
    ----------
    groups
        1 where a group, of ``g``, holds an item. Shape ``[g, n]``.
    worth, pair, use, room
        As in `SharedStock`, of groups.
    clash
        True where two groups cannot both be in by decision. Shape ``[g, g]``.
    """

    groups: Ints
    worth: Ints
    pair: Ints
    use: Ints
    room: Ints
    clash: NDArray[np.bool_]

    @classmethod
    def of(cls, stock: SharedStock, k: int, decisions: Decisions) -> Bundle:
        """Return a kind with items that are together as one, those shut out left out."""
        n = stock.num_items
        label = decisions.labels(n)
        groups = (label == np.unique(label)[:, None]).astype(np.int64)
        allowed = stock.allowed[k].copy()
        for kind, i in decisions.shut:
            if kind == k:
                allowed[i] = False
        use, room = stock.use[k] @ groups.T, stock.room[k]
        keep = (groups @ ~allowed == 0) & np.all(use <= room[:, None], axis=0)
        apart = np.zeros((n, n), dtype=np.int64)
        for i, j in decisions.apart:
            apart[i, j] = apart[j, i] = 1
        clash = groups @ apart @ groups.T > 0
        keep &= ~np.diag(clash)
        groups = np.ascontiguousarray(groups[keep])
        pair = groups @ stock.pair[k] @ groups.T
        worth = groups @ stock.worth[k] + np.diag(pair) // 2
        np.fill_diagonal(pair, 0)
        clash = clash[np.ix_(keep, keep)]
        pair[clash] = 0
        return cls(groups, worth, pair, np.ascontiguousarray(use[:, keep]), room, clash)

    def gains(self, prices: Floats) -> Floats:
        """Return the groups' worth less the prices of their items. Shape ``[g]``."""
        return np.asarray(self.worth - self.groups @ prices)

    def items(self, inside: Sides) -> Sides:
        """Return the items of sets of groups. Shape ``[c, g]`` to ``[c, n]``."""
        found: Sides = (inside.astype(np.int64) @ self.groups).astype(np.int8)
        return found

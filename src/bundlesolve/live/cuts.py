"""Bound and starts of a sparse live model by minimum cuts that go on where they ended.

See ``docs/bounds.md``. The network of pairs is kept from state to state, with its flow and
with the multiplier of the row: any flow within the capacities is a valid start, so that
after a small change one or two cuts are enough where a new search needs ten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from bundlesolve.bounds.closure import density, tightest_row
from bundlesolve.kernels import parametric as kernel
from bundlesolve.kernels.mincut import Network, build
from bundlesolve.kernels.types import Ints
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.solvers.cut_core import MOST_DENSITY


@dataclass(frozen=True)
class Nodes:
    """A program as worths and weights of nodes, one for each variable.

    Parameters
    ----------
    worth, weight
        Of each variable at its upper bound; one that must be in, or out, has its worth
        raised, or lowered, by more than all its pairs. Shape ``[m]``.
    room
        Capacity left beside what must be in.
    constant
        What has been added to the worths, taken off again.
    """

    worth: Ints
    weight: Ints
    room: int
    constant: int


def nodes_of(program: Program) -> Nodes | None:
    """Return the nodes of a sparse program with a knapsack row, None for all others."""
    if not np.any(program.pair_worth > 0) or density(program) > MOST_DENSITY:
        return None
    row = tightest_row(program)
    span = program.upper - program.lower
    if row is None or np.any(program.lower[span > 0]) or np.any(program.upper < 0):
        return None
    weight = np.zeros(program.num_vars, dtype=np.int64)
    entries = program.row(row)
    weight[program.row_var[entries]] = program.row_coef[entries]
    room = int(program.row_high[row]) - int(weight @ program.lower)
    if room < 0:
        return None
    worth = program.worth * np.maximum(span, program.lower)
    used = program.pair_worth > 0
    most = np.zeros(program.num_vars, dtype=np.int64)
    np.add.at(most, program.pair_first[used], program.pair_worth[used])
    np.add.at(most, program.pair_second[used], program.pair_worth[used])
    most += np.abs(worth) + 1
    inside = (span == 0) & (program.lower > 0)
    outside = (span == 0) & (program.upper == 0)
    worth[inside] += most[inside]
    worth[outside] = -most[outside]
    constant = program.constant - int(most[inside].sum())
    return Nodes(worth, weight * span, room, constant)


@dataclass(frozen=True)
class Cuts:
    """Where the cuts of a program ended.

    Parameters
    ----------
    pairs
        First and second variable and worth of its pairs of positive worth. Shape ``[p']``.
    network
        These pairs with their flow.
    multiplier
        Worth of a unit of the row, as numerator and denominator.
    loaded
        What the flow's numbers are multiplied by; 0 for no flow yet.
    seconds
        What the longest cut took. Default 0.
    bound
        Proved bound on the program. Default None: there was no cut.
    sets
        Smallest and largest optimal set of the last cut. Default: none.
    """

    pairs: tuple[IntArray, IntArray, IntArray]
    network: Network
    multiplier: tuple[int, int] = (0, 1)
    loaded: int = 0
    seconds: float = 0.0
    bound: int | None = None
    sets: tuple[Ints, ...] = ()

    @classmethod
    def of(cls, program: Program, before: Cuts | None) -> Cuts:
        """Return where to begin: where those before ended, if the pairs are the same."""
        used, m = program.pair_worth > 0, program.num_vars
        first, second = program.pair_first[used], program.pair_second[used]
        pairs = first, second, program.pair_worth[used]
        if before is not None and before.fit(pairs, m):
            net = before.network
            flow = (net.left.copy(), net.excess.copy(), net.label.copy())
            network = Network(net.start, net.head, net.back, net.worth, *flow)
            return replace(before, network=network, bound=None, sets=())
        # Copies: kernels are compiled for writable arrays.
        start, head, back, worth = build(m, *(column.copy() for column in pairs))
        flow = (worth.copy(), np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64))
        cuts = cls(pairs, Network(start, head, back, worth, *flow))
        if before is None:
            return cuts
        return replace(cuts, multiplier=before.multiplier, seconds=before.seconds)

    def fit(self, pairs: tuple[IntArray, IntArray, IntArray], m: int) -> bool:
        """Tell whether these are the cuts for a program's pairs."""
        same = zip(self.pairs, pairs, strict=True)
        return len(self.network.excess) == m and all(np.array_equal(a, b) for a, b in same)

    def run(self, nodes: Nodes, remaining: Callable[[], float]) -> Cuts:
        """Cut until the best multiplier is found or time is over, and return the end.

        Changes the flow of these cuts, which are not to be used any more.
        """
        m = len(nodes.worth)
        pairs, weight = int(self.pairs[2].sum()), int(nodes.weight.sum())
        size = int(np.abs(nodes.worth).sum()) + pairs
        most = int(nodes.worth.sum()) + pairs
        state = kernel.new_state(0, 1, most, weight, size)
        kernel.set_multiplier(state, *self.multiplier)
        state[kernel.LOADED] = self.loaded
        small, large = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        problem = (nodes.worth, nodes.weight, nodes.room, state, small, large)
        # Slowly down, so that one slow cut does not end cutting for ever.
        seconds, bound = 0.8 * self.seconds, None
        while not state[kernel.DONE] and remaining() > max(seconds, 0.0):
            began = time.perf_counter()
            kernel.newton_step(self.network, *problem)
            seconds = max(seconds, time.perf_counter() - began)
            bound = nodes.constant + int(state[kernel.BOUND])
        return replace(
            self,
            multiplier=(int(state[kernel.P]), int(state[kernel.Q])),
            loaded=int(state[kernel.LOADED]),
            seconds=seconds,
            bound=bound,
            sets=(small, large) if bound is not None else (),
        )

    def starts(self, program: Program) -> Iterator[IntArray]:
        """Return the points of the last cut's smallest and largest set; ``[m]`` each."""
        for inside in self.sets:
            yield np.where(inside == 1, program.upper, program.lower)

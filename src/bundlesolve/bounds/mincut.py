"""A proved upper bound by minimum cuts: the Lagrangian of the tightest knapsack row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.closure import Closure, closure_of, halves
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

if TYPE_CHECKING:
    from bundlesolve.kernels.mincut import Network

LEAST_GAIN = 0.01
"""Steps go on while they take this share of the gap away."""
LEAST_TO_GUESS = 20_000
"""Nodes from which on cuts are dear enough to guess where to begin."""
GUESS = 1_024
"""Denominator of that multiplier."""
SECONDS_PER_PAIR = 1e-6
"""What a cut takes at most, about; it does not look at the clock."""
MOST_AGAIN = 500_000
"""Pairs up to which nobody minds a cut that somebody else has made before, or a look for
a better bound after it: beyond, either takes minutes."""

_latest: list[tuple[ref[Program], int]] = []


def remember(program: Program, bound: int) -> None:
    """Keep the final cut bound of a program for as long as that is in use."""
    _latest[:] = [(ref(program, lambda _: _latest.clear()), bound)]


def known_bound(program: Program) -> int | None:
    """Return the cut bound that was kept for this very program, None for none."""
    return next((bound for known, bound in _latest if known() is program), None)


class Breakpoint(NamedTuple):
    """A vertex of the concave hull of what sets weigh and are worth."""

    weight: int
    worth: int
    inside: IntArray


class Flow(NamedTuple):
    """What makes up a flow: that of each pair and the scale, in digits, and the excess."""

    digits: NDArray[np.uint16]
    excess: IntArray


class CutBound:
    """The lowest Lagrangian bound of a closure problem, and the optimal sets there.

    Parameters
    ----------
    closure
        What is bounded.

    Attributes
    ----------
    small, large
        Smallest and largest optimal set of the last cut. Shape ``[m']`` each.
    """

    def __init__(self, closure: Closure) -> None:
        from bundlesolve.kernels import parametric
        from bundlesolve.kernels.copying import shared

        self._kernel = parametric
        self.closure = closure
        m = len(closure.node)
        self.worth, self.weight = shared(closure.worth), shared(closure.weight)
        self.is_large = closure.num_pairs > MOST_AGAIN
        pairs_worth, weight = closure.pairs_worth, int(self.weight.sum())
        most = int(self.worth.sum()) + pairs_worth
        self.size = int(np.abs(self.worth).sum()) + pairs_worth
        self.state = parametric.new_state(0, 1, most, weight, self.size)
        if m >= LEAST_TO_GUESS:
            unit = min(halves(closure)[1], 2.0**40)
            parametric.set_multiplier(self.state, int(unit * GUESS), GUESS)
        spare = np.zeros(m, dtype=np.int64)
        self._network: Network | None = self._new_network(spare, spare.copy())
        self._flow: Flow | None = None
        self.small, self.large = spare.copy(), spare.copy()

    def _new_network(self, excess: IntArray, label: IntArray) -> Network:
        """Return the network without flow; a large one in pairs, others arc by arc."""
        from bundlesolve.kernels import mincut as kernel
        from bundlesolve.kernels.arcs import in_pairs
        from bundlesolve.kernels.copying import shared

        closure = self.closure
        m, number, pairs = len(closure.node), closure.number, closure.pairs
        if self.is_large:
            arcs = in_pairs(m, *map(shared, (number, *pairs)))
            left = np.zeros(len(arcs[3]) + 1, dtype=np.int64)
        else:
            arcs = kernel.build_among(m, number, *pairs)
            left = arcs[3].copy()
        start, head, back, worth = arcs
        return kernel.Network(start, head, back, worth, left, excess, label)

    @property
    def network(self) -> Network:
        """The arcs and their flow, made again where they were set aside."""
        from bundlesolve.kernels.digits import from_digits
        from bundlesolve.kernels.mincut import measure

        if self._flow is not None:
            flow, self._flow = self._flow, None
            network = self._new_network(flow.excess, np.zeros_like(flow.excess))
            from_digits(flow.digits, network.left)
            label, queue = np.empty((2, len(flow.excess)), dtype=np.int32)
            measure(network, label, queue)
            network.label[:] = label
            self._network = network
        assert self._network is not None
        return self._network

    def set_aside(self) -> None:
        """Keep the flow only, a quarter of the memory, until the network is asked for."""
        from bundlesolve.kernels.digits import to_digits

        if self._network is None or not self.is_large:
            return
        network, self._network = self._network, None
        left, excess = network.left, network.excess
        # The arcs are let go of before there is room for the digits.
        del network
        self._flow = Flow(to_digits(left), excess)

    @property
    def is_done(self) -> bool:
        """True once the multiplier is the best there is."""
        return bool(self.state[self._kernel.DONE])

    @property
    def bound(self) -> int | None:
        """Proved bound on every point of the program; None before the first cut."""
        value = int(self.state[self._kernel.BOUND])
        return None if value == self._kernel.UNBOUNDED else self.closure.constant + value

    @property
    def multiplier(self) -> tuple[int, int]:
        """Worth of a unit of the row, as numerator and denominator."""
        return int(self.state[self._kernel.P]), int(self.state[self._kernel.Q])

    def step(self) -> None:
        """Make one cut and choose the next multiplier."""
        self._kernel.newton_step(
            self.network,
            self.worth,
            self.weight,
            self.closure.room,
            self.state,
            self.small,
            self.large,
        )

    @property
    def seconds(self) -> float:
        """How long one cut may take, about."""
        return SECONDS_PER_PAIR * self.closure.num_pairs

    def run(self, keep_going: Callable[[], bool]) -> bool:
        """Cut until the multiplier is the best; return False where time ran out."""
        while not self.is_done and keep_going():
            self.step()
        return self.is_done

    def sides(self, objective: int) -> IntArray:
        """Return 1 for nodes that every better point has, -1 for those that none has.

        0 for all others. To be asked when `is_done`. Shape ``[m']``.

        Parameters
        ----------
        objective
            Of the known point, the program's constant included.
        """
        from bundlesolve.kernels.cut_sides import MOST_LOOKS, settle_sides

        kernel, state = self._kernel, self.state
        p, q = self.multiplier
        # Twice Q times: bound at this multiplier, and one more than the objective.
        bound = int(state[kernel.TWICE]) + 2 * p * self.closure.room
        better = 2 * q * (objective - self.closure.constant + 1)
        side = np.zeros(len(self.worth), dtype=np.int64)
        need = bound - better + 1
        # Beyond what any excess can be, nothing can be shown.
        if 0 < need < self._kernel.LARGEST_TERM:
            settle_sides(self.network, need, MOST_LOOKS, self.small, side)
        return side

    def tighten(
        self, objective: int, keep_going: Callable[[], bool], steps: int = 100
    ) -> None:
        """Lower the bound by the row times each node; see `bundlesolve.kernels.products`.

        Subgradient steps towards the known objective, until they gain too little. To be
        called when `is_done`; `sides` and the two sets stay those of the row alone. Nothing
        is done where a variable takes more than two values.
        """
        from bundlesolve.kernels import products as kernel

        closure = self.closure
        if np.any(closure.top[closure.node] - closure.base[closure.node] > 1):
            # A product with a variable between its bounds is not what the kernel takes.
            return
        target = objective - closure.constant
        scale = kernel.scale_for(self.size)
        problem = kernel.new_products(self._copy(), self.worth, self.weight)
        enough = scale * (target + 1) - 1
        factor, idle, done = 1.0, 0, 0
        p, q = self.multiplier
        loaded = 0
        while done < steps and idle < 4 and keep_going():
            state = kernel.tighten(
                problem, closure.room, scale, enough, factor, 2, p, q, loaded
            )
            done += 2
            p, q = int(state[self._kernel.P]), int(state[self._kernel.Q])
            loaded = int(state[self._kernel.LOADED])
            was = int(self.state[self._kernel.BOUND])
            now = min(was, int(state[self._kernel.BOUND]) // scale)
            self.state[self._kernel.BOUND] = now
            if was - now <= LEAST_GAIN * (now - target):
                factor, idle = 0.5 * factor, idle + 1
            else:
                idle = 0
            if now <= target:
                return

    def breakpoints(
        self, most_cuts: int, keep_going: Callable[[], bool]
    ) -> list[Breakpoint]:
        """Return vertices of the hull of weight and worth, lightest first, sets nested.

        All of them where ``most_cuts`` allows, by bisection: the multiplier at which two
        known sets are worth the same either gives a set between them or proves that there
        is none. One list serves every capacity. The bound's own state is left alone.
        """
        kernel, m = self._kernel, len(self.worth)
        state = kernel.new_state(0, 1, 0, int(self.weight.sum()), self.size)
        small, large = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        problem = (self._copy(), self.worth, self.weight, 0, state, small, large)
        kernel.cut_at(*problem)
        top = _vertex(state[kernel.SMALL_WEIGHT], state[kernel.SMALL_WORTH], small)
        bottom = Breakpoint(0, 0, np.zeros(m, dtype=np.int64))
        found, open_, cuts = [top], [(bottom, top)], 1
        while open_ and cuts < most_cuts and keep_going():
            below, above = open_.pop()
            p, q = above.worth - below.worth, above.weight - below.weight
            if p <= 0 or q <= 0 or not kernel.set_multiplier(state, p, q):
                continue
            kernel.cut_at(*problem)
            cuts += 1
            on_line = 2 * (q * above.worth - p * above.weight)
            if state[kernel.Q] == q and state[kernel.TWICE] == on_line:
                continue
            between = [
                _vertex(state[kernel.SMALL_WEIGHT], state[kernel.SMALL_WORTH], small),
                _vertex(state[kernel.LARGE_WEIGHT], state[kernel.LARGE_WORTH], large),
            ]
            if between[0].weight == between[1].weight:
                between.pop()
            between = [v for v in between if below.weight < v.weight < above.weight]
            if between:
                found += between
                open_ += [(below, between[0]), (between[-1], above)]
        if all(vertex.weight > 0 for vertex in found):
            found.append(bottom)
        return sorted(found, key=lambda vertex: (vertex.weight, vertex.worth))

    def _copy(self) -> Network:
        """Return the arcs one by one, without flow, to be loaded by somebody else."""
        from bundlesolve.kernels.mincut import Network, build_among

        closure, m = self.closure, len(self.worth)
        arcs = build_among(m, closure.number, *closure.pairs)
        excess, label = np.zeros((2, m), dtype=np.int64)
        return Network(*arcs, arcs[3].copy(), excess, label)


def _vertex(weight: int, worth: int, inside: IntArray) -> Breakpoint:
    return Breakpoint(int(weight), int(worth), inside.copy())


def mincut_bound(
    program: Program, objective: int | None, keep_going: Callable[[], bool]
) -> int | None:
    """Return the bound ``min over t >= 0 of max {objective - t a.x} + t b``.

    The row ``a.x <= b`` is the program's tightest knapsack; the inner maximum is a minimum
    cut (Rhys, Balinski, both Management Science 17, 1970; Picard 1976), the outer minimum
    takes about ten of them (see `bundlesolve.kernels.parametric`). Then the row times each
    variable lowers it further (see `bundlesolve.kernels.products`). Computed in whole
    numbers and rounded down, so it is a proof as it stands.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, the target of the second part; None for none,
        which leaves it out.
    keep_going
        Asked every few cuts; False ends the search with what is there.

    Returns
    -------
    int | None
        The bound; None where `closure_of` finds nothing to cut, or no time was left.
    """
    known = known_bound(program)
    if known is not None:
        return known
    closure = closure_of(program)
    if closure is None:
        return None
    cut = CutBound(closure)
    if cut.run(keep_going) and objective is not None and cut.bound != objective:
        cut.tighten(objective, keep_going)
    return cut.bound


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.products import warm_up as compile_kernels

    compile_kernels()

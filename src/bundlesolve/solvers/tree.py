"""The search tree of the exact method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.kernels.propagate import propagate
from bundlesolve.kernels.subgradient import disagreement
from bundlesolve.kernels.types import Floats
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run

MOST_CARRIED = 2**25
"""Numbers that all nodes of a path may carry as multipliers; beyond it they share the
root's."""
FACTOR = 0.5
"""Step factor in a node; its multipliers come from its parent and need no long steps."""


@dataclass
class Node:
    """A part of the box that is still open.

    ``bound`` is the parent's, ``split`` and ``duals`` its multipliers.
    """

    lower: Floats
    upper: Floats
    bound: int | None
    split: Floats
    dual_high: Floats
    dual_low: Floats


class Tree:
    """Depth-first branch and bound over the core that reduction left.

    Parameters
    ----------
    core
        The free variables' program and the way back.
    run
        Told of points, bounds and nodes; says when to stop.
    node_steps
        Most subgradient steps in a node.
    """

    def __init__(self, core: Restriction, run: Run, node_steps: int) -> None:
        assert core.program is not None
        self.core, self.run, self.node_steps = core, run, node_steps
        self.program = core.program
        self.lagrangian = Lagrangian(core.program, run.objective)
        self.hard = 1 - core.program.row_soft
        self.rows = tuple(
            getattr(core.program, name).astype(np.float64)
            for name in ("row_coef", "row_low", "row_high")
        )
        arrays = self.lagrangian.arrays
        self.carries = len(arrays.head) * self.program.num_vars <= MOST_CARRIED
        self.open: list[Node] = [
            Node(
                arrays.lower.copy(),
                arrays.upper.copy(),
                run.bound,
                arrays.split.copy(),
                arrays.dual_high.copy(),
                arrays.dual_low.copy(),
            )
        ]

    @property
    def bound(self) -> int | None:
        """Proved bound on the whole program: the largest of the open nodes'."""
        bounds = [node.bound for node in self.open]
        if self.run.objective is not None:
            bounds.append(self.run.objective)
        known = [bound for bound in bounds if bound is not None]
        return max(known) if len(known) == len(bounds) and known else None

    def walk(self) -> bool:
        """Take nodes until none is open; False if the run ends it before."""
        nodes = 0
        while self.open:
            if self.run.should_stop():
                return False
            node = self.open.pop()
            self._take(node)
            nodes += 1
            self.run.step()
            if nodes % 64 == 0 and self.bound is not None:
                self.run.offer_bound(self.bound)
        return True

    def _take(self, node: Node) -> None:
        """Bound a node, drop it, or split it in two."""
        objective = self.run.objective
        if objective is not None and node.bound is not None and node.bound <= objective:
            return
        if not self._propagate(node.lower, node.upper):
            return
        if not self._bound(node):
            return
        if self.run.should_stop():
            self.open.append(node)
            return
        if not np.any(node.lower < node.upper):
            self._leaf(node)
            return
        self._branch(node)

    def _propagate(self, lower: Floats, upper: Floats) -> bool:
        program = self.program
        start, var = program.row_start, program.row_var
        return bool(propagate(start, var, *self.rows, self.hard, lower, upper, 10))

    def _bound(self, node: Node) -> bool:
        """Improve the node's bound and tighten it; False if nothing better is in it."""
        relaxation = self.lagrangian
        relaxation.objective = self.run.objective
        arrays = relaxation.arrays
        arrays.lower[:], arrays.upper[:] = node.lower, node.upper
        arrays.split[:] = node.split
        arrays.dual_high[:], arrays.dual_low[:] = node.dual_high, node.dual_low
        relaxation.state[:] = (np.inf, FACTOR, 0.0)
        done = 0
        while done < self.node_steps and (done == 0 or not self.run.should_stop()):
            steps = min(relaxation.chunk, self.node_steps - done)
            relaxation.improve(steps)
            done += steps
            if relaxation.is_closed:
                return False
        node.lower, node.upper = arrays.lower.copy(), arrays.upper.copy()
        bound = relaxation.bound
        node.bound = (
            bound if node.bound is None or bound is None else min(bound, node.bound)
        )
        if self.carries:
            best = (multipliers.copy() for multipliers in relaxation.best)
            node.split, node.dual_high, node.dual_low = best
        return self._propagate(node.lower, node.upper)

    def _leaf(self, node: Node) -> None:
        x = self.core.lift(node.lower.astype(np.int64))
        if self.run.program.is_feasible(x):
            self.run.offer(x)

    def _branch(self, node: Node) -> None:
        """Split at the variable whose pairs the relaxation agrees least about."""
        a = self.lagrangian.arrays
        x, score = np.zeros(len(a.worth)), np.zeros(len(a.worth))
        graph = (a.start, a.head, a.back, a.pair_worth, node.split)
        groups = (a.weight, a.group, a.capacity, a.worth, node.lower, node.upper)
        rows = (a.row_start, a.row_var, a.row_coef, node.dual_high - node.dual_low)
        disagreement(*graph, *groups, *rows, x, score)
        free = node.lower < node.upper
        score[free] += np.minimum(x - node.lower, node.upper - x)[free] + 1e-9
        score[~free] = -1.0
        v = int(np.argmax(score))
        middle = min(max(np.floor(x[v]), node.lower[v]), node.upper[v] - 1)
        down = Node(node.lower, node.upper.copy(), *self._inherited(node))
        down.upper[v] = middle
        up = Node(node.lower.copy(), node.upper, *self._inherited(node))
        up.lower[v] = middle + 1
        # The side that the relaxation leans to is taken first, from the top of the stack.
        self.open += [down, up] if x[v] >= middle + 0.5 else [up, down]

    @staticmethod
    def _inherited(node: Node) -> tuple[int | None, Floats, Floats, Floats]:
        return node.bound, node.split, node.dual_high, node.dual_low

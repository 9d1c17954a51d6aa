"""The rules of a proof, carried out: what a box, a step, a branching may conclude."""

from __future__ import annotations

from collections.abc import Sequence

from bundlesolve.certificate.bound import bound, settled
from bundlesolve.certificate.box import Box
from bundlesolve.certificate.groups import Groups
from bundlesolve.certificate.multipliers import Multipliers
from bundlesolve.certificate.problem import Problem


class Node:
    """A box of the proof's tree with the multipliers it has inherited.

    Parameters
    ----------
    box, multipliers
        The part of the problem, and what bounds it.
    bound
        Best bound on it so far, rounded down; None for none.
    """

    def __init__(self, box: Box, multipliers: Multipliers, bound: int | None) -> None:
        self.box, self.multipliers, self.bound = box, multipliers, bound


class Machine:
    """Carries out the steps of a proof that nothing is worth more than ``objective``.

    It is sound whatever it is told: the proof only chooses where to branch and which
    multipliers to take. ``open`` ends are bounded, not closed.

    Parameters
    ----------
    problem
        What the proof is about.
    knapsacks
        Rows that are the knapsacks of the bound, see `Groups`.
    bits
        The multipliers are multiples of ``2**-bits``.
    objective
        Only points worth more are of interest; None closes and fixes nothing by bounds.
    """

    def __init__(
        self, problem: Problem, knapsacks: Sequence[int], bits: int, objective: int | None
    ) -> None:
        self.problem, self.bits, self.objective = problem, bits, objective
        self.groups = Groups(problem, knapsacks)

    def root(self) -> Node:
        """Return the whole problem, not yet entered."""
        box = Box(self.problem, self.groups)
        return Node(box, Multipliers(self.problem, self.bits), None)

    def enter(self, node: Node) -> bool:
        """Propagate, and weigh the only point left; True if that closes the box."""
        box = node.box
        if not box.settle():
            return True
        if box.free:
            return False
        value = settled(box)
        node.bound = value if node.bound is None else min(value, node.bound)
        if self.objective is not None and value <= self.objective:
            return True
        return box.problem.broken(box.lower)

    def step(self, node: Node, text: str) -> bool:
        """Change the multipliers, bound the box, fix variables; True if it closes.

        Raises
        ------
        ValueError
            If the text is no change of multipliers, see `Multipliers.changed`.
        """
        node.multipliers = node.multipliers.changed(text, node.box)
        found = bound(node.box, node.multipliers)
        if found is None:
            return True
        whole = found.total >> self.bits
        node.bound = whole if node.bound is None else min(whole, node.bound)
        if self.objective is None:
            return False
        if whole <= self.objective:
            return True
        # What has to go from the bound until no better point is below it.
        excess = found.total - ((self.objective + 1) << self.bits) + 1
        for v, price, scale in found.cost:
            low, high = node.box.lower[v], node.box.upper[v]
            if price and excess * scale <= abs(price) * (high - low):
                units = -(-excess * scale // abs(price))
                if price > 0:
                    node.box.tighten(v, high - units + 1, high)
                else:
                    node.box.tighten(v, low, low + units - 1)
        return self.enter(node)

    def branch(self, node: Node, v: int, middle: int) -> tuple[Node, Node]:
        """Return the parts with ``x[v] <= middle`` and with ``x[v] > middle``.

        Raises
        ------
        ValueError
            If one of them were the whole.
        """
        if not 0 <= v < len(node.box.lower):
            raise ValueError(f"one of {len(node.box.lower)} variables, found {v}")
        low, high = node.box.lower[v], node.box.upper[v]
        if not low <= middle < high:
            raise ValueError(f"a value in {low}..{high - 1}, found {middle}")
        down, up = node.box.part(), node.box.part()
        down.tighten(v, low, middle)
        up.tighten(v, middle + 1, high)
        multipliers, inherited = node.multipliers, node.bound
        return Node(down, multipliers, inherited), Node(up, multipliers, inherited)

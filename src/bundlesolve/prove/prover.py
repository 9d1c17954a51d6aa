"""Branch and bound that writes its proof down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bundlesolve.certificate.machine import Machine, Node
from bundlesolve.certificate.problem import Problem
from bundlesolve.prove.arrays import Frame, View
from bundlesolve.prove.ascent import Ascent
from bundlesolve.prove.knapsacks import choose

Item = str | tuple[int, int] | None

SHRINKS = 0.9
"""Another set of multipliers pays in a box that fixing has left so much smaller."""


@dataclass(frozen=True)
class Effort:
    """How much work a proof may be.

    Parameters
    ----------
    root_steps
        Most subgradient steps of each set of the root. Default 800.
    node_steps
        Most subgradient steps of each set of a node. Default 25.
    root_sets, node_sets
        Most sets of multipliers in the root and in another node. Default 12 and 3.
    most_nodes, most_bytes
        Largest proof: nodes of the tree and bytes of its text. Default a million nodes
        and 256 MB.
    """

    root_steps: int = 800
    node_steps: int = 25
    root_sets: int = 12
    node_sets: int = 3
    most_nodes: int = 1_000_000
    most_bytes: int = 1 << 28


@dataclass
class Entry:
    """A node as it will be written."""

    depth: int
    items: list[Item] = field(default_factory=list)
    bound: int | None = None
    branching: tuple[int, int] | None = None
    closed: bool = False


class Prover:
    """Proves that no point is worth more than ``objective``, as far as it is let.

    Every step is carried out by the `Machine` that will replay it, so what is written
    down is what was concluded.

    Parameters
    ----------
    problem
        What the proof is about.
    objective
        Worth of the best known point; None if none is known, then only the root is
        bounded.
    keep_going
        Asked every few steps; False ends the proof with open boxes.
    effort
        How much work it may be.
    """

    def __init__(
        self,
        problem: Problem,
        objective: int | None,
        keep_going: Callable[[], bool],
        effort: Effort,
    ) -> None:
        self.objective, self.keep_going, self.effort = objective, keep_going, effort
        self.knapsacks = choose(problem)
        largest = max((abs(a) for row in problem.rows for a in row.coefs), default=1)
        self.bits = 20 + largest.bit_length()
        self.machine = Machine(problem, self.knapsacks, self.bits, objective)
        self.frame = Frame(problem, self.machine.groups)
        self.entries: list[Entry] = []
        self.bytes = 0

    @property
    def bound(self) -> int | None:
        """What is proved: the largest of the objective and the open boxes' bounds."""
        bounds = [entry.bound for entry in self.entries if entry.items[-1:] == [None]]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            return None
        if self.objective is not None:
            known.append(self.objective)
        return max(known, default=None)

    def run(self) -> None:
        """Build the tree, depth first."""
        stack = [(self.machine.root(), 0)]
        while stack:
            node, depth = stack.pop()
            entry = Entry(depth)
            self.entries.append(entry)
            parts = self._take(node, entry)
            entry.bound = node.bound
            self.bytes += sum(len(item) for item in entry.items if isinstance(item, str))
            stack += [(part, depth + 1) for part in reversed(parts)]

    def _may_go_on(self) -> bool:
        small = self.bytes < self.effort.most_bytes
        few = len(self.entries) < self.effort.most_nodes
        return small and few and self.keep_going()

    def _take(self, node: Node, entry: Entry) -> list[Node]:
        """Close a node, leave it open, or return its parts."""
        if self.machine.enter(node) or self._bounded(node, entry):
            entry.closed = True
            return []
        if not node.box.free or self.objective is None or not self._may_go_on():
            entry.items.append(None)
            return []
        branching = entry.branching
        if branching is None or not node.box.is_open[branching[0]]:
            branching = self._ascent(node, 1).branching()
        entry.items.append(branching)
        return list(self.machine.branch(node, *branching))

    def _bounded(self, node: Node, entry: Entry) -> bool:
        """Bound a box by one set of multipliers or some; True if that closes it."""
        is_root = entry.depth == 0
        if not is_root and self._may_go_on() and self._try_inherited(node, entry):
            return True
        for s in range(self.effort.root_sets if is_root else self.effort.node_sets):
            # The root is bounded even when time is over: there has to be a bound.
            if not node.box.free or not (self._may_go_on() or (is_root and s == 0)):
                break
            before = len(node.box.free)
            if self._improve(node, entry):
                return True
            if len(node.box.free) > SHRINKS * before:
                break
        return False

    def _try_inherited(self, node: Node, entry: Entry) -> bool:
        """Bound a box by its parent's multipliers; written down if it has an effect."""
        if not node.box.free:
            return False
        before = list(node.box.lower), list(node.box.upper), node.bound
        closed = self.machine.step(node, "")
        if closed or (node.box.lower, node.box.upper) != before[:2]:
            entry.items.append("")
        else:
            node.bound = before[2]
        return closed

    def _improve(self, node: Node, entry: Entry) -> bool:
        """Take one more step with better multipliers; True if that closes the box."""
        is_root = entry.depth == 0
        steps = self.effort.root_steps if is_root else self.effort.node_steps
        ascent = self._ascent(node, steps, 1.0 if is_root else 0.5)
        entry.branching = ascent.branching()
        text = ascent.text()
        entry.items.append(text)
        return self.machine.step(node, text)

    def _ascent(self, node: Node, steps: int, factor: float = 0.5) -> Ascent:
        view = View(self.frame, node.box, node.multipliers)
        ascent = Ascent(view, self.objective, self.bits)
        ascent.run(steps, factor, self.keep_going)
        return ascent

    def proof(self) -> list[list[Item]]:
        """Return the tree as it is written.

        A part that is bounded by what is proved in all anyway is left open in one piece.
        """
        proved, written = self.bound, []
        skipped: int | None = None
        for entry in self.entries:
            if skipped is not None and entry.depth > skipped:
                continue
            skipped = None
            items = list(entry.items)
            inner = bool(items) and isinstance(items[-1], tuple)
            low = entry.bound is not None and proved is not None and entry.bound <= proved
            if inner and low and not entry.closed:
                items[-1] = None
                skipped = entry.depth
            written.append(items)
        return written

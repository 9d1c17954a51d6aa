"""Replays a certificate against an instance and its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bundlesolve.certificate.document import Certificate, Claim
from bundlesolve.certificate.machine import Machine, Node
from bundlesolve.certificate.problem import Problem
from bundlesolve.errors import InvalidFile, InvalidInstance, NotProved
from bundlesolve.model.check import check
from bundlesolve.model.compile import Compiled, compile
from bundlesolve.model.decimals import to_decimal, to_integer
from bundlesolve.model.instance import Instance

if TYPE_CHECKING:
    from bundlesolve.model.frozen import IntArray


@dataclass(frozen=True)
class Replay:
    """What a replayed certificate has proved.

    Parameters
    ----------
    claim
        What is proved.
    bound
        No answer is worth more, in the instance's smallest unit; None where there is none.
    nodes, steps, sets
        Boxes of the tree, bounds evaluated, and sets of multipliers given for them.
    size
        Bytes of the certificate.
    seconds
        Wall clock of the replay, compiling the instance included.
    """

    claim: Claim
    bound: int | None
    nodes: int
    steps: int
    sets: int
    size: int
    seconds: float


def replay(instance: Instance, units: IntArray | None, certificate: Certificate) -> Replay:
    """Check a certificate in exact integers.

    The instance is compiled to its canonical program, which is the one thing trusted; the
    answer's objective and feasibility are taken from `check` and compared with the
    program's. Everything else is Python integers of this room.

    Parameters
    ----------
    instance
        The problem.
    units
        The answer, shape ``[K, n]``; None for a claim that needs none.
    certificate
        What is to be proved, and the proof.

    Raises
    ------
    NotProved
        If the certificate is of something else or does not prove its claim.
    InvalidFile
        If a part of it is malformed.
    """
    began = time.perf_counter()
    compiled = compile(instance)
    problem = Problem.of(compiled.program)
    objective, value = _claimed(compiled, problem, units, certificate)
    if certificate.claim is Claim.INFEASIBLE:
        problem, objective, value = problem.feasibility(), -1, -1
    walk = _Walk(problem, certificate, objective, value)
    walk.run()
    bound = None if certificate.claim is Claim.INFEASIBLE else value
    return Replay(
        certificate.claim,
        bound,
        walk.nodes,
        walk.steps,
        walk.sets,
        certificate.size,
        time.perf_counter() - began,
    )


def _claimed(
    compiled: Compiled, problem: Problem, units: IntArray | None, certificate: Certificate
) -> tuple[int | None, int]:
    """Return objective and bound of a certificate that fits instance and answer."""
    said, name, instance = certificate.document, certificate.name, compiled.instance
    if said.fingerprint != instance.fingerprint:
        expected = f"fingerprint {instance.fingerprint}, the instance's"
        raise NotProved(name, "$.fingerprint", expected, said.fingerprint)
    sizes = {
        "variables": len(problem.lower),
        "pairs": len(problem.joint) + len(problem.clashes),
        "rows": len(problem.rows),
    }
    for key, count in sizes.items():
        found = getattr(said.program, key)
        if found != count:
            raise NotProved(name, f"$.program.{key}", f"{count}", found)
    objective = _whole(said.objective, "objective", instance, name)
    bound = _whole(said.bound, "bound", instance, name)
    known = None if units is None else _judged(compiled, problem, units, name)
    if certificate.claim is Claim.INFEASIBLE:
        for key, number in (("objective", objective), ("bound", bound)):
            if number is not None:
                raise NotProved(name, f"$.{key}", "null with infeasibility", number)
        if known is not None:
            raise NotProved(name, "$.claim", "no claim of infeasibility", "one")
        return None, -1
    if objective is not None and objective != known:
        there = "no answer" if known is None else f"{to_decimal(known, instance.decimals)}"
        expected = f"the answer's objective, {there}"
        raise NotProved(name, "$.objective", expected, said.objective)
    if bound is None:
        raise NotProved(name, "$.bound", "a number", "null")
    if certificate.claim is Claim.OPTIMAL and bound != objective:
        raise NotProved(name, "$.bound", "the objective, as optimal", said.bound)
    if objective is not None and bound < objective:
        raise NotProved(name, "$.bound", "the objective or more", said.bound)
    return objective, bound


def _whole(
    value: int | Decimal | None, key: str, instance: Instance, name: str
) -> int | None:
    if value is None:
        return None
    try:
        return to_integer(value, instance.decimals, f"$.{key}")
    except InvalidInstance as error:
        raise InvalidFile(name, f"$.{key}", error.expected, error.found) from None


def _judged(compiled: Compiled, problem: Problem, units: IntArray, name: str) -> int:
    """Return the answer's objective after the judge and the program agree on it."""
    verdict = check(compiled.instance, units)
    if not verdict.feasible:
        raise NotProved(name, "$.objective", "a feasible answer", "one that breaks a limit")
    x = compiled.encode(units).tolist()
    if problem.broken(x) or problem.value(x) != verdict.objective:
        expected = f"{verdict.objective} from the canonical program, as from the judge"
        raise NotProved(name, "$.objective", expected, problem.value(x))
    return verdict.objective


class _Walk:
    """Walks through the proof, depth first."""

    def __init__(
        self, problem: Problem, certificate: Certificate, objective: int | None, value: int
    ) -> None:
        self.name, self.value = certificate.name, value
        self.document = certificate.document
        try:
            bits, knapsacks = self.document.bits, self.document.knapsacks
            self.machine = Machine(problem, knapsacks, bits, objective)
        except ValueError as error:
            expected, g = error.args
            place, row = f"$.knapsacks[{g}]", self.document.knapsacks[g]
            raise InvalidFile(self.name, place, expected, f"row {row}") from None
        self.nodes = self.steps = self.sets = 0

    def run(self) -> None:
        """Carry out every node; raise unless the tree is whole and every end closed."""
        stack = [self.machine.root()]
        for n, entry in enumerate(self.document.proof):
            place = f"$.proof[{n}]"
            if not stack:
                raise self._not_proved(place, "the end of a whole tree", "another node")
            self.nodes += 1
            stack += reversed(self._node(stack.pop(), entry, place))
        if stack:
            place = f"$.proof[{len(self.document.proof)}]"
            found = f"the end, {len(stack)} parts left out"
            raise self._not_proved(place, "a node", found)

    def _node(
        self, node: Node, entry: list[str | tuple[int, int] | None], place: str
    ) -> list[Node]:
        closed = self.machine.enter(node)
        for s, item in enumerate(entry):
            here = f"{place}[{s}]"
            if closed:
                raise self._not_proved(here, "nothing after the box is closed", "a step")
            if isinstance(item, str):
                closed = self._step(node, item, here)
                continue
            if s < len(entry) - 1:
                raise InvalidFile(self.name, here, "a text before the last step", "none")
            if item is None:
                if node.bound is None or node.bound > self.value:
                    expected = f"a bound of at most {self.value} on an open box"
                    raise self._not_proved(here, expected, node.bound)
                return []
            try:
                return list(self.machine.branch(node, *item))
            except ValueError as error:
                raise self._refused(here, error) from None
        if not closed:
            found = f"one bounded by {node.bound}"
            raise self._not_proved(place, "a box that its steps close", found)
        return []

    def _step(self, node: Node, text: str, place: str) -> bool:
        self.steps += 1
        self.sets += text != ""
        try:
            return self.machine.step(node, text)
        except ValueError as error:
            raise self._refused(place, error) from None

    def _not_proved(self, place: str, expected: str, found: object) -> NotProved:
        return NotProved(self.name, place, expected, found)

    def _refused(self, place: str, error: ValueError) -> InvalidFile:
        expected, _, found = str(error).rpartition(", found ")
        return InvalidFile(
            self.name, place, expected or found, found if expected else "other"
        )

"""Certificates prove what is true of small instances, and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve import Stop, solve
from bundlesolve.certificate.document import Certificate, Claim
from bundlesolve.certificate.machine import Machine
from bundlesolve.certificate.problem import Problem
from bundlesolve.certificate.replay import Replay, replay
from bundlesolve.errors import InvalidFile, NotProved
from bundlesolve.generate import Small
from bundlesolve.model import Instance, compile
from bundlesolve.model.solution import Solution, Status
from bundlesolve.prove.certify import certify
from bundlesolve.prove.knapsacks import choose
from bundlesolve.prove.prover import Effort
from tests.solvers.nasty import NASTY
from tests.solvers.test_contract import classic
from tests.strategies import instances

REFUSED = (NotProved, InvalidFile)


def solved(instance: Instance) -> Solution:
    """Solve by enumeration."""
    return solve(instance, "brute", stop=Stop(), certify=False)


def replayed(instance: Instance, solution: Solution, data: bytes) -> Replay:
    """Replay the bytes of a certificate."""
    return replay(instance, solution.units, Certificate.decode(data))


@given(instances())
def test_whole_model(instance: Instance) -> None:
    """Optimal or infeasible, the proof replays after a trip through JSON."""
    solution = solved(instance)
    certificate = certify(instance, solution)
    found = replayed(instance, solution, certificate.encode())
    assert found.claim.value == solution.status.value
    assert found.bound == solution.objective


@pytest.mark.parametrize("story", list(NASTY))
def test_nasty(story: str) -> None:
    """Empty programs, supplies, huge numbers."""
    instance, optimum = NASTY[story]
    solution = solved(instance)
    found = replayed(instance, solution, certify(instance, solution).encode())
    assert found.claim is (Claim.INFEASIBLE if optimum is None else Claim.OPTIMAL)
    assert found.bound == optimum


@given(instances(), st.integers(1, 8))
def test_limits_leave_a_bound(instance: Instance, nodes: int) -> None:
    """With few nodes and poor multipliers something weaker is proved, and it is true."""
    solution = solved(instance)
    effort = Effort(2, 1, 1, 1, most_nodes=nodes)
    try:
        certificate = certify(instance, solution, effort=effort)
    except NotProved:
        assert solution.status is Status.INFEASIBLE
        return
    found = replayed(instance, solution, certificate.encode())
    if solution.objective is not None:
        assert found.bound is not None
        assert found.bound >= solution.objective


@given(instances())
def test_without_an_answer_only_a_bound(instance: Instance) -> None:
    """Nobody knows a point: nothing is fixed, the root's bound is certified."""
    truth = solved(instance)
    unknown = truth.replace(status=Status.UNKNOWN, units=None, objective=None, bound=None)
    try:
        certificate = certify(instance, unknown)
    except NotProved:
        return
    found = replayed(instance, unknown, certificate.encode())
    assert found.claim is Claim.BOUND
    if truth.objective is not None:
        assert found.bound is not None
        assert found.bound >= truth.objective


@given(instances())
def test_a_worse_answer_is_not_called_optimal(instance: Instance) -> None:
    """The certificate of an answer that can be beaten claims a bound above it."""
    best = solved(instance)
    greedy = solve(instance, "greedy", stop=Stop(steps=10), certify=False)
    if greedy.objective is None or greedy.objective == best.objective:
        return
    certificate = certify(instance, greedy)
    assert certificate.claim is Claim.BOUND
    found = replayed(instance, greedy, certificate.encode())
    assert best.objective is not None
    assert found.bound is not None
    assert found.bound >= best.objective


@pytest.mark.slow
def test_two_hundred_replay() -> None:
    """Random instances of every part of the model: no certificate fails."""
    claims = []
    for seed in range(200):
        instance = Small().make(seed)
        solution = solved(instance)
        certificate = certify(instance, solution)
        found = replayed(instance, solution, certificate.encode())
        assert found.claim.value == solution.status.value
        claims.append(found.claim)
    assert {Claim.OPTIMAL, Claim.INFEASIBLE} <= set(claims)


@pytest.fixture(scope="module")
def knapsack() -> tuple[Instance, Solution, dict[str, Any]]:
    """A quadratic knapsack of 24 items with a tree of some nodes to prove it."""
    instance = classic(24, seed=3)
    solution = solve(instance, "exact", stop=Stop(steps=100_000), certify=False)
    effort = Effort(root_steps=30, node_steps=5, root_sets=1, node_sets=1)
    certificate = certify(instance, solution, effort=effort)
    assert certificate.claim is Claim.OPTIMAL
    tree = json.loads(certificate.encode())
    assert sum(isinstance(item, list) for node in tree["proof"] for item in node) >= 4
    return instance, solution, tree


Case = tuple[Instance, Solution, dict[str, Any]]


def refused(case: Case, **changes: Any) -> None:
    """Assert that a certificate is rejected with some fields changed."""
    instance, solution, tree = case
    with pytest.raises(REFUSED):
        replayed(instance, solution, json.dumps(tree | changes).encode())


def branchings(proof: list[list[Any]]) -> list[int]:
    """Return the nodes that branch."""
    return [n for n, node in enumerate(proof) if node and isinstance(node[-1], list)]


def subtree(proof: list[list[Any]], n: int) -> int:
    """Return the node after the part that starts with node ``n``."""
    missing = 1
    while missing:
        missing += 1 if n in branchings(proof) else -1
        n += 1
    return n


def test_it_replays_as_it_is(knapsack: Case) -> None:
    """Before anything is corrupted."""
    instance, solution, tree = knapsack
    found = replayed(instance, solution, json.dumps(tree).encode())
    assert found.nodes == len(tree["proof"])
    assert found.bound == solution.objective


def test_a_side_left_out(knapsack: Case) -> None:
    """Every part of every branching is needed."""
    proof = knapsack[2]["proof"]
    for n in branchings(proof):
        for first in (n + 1, subtree(proof, n + 1)):
            refused(knapsack, proof=proof[:first] + proof[subtree(proof, first) :])


def test_nodes_too_many_or_too_few(knapsack: Case) -> None:
    """The tree is whole, and ends."""
    proof = knapsack[2]["proof"]
    refused(knapsack, proof=proof[:-1])
    refused(knapsack, proof=[*proof, []])
    refused(knapsack, proof=[])


def test_an_end_left_open(knapsack: Case) -> None:
    """Open boxes may be worth no more than the bound, and theirs is above."""
    proof = knapsack[2]["proof"]
    for n in branchings(proof):
        cut = [[*proof[n][:-1], None]]
        refused(knapsack, proof=proof[:n] + cut + proof[subtree(proof, n) :])


@pytest.mark.parametrize(
    "change",
    [
        {"claim": "infeasible"},
        {"claim": "infeasible", "objective": None, "bound": None},
        {"fingerprint": "0" * 64},
        {"program": {"variables": 25, "pairs": 1, "rows": 1}},
        {"objective": None},
        {"bound": None},
        {"knapsacks": [1]},
        {"knapsacks": [0, 0]},
        {"knapsacks": [-1]},
        {"bits": 0},
        {"bits": 1000},
        {"bundlesolve-certificate": 2},
        {"surprise": 1},
        {"proof": [[1]]},
        {"proof": [[[24, 0]], [], []]},
        {"proof": [[[-1, 0]], [], []]},
        {"proof": [[[0, 1]], [], []]},
        {"proof": [[[0, -1]], [], []]},
        {"proof": [[None, ""]]},
        {"proof": [["s-3:A2b;s-3:A"]]},
        {"proof": [["x0:A"]]},
        {"proof": [["s-99:A"]]},
        {"proof": [["s0:9999A"]]},
        {"proof": [["s0:A0B"]]},
        {"proof": [["s0:A2"]]},
        {"proof": [["s0:"]]},
        {"proof": [["h0:7A"]]},
        {"proof": [["h0:a"]]},
        {"proof": [["n0:A"]]},
    ],
)
def test_what_cannot_be(knapsack: Case, change: dict[str, Any]) -> None:
    """Another instance, another claim, numbers out of range, prices below zero."""
    refused(knapsack, **change)


def test_a_raised_claim_and_a_lowered_bound(knapsack: Case) -> None:
    """The objective is the answer's, and the bound is not below what was proved."""
    objective = knapsack[2]["objective"]
    for off in (-1, 1):
        refused(knapsack, objective=objective + off, bound=objective + off)
        refused(knapsack, bound=objective + off)
        refused(knapsack, objective=objective + off)
    refused(knapsack, claim="bound", bound=objective - 1)


def test_swapped_parts(knapsack: Case) -> None:
    """A proof of the lower part is none of the upper, unless it happens to be."""
    proof = knapsack[2]["proof"]
    n = branchings(proof)[0]
    middle, end = subtree(proof, n + 1), subtree(proof, subtree(proof, n + 1))
    swapped = proof[: n + 1] + proof[middle:end] + proof[n + 1 : middle] + proof[end:]
    assert swapped != proof
    refused(knapsack, proof=swapped)


def test_too_high_a_price(tea: Instance) -> None:
    """A soft limit's multiplier is at most its penalty, a negative pair's its worth."""
    soft = tea.replace(budgets=(tea.budgets[0].replace(penalty=2),))
    solution = solved(soft)
    tree = json.loads(certify(soft, solution).encode())
    for text, fits in (("h0:B", True), ("h0:C", False), ("n0:A", True), ("n0:B", False)):
        claim = {"claim": "bound", "objective": None, "bound": 99}
        data = json.dumps(tree | claim | {"proof": [[text, None]]})
        if fits:
            assert replayed(soft, solution, data.encode()).bound == 99
        else:
            with pytest.raises(InvalidFile, match="at most its penalty"):
                replayed(soft, solution, data.encode())


def test_another_answer(knapsack: Case) -> None:
    """The certificate is about the answer it was made for."""
    instance, solution, tree = knapsack
    worse = solution.units.copy() * 0  # type: ignore[union-attr]
    with pytest.raises(NotProved, match="objective"):
        replay(instance, worse, Certificate.decode(json.dumps(tree).encode()))


def mutations(tree: dict[str, Any], rng: random.Random, count: int) -> Iterator[bytes]:
    """Yield JSON texts with one character of a proof or one number changed."""
    text = json.dumps(tree)
    begin = text.index('"claim"')
    while count:
        at = rng.randrange(begin, len(text))
        new = rng.choice('0123456789-+.;:AaBbMmZzsnhl[]," ')
        changed = text[:at] + rng.choice(["", new, new + text[at]]) + text[at + 1 :]
        if changed != text:
            count -= 1
            yield changed.encode()


@pytest.mark.parametrize("seed", range(40))
def test_corrupted_proofs_are_refused_or_true(seed: int) -> None:
    """Whatever is changed: what still replays is a true claim about the instance."""
    rng = random.Random(seed)
    instance = Small().make(seed)
    truth = solved(instance)
    tree = json.loads(certify(instance, truth).encode())
    for data in mutations(tree, rng, 60):
        try:
            found = replayed(instance, truth, data)
        except REFUSED:
            continue
        assert (found.claim is Claim.INFEASIBLE) == (truth.objective is None)
        if found.claim is not Claim.INFEASIBLE:
            assert found.bound is not None
            assert truth.objective is not None
            assert found.bound >= truth.objective
        if found.claim is Claim.OPTIMAL:
            assert found.bound == truth.objective


STEPS = st.text("snhl;:+-.0123456789AaBbZz", max_size=12) | st.sampled_from(
    ["", "s0:A", "s-2:Ab2C", "h0:A", "h-1:B;l0:A", "n0:1A", "l0:1A", "h2:A1B"]
)
ITEMS = STEPS | st.tuples(st.integers(0, 9), st.integers(0, 2))


@given(instances(), st.lists(st.lists(ITEMS, max_size=4), min_size=1, max_size=6))
def test_the_machine_proves_nothing_false(
    instance: Instance, proof: list[list[str | tuple[int, int]]]
) -> None:
    """Steps made up at random never close the tree for less than the optimum."""
    truth = solved(instance)
    if truth.objective is None:
        return
    problem = Problem.of(compile(instance).program)
    machine = Machine(problem, choose(problem), 20, truth.objective - 1)
    assert not closes(machine, proof)


def closes(machine: Machine, proof: list[list[str | tuple[int, int]]]) -> bool:
    """Tell whether a machine takes every step and ends with no open box."""
    stack = [machine.root()]
    for items in proof:
        if not stack:
            return False
        node = stack.pop()
        closed = machine.enter(node)
        for item in items:
            if closed:
                break
            try:
                if isinstance(item, str):
                    closed = machine.step(node, item)
                else:
                    stack += machine.branch(node, *item)
                    closed = True
            except ValueError:
                return False
        if not closed:
            return False
    return not stack

"""The exact method: proofs by its own bound and tree."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.errors import InvalidParameter
from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
from bundlesolve.solvers import exact
from bundlesolve.solvers.exact import Exact
from bundlesolve.stop import Stop, StopReason
from tests.solvers.test_contract import classic


def test_proves_what_enumeration_cannot_reach(caplog: pytest.LogCaptureFixture) -> None:
    """Sixty items, in the tree or before it."""
    with caplog.at_level(logging.INFO, "bundlesolve.solvers.exact"):
        solution = solve(classic(60, seed=2), "exact", stop=Stop(steps=20_000))
    assert solution.status is Status.OPTIMAL
    assert solution.bound == solution.objective


def test_a_cut_tree_leaves_a_bound() -> None:
    """After three nodes the bound is that of the nodes that are still open."""
    instance = classic(60, seed=1)
    full = solve(instance, Exact(root_steps=5), stop=Stop(steps=50_000))
    cut = solve(instance, Exact(root_steps=5), stop=Stop(steps=3), certify=False)
    assert cut.stop_reason is StopReason.STEP_LIMIT
    assert cut.bound is not None
    assert full.objective is not None
    assert cut.bound >= full.objective


def test_open_nodes_beyond_the_memory_are_taken_newest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proof is the same in another order."""
    instance = classic(60, seed=1)
    best_first = solve(instance, Exact(root_steps=5), stop=Stop(steps=50_000))
    monkeypatch.setattr("bundlesolve.solvers.tree.MOST_BYTES", 0)
    newest = solve(instance, Exact(root_steps=5), stop=Stop(steps=50_000))
    assert newest.status is best_first.status is Status.OPTIMAL
    assert newest.objective == best_first.objective


def test_two_threads_prove_the_same() -> None:
    """Whatever the order of nodes."""
    instance = classic(60, seed=1)
    alone = solve(instance, Exact(root_steps=5, threads=1), stop=Stop(seconds=60))
    both = solve(instance, Exact(root_steps=5, threads=2), stop=Stop(seconds=60))
    assert alone.status is both.status is Status.OPTIMAL
    assert alone.objective == both.objective


def test_parameters() -> None:
    """At least one step."""
    with pytest.raises(InvalidParameter, match="node_steps"):
        Exact(node_steps=0)


@pytest.mark.parametrize("seed", range(5))
def test_what_stars_leave_open_goes_to_the_tree(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stars stopped at once: local search, then nodes with the doubly nonnegative bound."""
    monkeypatch.setattr(exact, "STAR_STEPS", 1)
    monkeypatch.setattr(exact, "SEARCH_STALL", 1000)
    kinds: list[str] = []
    improve = Semidefinite.improve

    def spy(self: Semidefinite, steps: int) -> None:
        kinds.append(type(self).__name__)
        improve(self, steps)

    monkeypatch.setattr(Semidefinite, "improve", spy)
    instance = Conflicts(items=16, conflict_density=25).draw(np.random.default_rng(seed))
    solution = solve(instance, "exact")
    truth = solve(instance, "brute")
    assert solution.status is Status.OPTIMAL
    assert solution.worth == truth.worth
    assert set(kinds) <= {"DoublyNonnegative"}

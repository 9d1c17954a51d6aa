"""The exact method: proofs by its own bound and tree."""

from __future__ import annotations

import logging

import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
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


def test_nodes_may_share_multipliers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room to carry them the proof is the same, only longer."""
    instance = classic(40, seed=5)
    carried = solve(instance, "exact", stop=Stop(steps=50_000))
    monkeypatch.setattr("bundlesolve.solvers.tree.MOST_CARRIED", 0)
    shared = solve(instance, "exact", stop=Stop(steps=50_000))
    assert shared.status is carried.status is Status.OPTIMAL
    assert shared.objective == carried.objective


def test_parameters() -> None:
    """At least one step."""
    with pytest.raises(InvalidParameter, match="node_steps"):
        Exact(node_steps=0)

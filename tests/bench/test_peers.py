"""Peers: every installed one takes part, is judged, and never beats the referee."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bundlesolve.bench.claim import Call
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.peers import PEERS
from bundlesolve.bench.peers.contender import PeerContender
from bundlesolve.bench.peers.penalty import Penalised
from bundlesolve.bench.peers.run import PeerRun
from bundlesolve.errors import InvalidParameter, Refused
from bundlesolve.generate import Qkp, Small
from bundlesolve.model.check import check
from bundlesolve.model.compile import compile
from bundlesolve.model.program import Program
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

LIMIT = Stop(seconds=5, steps=200)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PEERS)
def test_peer_takes_part(name: str) -> None:
    """Its answer keeps all limits, its bound holds, its optimum is one."""
    peer = PeerContender(name)
    if peer.absent() is not None:
        pytest.skip(f"{peer.absent()} is not installed")
    instance = Qkp(items=12, density=50).make(3)
    best = solve(instance, "brute", stop=Stop()).objective
    assert best is not None
    claim = peer.solve(Call(instance, LIMIT, 1, Limits()))
    assert claim.units is not None
    verdict = check(instance, claim.units)
    assert verdict.feasible
    assert verdict.objective == claim.objective
    assert verdict.objective <= best
    if claim.bound is not None:
        assert claim.bound >= best
    if claim.status is Status.OPTIMAL:
        assert claim.objective == best
    assert [step.value for step in claim.incumbents][-1] == claim.objective


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["cpsat", "highs", "scip", "scipy"])
@pytest.mark.parametrize("seed", range(6))
def test_exact_peer_agrees_with_the_referee(name: str, seed: int) -> None:
    """On instances with every kind of rule, soft ones too, what it proves is true."""
    peer = PeerContender(name)
    if peer.absent() is not None:
        pytest.skip(f"{peer.absent()} is not installed")
    instance = Small(items=5).make(seed)
    referee = solve(instance, "brute", stop=Stop())
    claim = peer.solve(Call(instance, LIMIT, 1, Limits()))
    if claim.status is Status.INFEASIBLE:
        assert referee.status is Status.INFEASIBLE
    if claim.status is Status.OPTIMAL:
        assert claim.objective == referee.objective
    if claim.bound is not None and referee.objective is not None:
        assert claim.bound >= referee.objective


def test_unknown_peer_is_told() -> None:
    """A name that is none is answered with those that are."""
    with pytest.raises(InvalidParameter, match="highs"):
        PeerContender("hihgs")


def test_penalised_model_is_the_objective_at_the_limit() -> None:
    """The quadratic model is minus the worth, plus the squared distance from the aim."""
    program = compile(Qkp(items=10, density=80).make(4)).program
    penalised = Penalised("test", program)
    singles, products = penalised.singles(), penalised.products()
    (row,), (aim,) = penalised.rows, penalised.aims
    rng = np.random.default_rng(0)
    for _ in range(50):
        x = rng.integers(0, 2, program.num_vars)
        cost = float(singles @ x) + sum(w * x[i] * x[j] for (i, j), w in products.items())
        off = float(row.coef @ x[row.var]) - aim
        wanted = -program.objective(x) + row.weight * (off * off - aim * aim)
        assert cost == pytest.approx(wanted)


def test_penalties_need_bits() -> None:
    """Units above one have no place in a bit string, and the peer says so."""
    wide = Program(np.array([0]), np.array([3]), np.array([1]))
    with pytest.raises(Refused, match="further"):
        Penalised("test", wide)


def test_books_count_what_breaks_a_limit() -> None:
    """A point outside the limits is counted and never becomes the best."""
    program = compile(Qkp(items=6, density=50).make(1)).program
    run = PeerRun(program, LIMIT, 0, 1, time.perf_counter())
    assert not run.point(np.ones(6) * 2)
    assert run.broken == 1
    assert run.point(np.zeros(6))
    assert not run.point(np.zeros(6) + 1e-9)
    run.bound(float("inf"))
    run.bound(10.2)
    run.bound(11.0)
    assert [step.value for step in run.bounds] == [10]
    assert 0 < run.remaining < 5

"""Branch and price against enumeration, known optima, limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from bundlesolve.generate.qmkp import Qmkp
from bundlesolve.model import Instance, compile
from bundlesolve.solve import solve
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.sharing import proof, search
from bundlesolve.solvers.sharing.decisions import Decisions
from bundlesolve.solvers.sharing.search import Sharing
from bundlesolve.solvers.sharing.stock import SharedStock
from bundlesolve.stop import Stop
from tests.solvers.sharing.packings import TRIANGLE, packings, run_of, shared, stock_of


@pytest.fixture(autouse=True)
def _short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    get_solver("exact").warm_up()
    search.warm_up()
    monkeypatch.setattr(search, "WALKS", 2)
    monkeypatch.setattr(search, "TRIES", 200)


def best_of(instance: Instance) -> int:
    """Return the optimum by enumeration."""
    best = solve(instance, "brute", stop=Stop(), certify=False).objective
    assert best is not None
    return best


@given(packings())
@settings(max_examples=40, deadline=None)
def test_equals_enumeration(instance: Instance) -> None:
    """The best point is found and proved, whether bundles are alike or not."""
    blocks = Blocks.of(compile(instance).program)
    assume(blocks is not None)
    assert blocks is not None
    stock = SharedStock.of(blocks)
    assume(stock is not None)
    assert stock is not None
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective == run.bound == best_of(instance)


@pytest.mark.parametrize("seed", range(2))
def test_priced_bundles_by_the_tree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where pricing is proved by the semidefinite tree."""
    monkeypatch.setattr(proof, "SMALL_BOX", 0)
    instance = Qmkp(items=8, bundles=2, density=60).make(seed)
    stock = stock_of(instance)
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective == run.bound == best_of(instance)


def test_no_walk_finds_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets that annealing misses are found by the proof: it ends at the optimum anyway."""
    monkeypatch.setattr(search, "WALKS", 0)
    monkeypatch.setattr(
        "bundlesolve.solvers.sharing.generation.anneal_set", lambda *_: None
    )
    stock = stock_of(TRIANGLE)
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective == run.bound == 10


def test_a_gap_of_the_linear_program_is_branched_away() -> None:
    """Halves of three pairs are worth 15, and whole ones 10."""
    stock = stock_of(TRIANGLE)
    run = run_of(stock)
    sharing = Sharing(stock, run)
    sharing._anneal()
    estimate = sharing.generation.estimate(Decisions())
    assert estimate is not None
    assert estimate.value == pytest.approx(15.0)
    sharing.solve()
    assert run.bound == 10
    assert min(moment.bound or 0 for moment in run.bound_trace[:-1]) >= 15


def test_planted_groups() -> None:
    """Three cliques of four in three bundles that hold four: 3 * 6 * 7."""
    pairs = {
        (i, j): 7 if i // 4 == j // 4 else 1 for i in range(12) for j in range(i + 1, 12)
    }
    stock = stock_of(shared(pairs, [1] * 12, [4, 4, 4]))
    assert stock.copies.tolist() == [3]
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective == run.bound == 126


def test_rooms_that_differ() -> None:
    """A pair for the wide bundle, the one item that fits for the narrow one."""
    stock = stock_of(shared({(0, 1): 9}, [3, 3, 1], [6, 1], [1, 1, 2]))
    assert stock.copies.tolist() == [1, 1]
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective == run.bound == 13


def test_ends_at_a_limit_of_steps() -> None:
    """Whatever was bounded by then is a bound, the same with the same seed."""
    stock = stock_of(Qmkp(items=12, bundles=3).make(0))
    best = best_of_relaxed(stock)
    runs = [run_of(stock, Stop(steps=6)) for _ in range(2)]
    for run in runs:
        Sharing(stock, run).solve()
        assert run.bound is None or run.bound >= best
    assert runs[0].objective == runs[1].objective
    assert runs[0].bound == runs[1].bound


def best_of_relaxed(stock: SharedStock) -> int:
    """Return what a long run finds."""
    run = run_of(stock)
    Sharing(stock, run).solve()
    assert run.objective is not None
    assert run.objective == run.bound
    return run.objective


def test_an_interrupt_ends_it() -> None:
    """At once, with what there is."""
    stock = stock_of(Qmkp(items=20, bundles=3).make(0))
    run = run_of(stock)
    run.interrupt()
    Sharing(stock, run).solve()
    assert run.bound is None
    assert run.objective == stock.constant


def test_points_are_sets_and_back() -> None:
    """A point's sets give the point again, up to the order of bundles of a kind."""
    stock = stock_of(shared({(0, 1): 9}, [3, 3, 1], [6, 1], [1, 1, 2]))
    x = stock.point([(0, np.array([1, 1, 0], np.int8)), (1, np.array([0, 0, 1], np.int8))])
    back = stock.sets(x)
    assert sorted((k, inside.tolist()) for k, inside in back) == [
        (0, [1, 1, 0]),
        (1, [0, 0, 1]),
    ]
    assert np.array_equal(stock.point(back), x)

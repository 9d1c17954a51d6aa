"""Several resources and no pairs: recognised, priced, and searched well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.files import read
from bundlesolve.generate.mkp import Mkp
from bundlesolve.kernels.packing import packing_prices, rank
from bundlesolve.model import Budget, Include, Instance, Synergies, compile
from bundlesolve.model.amounts import Amounts
from bundlesolve.run import Run
from bundlesolve.solvers import local_rounds
from bundlesolve.solvers.local import Local
from bundlesolve.solvers.packing_rounds import packing_of
from bundlesolve.stop import Stop
from tests.referee import best_by_brute

SETS = Path(__file__).parents[3] / "shared" / "benchmarks"


def packing(worth: list[int], uses: list[list[int]], limits: list[int]) -> Instance:
    """Return a multidimensional knapsack."""
    return Instance(
        items=tuple(f"i{i}" for i in range(len(worth))),
        utility=np.array(worth),
        budgets=tuple(
            Budget(name=f"r{s}", per_item=Amounts.dense(np.array(use)), at_most=limit)
            for s, (use, limit) in enumerate(zip(uses, limits, strict=True))
        ),
    )


@st.composite
def packings(draw: st.DrawFn) -> Instance:
    """Draw small ones, with worths of both signs."""
    n = draw(st.integers(1, 8))
    worth = draw(st.lists(st.integers(-5, 20), min_size=n, max_size=n))
    uses = [draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)) for _ in range(3)]
    limits = draw(st.lists(st.integers(0, 30), min_size=3, max_size=3))
    return packing(worth, uses, limits)


def local(instance: Instance, steps: int, seed: int = 0) -> Run:
    """Run local search alone, from nothing, and return its run."""
    program = compile(instance).program
    run = Run(program, Stop(steps=steps), np.random.default_rng(seed), "local")
    Local().search(program, run)
    return run


@settings(max_examples=40)
@given(packings())
def test_finds_the_best_of_tiny_ones(instance: Instance) -> None:
    """Brute's value, never more."""
    assert local(instance, 2000).objective == best_by_brute(instance)


def test_what_is_fixed_stays() -> None:
    """An item that must be in uses up resources and counts."""
    instance = packing([1, 9, 8, 7], [[5, 5, 5, 5], [1, 2, 3, 4]], [12, 8])
    instance = instance.replace(rules=(Include(name="first", item=0),))
    run = local(instance, 500)
    assert packing_of(run.program) is not None
    assert run.objective == 10 == best_by_brute(instance)


def test_pairs_and_single_budgets_go_elsewhere() -> None:
    """Only linear programs under two resources or more are packings."""
    two = packing([3, 4, 5], [[1, 2, 3], [3, 2, 1]], [4, 4])
    assert packing_of(compile(two).program) is not None
    paired = two.replace(synergies=Synergies.of({(0, 1): 2}))
    assert packing_of(compile(paired).program) is None
    single = packing([3, 4, 5], [[1, 2, 3]], [4])
    assert packing_of(compile(single).program) is None


@given(packings())
def test_prices_bound_every_choice(instance: Instance) -> None:
    """The Lagrangian at the prices found is no less than the best choice."""
    found = packing_of(compile(instance).program)
    if found is None:
        return
    price = np.zeros(len(found.high))
    packing_prices(found, price, 0.0, 100)
    assert np.all(price >= 0)
    level = price @ found.high + np.maximum(found.worth - found.use @ price, 0).sum()
    best = best_by_brute(instance)
    assert best is not None
    assert level >= best - 1e-6
    assert sorted(rank(found, price).tolist()) == list(range(len(found.free)))


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the clock cuts the search into chunks, it goes on as if it had not."""
    instance = Mkp(items=60, resources=5).make(1)
    traces = []
    for seconds in (0.0, 1e-4, 10.0):
        monkeypatch.setattr(local_rounds, "CHUNK_SECONDS", seconds)
        run = local(instance, 4000, 3)
        assert run.steps == 4000
        traces.append([(i.steps, i.objective) for i in run.trace])
    assert traces[0] == traces[1] == traces[2]


@pytest.mark.skipif(not SETS.is_dir(), reason="public sets are not there")
def test_a_public_one_with_thirty_resources() -> None:
    """Bug: tabu search among feasible points stayed 0.6 % below 21,464."""
    file = SETS / "mkp_orlib" / "mknapcb7.txt.gz"
    run = local(read(file, select="4"), 200_000)
    assert run.objective == 21_464

"""Blocks under coupling rows: bounds against enumeration, equal blocks, uncoupled sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bundlesolve.generate.qmkp import Qmkp
from bundlesolve.model import Amounts, Bundle, Instance, compile
from bundlesolve.run import Run
from bundlesolve.solve import solve
from bundlesolve.solvers import coupling
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.coupling import couple
from bundlesolve.stop import Stop
from tests.solvers.test_contract import classic
from tests.strategies import instances


@pytest.fixture(autouse=True)
def _couple_small_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    get_solver("exact").warm_up()
    get_solver("local").warm_up()
    monkeypatch.setattr(coupling, "SMALLEST_BOX", 0.0)


def bounded(instance: Instance) -> Run:
    """Return a run on an instance after the coupling has done what it can."""
    program = compile(instance).program
    run = Run(program, Stop(steps=2000), np.random.default_rng(0), "coupling")
    best = solve(instance, "brute", stop=Stop(), certify=False)
    if best.objective is not None:
        start = Run(program, Stop(steps=2000), np.random.default_rng(0), "brute")
        get_solver("greedy").search(program, start)
        if start.incumbent is not None:
            run.offer(start.incumbent)
    couple(program, run)
    if best.objective is not None and run.bound is not None:
        assert run.bound >= best.objective
    return run


@given(instances(most_items=4, most_bundles=2))
@settings(max_examples=40, deadline=None)
def test_never_below_enumeration(instance: Instance) -> None:
    """On instances of the whole model."""
    bounded(instance)


@pytest.mark.parametrize("seed", range(3))
def test_bounds_small_multiple_knapsacks(seed: int) -> None:
    """Seven items, two knapsacks: a bound, and equal blocks are one kind."""
    instance = Qmkp(items=7, bundles=2).make(seed)
    assert bounded(instance).bound is not None
    blocks = Blocks.of(compile(instance).program)
    assert blocks is not None
    assert [block.copies for block in blocks.kinds] == [2]
    assert blocks.limit.tolist() == [1] * 7


def test_different_bundles_are_different_kinds() -> None:
    """A bundle that values an item differently has a block of its own."""
    plain = Qmkp(items=5, bundles=3).make(0)
    other = Bundle("other", utility=Amounts.of({0: 9}))
    mixed = plain.replace(bundles=(*plain.bundles[:2], other))
    blocks = Blocks.of(compile(mixed).program)
    assert blocks is not None
    assert sorted(block.copies for block in blocks.kinds) == [1, 2]


def test_one_bundle_has_no_blocks() -> None:
    """Nothing is coupled."""
    assert Blocks.of(compile(classic(8, seed=1)).program) is None


def test_a_loose_coupling_costs_nothing() -> None:
    """Stock of one for an item nobody wants: the bound is the sum of the blocks'."""
    alone = classic(10, seed=3)
    spare = alone.replace(
        items=(*alone.items, "spare"),
        utility=np.append(alone.utility, -1),
        max_units=np.append(alone.max_units, 1),
        stock=Amounts.of({10: 1}),
        bundles=(Bundle("a"), Bundle("b")),
    )
    best = solve(alone, "brute", stop=Stop(), certify=False).objective
    assert best is not None
    program = compile(spare).program
    run = Run(program, Stop(steps=2000), np.random.default_rng(0), "coupling")
    run.offer(program.lower)
    assert couple(program, run)
    assert run.bound == 2 * best

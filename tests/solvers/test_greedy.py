"""Greedy: never a lie, a point wherever that is easy, the same one every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate.qkp import Qkp
from bundlesolve.model import Amounts, Budget, Category, Instance, Synergies, compile
from bundlesolve.run import Run
from bundlesolve.solvers.greedy import Greedy
from bundlesolve.stop import Stop
from tests.referee import best_by_brute
from tests.strategies import instances


def greedy(
    instance: Instance, solver: Greedy | None = None, stop: Stop | None = None
) -> Run:
    """Run greedy alone and return its run."""
    program = compile(instance).program
    run = Run(program, stop or Stop(), np.random.default_rng(0), "greedy")
    (solver or Greedy()).search(program, run)
    return run


@given(instances())
def test_never_above_the_best(instance: Instance) -> None:
    """Greedy's point is feasible (or the run would raise) and not above brute's."""
    run = greedy(instance)
    best = best_by_brute(instance)
    if run.objective is not None:
        assert best is not None
        assert run.objective <= best


def test_pairs_worth_something_only_together_are_found() -> None:
    """No item is worth anything alone: building up must look ahead."""
    pairs = {(i, j): 10 for i in range(6) for j in range(i + 1, 6)}
    size = Category(name="size", items=np.arange(6), at_most=3)
    instance = Instance(
        items=tuple("abcdef"),
        utility=np.zeros(6, dtype=np.int64),
        synergies=Synergies.of(pairs),
        categories=(size,),
    )
    assert greedy(instance, Greedy(shrink=False)).objective == 30


@pytest.mark.parametrize("count", [1, 5, 20])
def test_exactly_so_many_items_are_found(count: int) -> None:
    """Exactly m of 20: both building up and cutting down end there."""
    pairs = {(i, j): (i * j) % 7 for i in range(20) for j in range(i + 1, 20)}
    size = Category(name="size", items=np.arange(20), at_least=count, at_most=count)
    instance = Instance(
        items=tuple(f"i{i}" for i in range(20)),
        utility=np.zeros(20, dtype=np.int64),
        synergies=Synergies.of(pairs),
        categories=(size,),
    )
    run = greedy(instance)
    assert run.incumbent is not None
    assert run.incumbent.sum() == count


def test_demand_is_met_by_the_cheap_when_money_is_short() -> None:
    """Ten units for ten coins: only the cheapest item's units will do."""
    demand = Budget(name="demand", per_unit=Amounts.dense(np.array([1, 1])), at_least=10)
    money = Budget(name="money", per_unit=Amounts.dense(np.array([9, 1])), at_most=10)
    instance = Instance(
        items=("dear", "cheap"),
        utility=np.array([100, 1]),
        max_units=np.array([10, 10]),
        budgets=(demand, money),
    )
    assert greedy(instance).objective == 1


def test_same_point_every_time() -> None:
    """There is no chance in it: the generator is left alone."""
    instance = Qkp(items=40).draw(np.random.default_rng(3))
    one, other = greedy(instance), greedy(instance)
    assert [i.objective for i in one.trace] == [i.objective for i in other.trace]
    assert one.steps == other.steps


def test_step_limit_is_exact() -> None:
    """Cut short, it still offers what is feasible and counts what it did."""
    instance = Qkp(items=40).draw(np.random.default_rng(3))
    run = greedy(instance, stop=Stop(steps=7))
    assert run.steps == 7
    assert run.objective is not None


def test_shrink_is_a_truth_value() -> None:
    """Parameters reject nonsense."""
    with pytest.raises(InvalidParameter, match="shrink"):
        Greedy(shrink=1)  # type: ignore[arg-type]

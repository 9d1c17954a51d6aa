"""The cut method: proofs on sparse and on dense knapsacks, cores, stops."""

from __future__ import annotations

import logging
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidParameter
from bundlesolve.files.edge_list import read
from bundlesolve.files.source import read_bytes
from bundlesolve.model import Amounts, Budget, Category, Instance, Synergies, compile
from bundlesolve.model.solution import Status
from bundlesolve.reduce.restrict import restrict
from bundlesolve.run import Run
from bundlesolve.solve import solve
from bundlesolve.solvers.core_run import CoreRun
from bundlesolve.solvers.cut import Cut
from bundlesolve.solvers.cut_core import sparse_closure
from bundlesolve.stop import Stop, StopReason
from tests.referee import best_by_brute, disagreements
from tests.solvers.test_contract import classic

SETS = Path(__file__).parents[3] / "shared" / "benchmarks"


@pytest.mark.parametrize("density", [0.05, 0.2, 0.6])
def test_proves_what_enumeration_cannot_reach(density: float) -> None:
    """Sixty items, sparse to dense, and the proof of `exact` agrees."""
    instance = classic(60, seed=2, density=density)
    solution = solve(instance, "cut", stop=Stop(steps=50_000), certify=False)
    assert solution.status is Status.OPTIMAL
    other = solve(instance, "exact", stop=Stop(steps=50_000))
    assert other.status is Status.OPTIMAL
    assert other.objective == solution.objective


def test_the_tree_alone_finds_the_optimum(caplog: pytest.LogCaptureFixture) -> None:
    """Without local search; the core is told."""
    instance = classic(40, seed=11, density=0.3)
    with caplog.at_level(logging.INFO, "bundlesolve.solvers.cut"):
        bare = solve(instance, Cut(burst=0, node_steps=0), stop=Stop(steps=50_000))
    full = solve(instance, "cut", stop=Stop(steps=50_000))
    assert bare.objective == full.objective
    assert bare.status is full.status is Status.OPTIMAL
    assert "of 40 variables left" in caplog.text


@pytest.mark.parametrize("density", [0.2, 0.6])
def test_auto_begins_with_splits_under_a_gap_limit(density: float) -> None:
    """The tree keeps the limit, and no bound is looked for beyond it."""
    instance = classic(60, seed=2, density=density)
    solution = solve(instance, "auto", stop=Stop(gap=0.02))
    assert solution.stop_reason in (StopReason.GAP_LIMIT, StopReason.PROVED)
    assert solution.bound_trace[-1].source == "splits of pairs"
    best = solve(instance, "cut", stop=Stop(steps=50_000), certify=False)
    assert best.status is Status.OPTIMAL
    assert None not in (solution.objective, solution.bound, best.objective)
    assert solution.objective <= best.objective <= solution.bound  # type: ignore[operator]


def test_stops_in_the_tree() -> None:
    """After three nodes there is a point and the bound of the root."""
    instance = classic(60, seed=2, density=0.6)
    solution = solve(instance, Cut(burst=0), stop=Stop(steps=120), certify=False)
    assert solution.stop_reason in (StopReason.STEP_LIMIT, StopReason.PROVED)
    assert solution.bound is not None
    assert solution.objective is not None
    assert solution.bound >= solution.objective


@given(data=st.data())
def test_a_budget_with_two_sides(data: st.DataObject) -> None:
    """A set below the lightest weight is no point, and nobody offers it."""
    n = data.draw(st.integers(2, 6))
    whole = st.integers(0, 9)
    numbers = st.lists(whole, min_size=n, max_size=n)
    utility, weight = np.array(data.draw(numbers)), np.array(data.draw(numbers))
    every = list(combinations(range(n), 2))
    pairs = data.draw(st.dictionaries(st.sampled_from(every), whole, min_size=1))
    high = data.draw(st.integers(0, int(weight.sum())))
    low = data.draw(st.integers(0, high))
    money = Budget(
        name="weight", per_unit=Amounts.dense(weight), at_least=low, at_most=high
    )
    instance = Instance(
        items=tuple(str(i) for i in range(n)),
        utility=utility,
        synergies=Synergies.of(pairs),
        budgets=(money,),
    )
    truth = best_by_brute(instance)
    found = solve(instance, "cut", stop=Stop(steps=2_000))
    assert found.objective == truth
    assert not disagreements(found, truth)


def test_other_rows_leave_a_bound() -> None:
    """With a category besides the budget the tree has nothing to say; local search has."""
    instance = classic(14, seed=4)
    few = Category(name="few", items=np.arange(8), at_most=2)
    limited = instance.replace(categories=(few,))
    solution = solve(limited, "cut", stop=Stop(steps=3000), certify=False)
    best = solve(limited, "brute", stop=Stop())
    assert solution.objective == best.objective
    assert solution.bound is not None
    assert best.objective is not None
    assert solution.bound >= best.objective


def test_local_starts_from_cuts_where_pairs_are_few() -> None:
    """The bound is in the trace; a dense instance has none."""
    sparse, dense = classic(60, seed=5, density=0.05), classic(60, seed=5, density=0.6)
    assert sparse_closure(compile(sparse).program) is not None
    assert sparse_closure(compile(dense).program) is None
    for instance, expected in ((sparse, True), (dense, False)):
        solution = solve(instance, "local", stop=Stop(steps=2000), certify=False)
        sources = {moment.source for moment in solution.bound_trace}
        assert ("minimum cut" in sources) == expected


def test_a_core_run_offers_to_the_whole() -> None:
    """Points are lifted, limits shared, and the incumbent is its part if that fits."""
    program = compile(classic(6, seed=1)).program
    upper = program.upper.copy()
    upper[:2] = 0
    whole = Run(program, Stop(steps=10), np.random.default_rng(0), "local")
    core = restrict(program, program.lower, upper)
    inside = CoreRun(core, whole, Stop())
    assert inside.incumbent is None
    point = np.zeros(4, dtype=np.int64)
    assert inside.offer(point)
    assert not inside.offer(point)
    assert whole.incumbent is not None
    assert whole.incumbent.tolist() == [0] * 6
    assert inside.incumbent is not None
    assert inside.incumbent.tolist() == [0] * 4
    inside.step(10)
    assert whole.should_stop()
    assert inside.should_stop()


def team(name: str, budget: int) -> Instance:
    """Return a public team-formation instance."""
    file = SETS / f"{name}.txt.gz"
    if not file.exists():
        pytest.skip("the public instances are not here")
    return read(read_bytes(file), str(file), str(budget))


@pytest.mark.parametrize(
    ("name", "budget", "optimum"),
    [
        ("teamformation_qkp_1/DBLP", 2, 399_215_183),
        ("teamformation_qkp_1/Bibsonomy", 4, 2_285_021_391),
        ("teamformation_qkp_2/synthetic_tf_1000", 3, 104_460_181),
    ],
)
def test_team_formation(name: str, budget: int, optimum: int) -> None:
    """Thousands of experts, proved; the published values are these, rounded to 0.1."""
    solution = solve(team(name, budget), "cut", stop=Stop(steps=100_000), certify=False)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == optimum


def test_parameters() -> None:
    """Counts are not negative."""
    with pytest.raises(InvalidParameter, match="node_steps"):
        Cut(node_steps=-1)


@pytest.mark.parametrize("gap", [0.001, 0.01, 0.1])
def test_a_gap_that_is_allowed_shortens_the_tree(gap: float) -> None:
    """The gap is kept, the bound is one on the optimum, and fewer nodes are looked at."""
    for seed in range(4):
        instance = classic(60, seed=seed, density=0.6)
        best = solve(instance, "cut", stop=Stop(steps=50_000), certify=False)
        stop = Stop(steps=50_000, gap=gap)
        near = solve(instance, Cut(burst=0), stop=stop, certify=False)
        assert best.status is Status.OPTIMAL
        assert best.objective is not None
        assert near.gap is not None
        assert near.gap <= gap
        assert near.bound is not None
        assert near.objective is not None
        assert near.objective <= best.objective <= near.bound
        stop = Stop(steps=50_000)
        whole = solve(instance, Cut(burst=0), stop=stop, certify=False)
        if gap >= 0.01:
            assert near.bound_trace[-1].steps <= whole.bound_trace[-1].steps


@pytest.mark.parametrize("density", [0.1, 0.25, 0.6, 1.0])
def test_a_tree_that_is_stopped_has_a_bound(density: float) -> None:
    """More steps never give a worse bound or answer, and both hold."""
    instance = classic(60, seed=3, density=density)
    best = solve(instance, "cut", stop=Stop(steps=50_000), certify=False)
    assert best.status is Status.OPTIMAL
    assert best.objective is not None
    last = None
    for steps in (10, 40, 160, 640):
        stop = Stop(steps=steps)
        found = solve(instance, Cut(burst=0, broad=10_000), stop=stop, certify=False)
        assert found.objective is not None
        assert found.bound is not None
        assert found.objective <= best.objective <= found.bound
        assert last is None or found.bound <= last
        last = found.bound
    if density < 1:
        assert last == best.objective


def test_numbers_too_large_for_splits() -> None:
    """Where products would leave 64 bits, the other tree does it all."""
    instance = classic(30, seed=8, density=0.5)
    weights = Amounts.dense(np.arange(1, 31) * 10**9)
    budget = Budget(name="weight", per_unit=weights, at_most=100 * 10**9)
    large = instance.replace(budgets=(budget,), utility=instance.utility * 10**6)
    solution = solve(large, Cut(broad=500), stop=Stop(steps=50_000), certify=False)
    assert solution.status is Status.OPTIMAL
    assert "splits of pairs" not in {moment.source for moment in solution.bound_trace}

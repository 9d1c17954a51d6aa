"""The tree of the exact method, and where it is split."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.quick import quick_bound
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.generate.qkp import Qkp
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import restrict
from bundlesolve.run import Run
from bundlesolve.solve import solve
from bundlesolve.solvers.branching import choose_branch
from bundlesolve.solvers.exact import Exact
from bundlesolve.solvers.tree import Tree
from bundlesolve.stop import Stop, StopReason
from tests.bounds.cores import MOST_POINTS, feasible_worths, wide_program
from tests.kernels.programs import program_of
from tests.referee import best_by_brute
from tests.solvers.nasty import NASTY
from tests.solvers.test_contract import classic
from tests.strategies import instances


def plant(
    program: Program,
    run: Run,
    threads: int = 1,
    root_steps: int = 20,
    node_steps: int = 10,
    rounds: bool = False,
) -> Tree | None:
    """Return a tree over the whole program; None where a row cannot be kept."""
    left = restrict(program, program.lower, program.upper)
    if left.program is None:
        return None
    return Tree(left, run, root_steps, node_steps, threads, rounds)


def run_of(program: Program, stop: Stop | None = None) -> Run:
    """Return a run of the exact method."""
    return Run(program, stop or Stop(), np.random.default_rng(0), "exact")


def finds(
    program: Program, start: np.ndarray | None, truth: int | None, **how: Any
) -> None:
    """Walk a tree from a known point or none, and compare what is proved."""
    run = run_of(program)
    if start is not None:
        run.offer(start)
    tree = plant(program, run, **how)
    # A run ends by itself, nodes open or not, once bound and objective meet.
    assert tree is None or tree.walk() or run.stop_reason is StopReason.PROVED
    assert run.objective == truth


# -- a side -------------------------------------------------------------------------


@given(instances(), st.none() | st.integers(1, 9), st.integers(1, 9))
def test_sides_hold_every_better_point_once(
    instance: Instance, below: int | None, steps: int
) -> None:
    """And a side's bound is above all of its points."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    split_well(program, below, steps)


@given(st.integers(0, 10**6), st.none() | st.integers(1, 9), st.integers(1, 9))
def test_sides_of_wide_variables(seed: int, below: int | None, steps: int) -> None:
    """Split at any value, none left out and none in both."""
    split_well(wide_program(seed), below, steps)


def split_well(program: Program, below: int | None, steps: int) -> None:
    """Check the sides of the branching after some steps against every point."""
    points, worths = feasible_worths(program)
    objective = None
    if below is not None and len(worths):
        objective = int(worths.max()) - below
    core = make_core(program)
    assume(core.num_vars > 0)
    relaxation = Semidefinite(core, objective)
    relaxation.improve(steps)
    sides = choose_branch(relaxation)
    assert len({side.variable for side in sides}) <= 1
    inner = points[:, core.var] - core.base
    times = np.zeros(len(points), dtype=int)
    for side in sides:
        assert 0.0 <= side.lower <= side.upper <= core.upper[side.variable]
        assert side.upper - side.lower < core.upper[side.variable]
        at = inner[:, side.variable]
        inside = (at >= side.lower) & (at <= side.upper)
        times += inside
        assert np.all(worths[inside] <= side.bound)
    better = worths > (-np.inf if objective is None else objective)
    assert np.all(times[better] == 1)
    assert np.all(times <= 1)


# -- the whole tree -----------------------------------------------------------------


@given(st.integers(0, 10**6))
def test_wide_variables_below_zero(seed: int) -> None:
    """From no point, and from the worst."""
    program = wide_program(seed)
    points, worths = feasible_worths(program)
    truth = int(worths.max()) if len(worths) else None
    finds(program, None, truth)
    if len(worths):
        finds(program, points[worths.argmin()], truth)


@given(instances(), st.integers(0, 10**6))
def test_from_any_known_point_to_the_optimum(instance: Instance, seed: int) -> None:
    """From none, from a poor one, and from the best."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    if len(points) == 0:
        finds(program, None, None)
        return
    truth = int(worths.max())
    some = np.random.default_rng(seed).integers(len(points))
    for start in (None, points[some], points[worths.argmax()]):
        finds(program, start, truth)


@pytest.mark.parametrize("seed", range(24))
def test_the_generator_s_programs(seed: int) -> None:
    """Without any known point, with one and two threads."""
    program = program_of(seed, items=5)
    if program.box_size <= 20_000:
        _, worths = feasible_worths(program)
        truth = int(worths.max()) if len(worths) else None
        finds(program, None, truth, threads=1 + seed % 2)


@pytest.mark.parametrize("seed", range(12))
def test_rounds_wherever_they_are_possible(seed: int) -> None:
    """Rounds in every node, of positive pairs and no clash too."""
    program = program_of(seed, items=5)
    if program.box_size <= 20_000:
        _, worths = feasible_worths(program)
        truth = int(worths.max()) if len(worths) else None
        finds(program, None, truth, rounds=True)


@pytest.mark.parametrize("seed", range(4))
def test_rounds_on_a_priced_knapsack(seed: int) -> None:
    """Costs and positive pairs under one budget: what a coupled bundle becomes."""
    rng = np.random.default_rng(seed)
    knapsack = compile(Qkp(items=11, density=100).draw(rng)).program
    program = knapsack.replace(worth=knapsack.worth - rng.integers(100, 300, 11))
    _, worths = feasible_worths(program)
    finds(program, program.lower, int(worths.max()), rounds=True)


@pytest.mark.parametrize("story", NASTY)
def test_nasty(story: str) -> None:
    """Supplies, negative bounds, numbers up to 2**53, nothing at all."""
    instance, optimum = NASTY[story]
    program = compile(instance).program
    if program.box_size <= 1e6:
        finds(program, None, optimum)


def test_one_step_a_node() -> None:
    """Nodes that hardly bound anything are more, and prove the same."""
    instance = classic(14, seed=4)
    program = compile(instance).program
    truth = best_by_brute(instance)
    finds(program, None, truth, root_steps=1, node_steps=1)
    finds(program, program.lower, truth, root_steps=1, node_steps=1, threads=2)


# -- ends ---------------------------------------------------------------------------


def test_a_limit_of_steps_ends_it_where_it_did() -> None:
    """Same steps, same trace and bound; what is open is above the optimum."""
    instance = classic(40, seed=1)
    truth = solve(instance, "exact", stop=Stop(steps=50_000)).objective
    assert truth is not None
    ends = []
    for _ in range(2):
        run = run_of(compile(instance).program, Stop(steps=6))
        run.offer(run.program.lower)
        tree = plant(run.program, run)
        assert tree is not None
        assert not tree.walk()
        assert run.stop_reason is StopReason.STEP_LIMIT
        assert run.steps == 6
        assert tree.bound >= truth
        trace = [(t.steps, t.bound) for t in run.bound_trace]
        ends.append((tree.bound, run.objective, trace))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("threads", [1, 2])
def test_interrupted_while_it_works(threads: int) -> None:
    """What was taken is open again, so its bound still counts."""
    instance = classic(30, seed=1)
    truth = solve(instance, "exact", stop=Stop(steps=50_000)).objective
    assert truth is not None
    run = run_of(compile(instance).program)
    run.offer(run.program.lower)
    tree = plant(run.program, run, threads)
    assert tree is not None
    improve, count = tree._improve, iter(range(10))

    def interrupted(relaxation: Semidefinite, done: int, most: int, patient: bool) -> int:
        if next(count) == 2:
            run.interrupt()
        return improve(relaxation, done, most, patient)

    tree._improve = interrupted  # type: ignore[method-assign]
    assert not tree.walk()
    assert run.stop_reason is StopReason.INTERRUPTED
    assert tree._taken == {}
    assert tree.bound >= truth


def test_interrupted_before_it_begins() -> None:
    """The bound is the one that costs nothing."""
    run = run_of(compile(classic(10)).program)
    tree = plant(run.program, run)
    run.interrupt()
    assert tree is not None
    assert not tree.walk()
    assert tree.bound == quick_bound(run.program)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_of_any_worker_is_the_caller_s(threads: int) -> None:
    """And no worker goes on."""
    before = threading.active_count()
    run = run_of(compile(classic(10)).program)
    tree = plant(run.program, run, threads)
    assert tree is not None

    def fail(node: object) -> Any:
        raise MemoryError

    tree._take = fail  # type: ignore[method-assign]
    with pytest.raises(MemoryError):
        tree.walk()
    assert threading.active_count() == before


def test_a_second_interrupt_while_waiting_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others are told to end, although nobody waits for them any more."""
    run = run_of(compile(classic(10)).program)
    tree = plant(run.program, run, threads=2)
    assert tree is not None

    def insist(worker: threading.Thread) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", insist)
        with pytest.raises(KeyboardInterrupt):
            tree.walk()
    assert tree._stops()


def test_reduction_that_ends_early_leaves_the_tree_its_work() -> None:
    """Exact as a whole, from a worse point than any heuristic's."""
    program = compile(classic(25, seed=4)).program
    run = run_of(program)
    run.offer(program.lower)
    proof = Exact(fixing_steps=1, root_steps=10, threads=1).search(program, run)
    truth = solve(classic(25, seed=4), "cpsat", stop=Stop(seconds=60)).objective
    assert proof.bound == run.objective == truth

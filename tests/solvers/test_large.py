"""What large programs get instead: a heap, parts, another row; here on small ones."""

from __future__ import annotations

import time
from unittest import mock

import numpy as np
from hypothesis import assume, given

from bundlesolve.bounds import closure as closures
from bundlesolve.bounds import mincut
from bundlesolve.bounds.mincut import mincut_bound
from bundlesolve.generate import KINDS
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers import auto, focus, greedy
from bundlesolve.solvers.base import get_solver
from bundlesolve.stop import Stop
from tests.referee import best_by_brute
from tests.strategies import instances


def run_of(program: Program, steps: int | None = None) -> Run:
    """Return a run that has been given greedy's point."""
    run = Run(program, Stop(steps=steps), np.random.default_rng(0))
    get_solver("greedy").search(program, run.prelude("greedy", Stop()))
    return run


def shop(items: int = 300, synergies: int = 2_000) -> Program:
    """Return the program of a small shop: units, stock, categories, signed pairs."""
    kind = KINDS["retail"](items=items, synergies=synergies)  # type: ignore[call-arg]
    return compile(kind.make(1)).program


@given(instances())
def test_the_heap_is_never_above_the_best(instance: Instance) -> None:
    """As without a heap: feasible (or the run would raise) and not above brute's."""
    with mock.patch.object(greedy, "MOST_SCANNED", -1):
        run = run_of(compile(instance).program)
    best = best_by_brute(instance)
    assert run.objective is None or (best is not None and run.objective <= best)


def test_the_heap_builds_as_well_as_looking_at_everything() -> None:
    """Both make the same kind of moves; ties and stale scores may differ."""
    program = shop()
    scanned = run_of(program).objective
    with (
        mock.patch.object(greedy, "MOST_SCANNED", -1),
        mock.patch.object(greedy, "LEAST_SHARE", 0.0),
    ):
        heaped = run_of(program).objective
    assert scanned is not None
    assert heaped is not None
    assert heaped >= 0.95 * scanned


def test_a_large_program_is_not_cut_down_to_next_to_nothing() -> None:
    """Where building up takes a few variables of many, it is all there is."""
    program = shop()
    with mock.patch.object(greedy, "MOST_SCANNED", 0):
        whole = Run(program, Stop(), np.random.default_rng(0))
        greedy.Greedy().search(program, whole)
    assert whole.steps < program.num_vars


def test_a_part_is_the_program_with_the_rest_as_it_is() -> None:
    """The incumbent's part is worth the same, and every point of the part lifts."""
    program = shop()
    run = run_of(program)
    with mock.patch.object(focus, "PART", 60):
        parts = focus.Focus(program, run)
        for _ in range(5):
            part = parts.part()
            assert part.program is not None
            assert run.incumbent is not None
            inside = part.project(run.incumbent)
            assert 0 < part.program.num_vars < program.num_vars
            assert part.program.is_feasible(inside)
            assert part.program.objective(inside) == run.objective
            assert np.array_equal(part.lift(inside), run.incumbent)


def test_parts_hold_at_most_about_what_is_asked_where_much_is_in() -> None:
    """With hundreds of variables in, a part takes some of them and their neighbours."""
    kind = KINDS["team"](items=400, share=50)  # type: ignore[call-arg]
    program = compile(kind.make(1)).program
    run = run_of(program)
    with mock.patch.object(focus, "PART", 60):
        part = focus.Focus(program, run).part()
    assert 15 <= len(part.free) <= 60


def test_parts_improve_on_greedy() -> None:
    """Searching parts finds better points, the same ones for the same seed."""
    found = []
    for _ in range(2):
        program = shop()
        run = run_of(program, steps=6_000)
        before = run.objective
        assert before is not None
        with (
            mock.patch.object(focus, "LEAST_VARIABLES", 10),
            mock.patch.object(focus, "PART", 100),
        ):
            get_solver("local").search(program, run)
        found.append(run.objective)
        assert run.objective is not None
        assert run.objective > before
    assert found[0] == found[1]


@given(instances())
def test_parts_are_never_above_the_best(instance: Instance) -> None:
    """On the whole model."""
    program = compile(instance).program
    run = run_of(program, steps=200)
    with (
        mock.patch.object(focus, "LEAST_VARIABLES", 0),
        mock.patch.object(focus, "PART", 4),
    ):
        get_solver("local").search(program, run)
    best = best_by_brute(instance)
    assert run.objective is None or (best is not None and run.objective <= best)


@given(instances())
def test_whichever_row_is_cut_over_the_bound_holds(instance: Instance) -> None:
    """Rows compared by their bounds, as for many variables."""
    truth = best_by_brute(instance)
    assume(truth is not None)
    with mock.patch.object(closures, "LEAST_TO_COMPARE", 0):
        bound = mincut_bound(compile(instance).program, None, lambda: True)
    assert truth is not None
    assert bound is None or bound >= truth


def test_extra_units_give_their_worth_to_the_item() -> None:
    """Two items of one unit more each; at most one item: 5 + 3, or 4 + 1, and the pair.

    Half of each item could earn half of the pair: (8 + 5) / 2 + 2 / 2 = 7.5, but one whole
    item earns 8, and with a fraction of neither the cut can do no better.
    """
    program = Program(
        lower=np.zeros(4, dtype=np.int64),
        upper=np.array([1, 1, 1, 1]),
        worth=np.array([5, 4, 3, 1]),
        pair_first=np.array([0]),
        pair_second=np.array([1]),
        pair_worth=np.array([2]),
        row_start=np.array([0, 2, 4, 6]),
        row_var=np.array([0, 2, 1, 3, 0, 1]),
        row_coef=np.array([-1, 1, -1, 1, 1, 1]),
        row_low=np.array([-1, -1, 0]),
        row_high=np.array([0, 0, 1]),
        row_soft=np.zeros(3, dtype=np.int64),
        row_penalty=np.zeros(3, dtype=np.int64),
    )
    led, leader = closures.led_by(program)
    assert led.tolist() == [2, 3]
    assert leader.tolist() == [0, 1]
    closure = closures.closure_over(program, 2)
    assert closure.node.tolist() == [0, 1]
    assert closure.worth.tolist() == [8, 5]
    assert mincut_bound(program, None, lambda: True) == 8


def test_auto_bounds_a_large_program_without_a_tree() -> None:
    """Local search, then bounds, then local search: an answer and a bound near it."""
    program = shop(600, 6_000)
    run = run_of(program, steps=3_000)
    with mock.patch.object(auto, "LEAST_VARIABLES", 10):
        assert [turn.method for turn in auto.Auto().plan(program)] == ["local"]
        get_solver("auto").search(program, run)
    assert run.objective is not None
    assert run.bound is not None
    assert run.objective <= run.bound <= 1.2 * run.objective


def test_what_is_done_aside_takes_no_time() -> None:
    """Neither of the run nor of the run it is a part of."""
    whole = Run(shop(20, 20), Stop(seconds=100), np.random.default_rng(0))
    part = whole.part(Stop(seconds=50))
    part.aside(lambda: time.sleep(0.3))
    assert part.seconds < 0.3
    assert whole.seconds < 0.3


@given(instances())
def test_wherever_cuts_begin_the_bound_holds(instance: Instance) -> None:
    """The first multiplier guessed, as for many nodes."""
    truth = best_by_brute(instance)
    assume(truth is not None)
    with mock.patch.object(mincut, "LEAST_TO_GUESS", 0):
        bound = mincut_bound(compile(instance).program, None, lambda: True)
    assert truth is not None
    assert bound is None or bound >= truth


def test_wherever_cuts_begin_they_end_at_the_same_bound() -> None:
    """A guess saves cuts and changes nothing else."""
    program = shop()
    usual = mincut_bound(program, None, lambda: True)
    with mock.patch.object(mincut, "LEAST_TO_GUESS", 0):
        assert mincut_bound(program, None, lambda: True) == usual

"""Bounds by minimum cuts: proofs on the whole model, and the value of a linear program."""

from __future__ import annotations

import math
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import assume, given

from bundlesolve.bounds.best import prove_bounds
from bundlesolve.bounds.closure import closure_of, density
from bundlesolve.bounds.mincut import CutBound, mincut_bound
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from tests.kernels.closures import Problem, problems
from tests.referee import best_by_brute
from tests.solvers.nasty import NASTY
from tests.solvers.test_contract import classic
from tests.strategies import instances


def always() -> bool:
    """Never stop early."""
    return True


def lp_bound(program: Program) -> float:
    """Return the linear program's value: pairs at most each of their variables, one row."""
    import highspy

    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    x = [highs.addVariable(0, 1, float(w)) for w in program.worth]
    columns = (program.pair_first, program.pair_second, program.pair_worth)
    for i, j, q in zip(*(column.tolist() for column in columns), strict=True):
        y = highs.addVariable(0, 1, float(q))
        highs.addConstr(y <= x[i])
        highs.addConstr(y <= x[j])
    use = sum(c * x[v] for v, c in zip(program.row_var, program.row_coef, strict=True))
    highs.addConstr(use <= float(program.row_high[0]))
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    highs.run()
    return float(highs.getInfo().objective_function_value)


@given(instances())
def test_never_below_the_optimum(instance: Instance) -> None:
    """With rows, penalties, units and negative pairs that the cut does not see."""
    truth = best_by_brute(instance)
    program = compile(instance).program
    blind = mincut_bound(program, None, always)
    assert (blind is None) == (closure_of(program) is None)
    assume(truth is not None)
    assert truth is not None
    bound = mincut_bound(program, truth, always)
    assert blind is None or bound is None or truth <= bound <= blind
    told: list[int] = []
    prove_bounds(program, truth, lambda: 1.0, lambda value, _: told.append(value))
    assert min(told) >= truth


@given(problems())
def test_never_below_the_optimum_of_a_knapsack(problem: Problem) -> None:
    """One budget and positive pairs: products tighten, and stay above the truth."""
    program, truth = problem.program, problem.best
    assume(closure_of(program) is not None)
    blind, bound = (mincut_bound(program, known, always) for known in (None, truth))
    assert blind is not None
    assert bound is not None
    assert truth <= bound <= blind


@pytest.mark.parametrize(
    ("instance", "optimum"),
    [pair for pair in NASTY.values() if pair[1] is not None],
    ids=[story for story, pair in NASTY.items() if pair[1] is not None],
)
def test_nasty(instance: Instance, optimum: int) -> None:
    """Huge numbers, supplies, nothing at all: a bound or none."""
    bound = mincut_bound(compile(instance).program, optimum, always)
    assert bound is None or bound >= optimum


def huge() -> Program:
    """Return a classic whose worths and weights need rounded multipliers."""
    program = compile(classic(12, seed=8)).program
    worth, pairs = program.worth * 10**11, program.pair_worth * 10**11
    weight = program.row_coef * 10**11 + 12345
    high = np.array([int(program.row_high[0]) * 10**11 + 777])
    low = np.zeros(1, dtype=np.int64)
    return program.replace(
        worth=worth, pair_worth=pairs, row_coef=weight, row_high=high, row_low=low
    )


def test_numbers_that_no_product_of_fits() -> None:
    """Worths of 10**13 and weights of 10**12: multipliers are rounded, the bound holds."""
    program = huge()
    points = np.array(list(np.ndindex(*(2,) * 12)))
    feasible = [x for x in points if program.is_feasible(x)]
    truth = max(program.objective(x) for x in feasible)
    blind = mincut_bound(program, None, always)
    bound = mincut_bound(program, truth, always)
    assert blind is not None
    assert bound is not None
    assert truth <= bound <= blind <= 1.3 * truth


@pytest.mark.parametrize("seed", range(5))
def test_value_of_the_linear_program(seed: int) -> None:
    """Without products the bound is that of the pairs' linear program, rounded down."""
    program = compile(classic(25, seed, 0.1 + 0.2 * seed)).program
    bound = mincut_bound(program, None, always)
    assert bound == math.floor(lp_bound(program) + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_breakpoints_are_nested(seed: int) -> None:
    """Sets grow with weight, rates fall, and the two around the budget are among them."""
    program = compile(classic(40, seed, 0.1)).program
    closure = closure_of(program)
    assert closure is not None
    cut = CutBound(closure)
    assert cut.run(always)
    vertices = cut.breakpoints(1000, always)
    assert len(vertices) > 5
    rates = []
    for below, above in pairwise(vertices):
        assert np.all(below.inside <= above.inside)
        rates.append((above.worth - below.worth) / (above.weight - below.weight))
    assert all(a > b - 1e-12 for a, b in pairwise(rates))
    for vertex in vertices:
        x = closure.point(vertex.inside)
        assert program.objective(x) == vertex.worth + closure.constant
        assert program.activity(x)[0] == vertex.weight
        assert np.array_equal(closure.members(x), vertex.inside)
    weights = [vertex.weight for vertex in vertices]
    for inside in (cut.small, cut.large):
        assert int(closure.weight @ inside) in weights
    few = cut.breakpoints(3, always)
    assert len(few) < len(vertices)
    assert len(cut.breakpoints(1000, lambda: False)) == 2


def test_by_hand() -> None:
    """Two friends worth 10 together at weight 2, a loner worth 3 at weight 1, room for 2.

    The friends alone are worth 10 and fill the room. With room for 1 it is half of them.
    """
    program = Program(
        lower=np.zeros(3, dtype=np.int64),
        upper=np.ones(3, dtype=np.int64),
        worth=np.array([0, 0, 3]),
        pair_first=np.array([0]),
        pair_second=np.array([1]),
        pair_worth=np.array([10]),
        row_start=np.array([0, 3]),
        row_var=np.arange(3),
        row_coef=np.ones(3, dtype=np.int64),
        row_low=np.array([0]),
        row_high=np.array([2]),
        row_soft=np.array([0]),
        row_penalty=np.array([0]),
    )
    assert mincut_bound(program, None, always) == 10
    one = program.replace(row_high=np.array([1]))
    assert mincut_bound(one, None, always) == 5
    # Whoever is in leaves no room for a friend: the products know that.
    assert mincut_bound(one, 3, always) == 3
    assert density(program) == pytest.approx(1 / 3)


def test_asks_before_every_cut() -> None:
    """No time at all gives None; a little gives a bound."""
    program = compile(classic(10)).program
    assert mincut_bound(program, None, lambda: False) is None
    asked = count()
    assert mincut_bound(program, 0, lambda: next(asked) < 1) is not None

"""Compile and check are two independent readings of one instance: they must agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.model import (
    Amounts,
    Budget,
    Bundle,
    Conflict,
    Exclude,
    Include,
    Instance,
    Origin,
    Requires,
    check,
    compile,
)
from tests.strategies import instances, units_of


@given(st.data())
def test_program_and_judge_agree(data: st.DataObject) -> None:
    """For any units: feasible alike, and of one objective where feasible."""
    instance = data.draw(instances())
    units = data.draw(units_of(instance))
    compiled = compile(instance)
    x = compiled.encode(units)
    verdict = check(instance, units)
    same = bool(np.array_equal(compiled.decode(x), units))
    feasible = same and compiled.program.is_feasible(x)
    assert feasible == verdict.feasible
    if feasible:
        assert compiled.program.objective(x) == verdict.objective


@given(instances())
def test_every_row_remembers_its_rule(instance: Instance) -> None:
    """One origin a row, naming a limit, an item's stock or an item's units."""
    program = compile(instance).program
    names = {(limit.kind, limit.name) for limit in instance.limits}
    names |= {(kind, item) for kind in ("stock", "units") for item in instance.items}
    assert len(program.origins) == program.num_rows
    assert {(o.kind, o.name) for o in program.origins} <= names


@given(st.data())
def test_filling_ladders_never_loses(data: st.DataObject) -> None:
    """The canonical point stands for the same units and is worth at least as much."""
    instance = data.draw(instances())
    compiled = compile(instance)
    program = compiled.program
    x = np.array(
        [
            data.draw(st.integers(int(a), int(b)))
            for a, b in zip(program.lower, program.upper, strict=True)
        ],
        dtype=np.int64,
    )
    filled = program.canonical(x)
    assert np.array_equal(compiled.decode(filled), compiled.decode(x))
    assert program.objective(filled) >= program.objective(x)
    assert program.is_feasible(filled) == program.is_feasible(x)


def test_steps_of_extra_units() -> None:
    """Units 2 and 3 are worth 4, units 4 to 6 are worth 1: two steps and one link."""
    shop = Instance(
        items=("a",),
        utility=np.array([9]),
        max_units=np.array([6]),
        extra_utility=((0, (4, 4, 1)),),
    )
    program = compile(shop).program
    assert program.worth.tolist() == [9, 4, 1]
    assert program.upper.tolist() == [1, 2, 3]
    assert program.row_coef.tolist() == [-5, 1, 1]
    assert program.ladders == ((1, 2),)
    assert program.origins == (Origin("units", "a", 0, 0),)


def test_stock_of_one_bundle_is_a_bound() -> None:
    """Seven in stock for three copies leave two units a copy and no row."""
    shop = Instance(
        items=("a",),
        utility=np.array([1]),
        max_units=np.array([5]),
        stock=Amounts.of({0: 7}),
        bundles=(Bundle("b", 3),),
    )
    program = compile(shop).program
    assert program.upper.tolist() == [1, 1]
    assert [o.kind for o in program.origins] == ["units"]


def test_hard_include_and_exclude_are_bounds() -> None:
    """A must, c must not: the bounds say so, no row is needed."""
    shop = Instance(
        items=("a", "b", "c"),
        utility=np.array([1, 1, 1]),
        rules=(Include(name="in", item=0), Exclude(name="out", item=2)),
    )
    program = compile(shop).program
    assert program.lower.tolist() == [1, 0, 0]
    assert program.upper.tolist() == [1, 1, 0]
    assert program.num_rows == 0


@pytest.mark.parametrize("order", [1, -1])
def test_contradiction_becomes_a_row(order: int) -> None:
    """In and out at once: whichever comes second is a row no point can keep."""
    rules = (Include(name="in", item=0), Exclude(name="out", item=0))[::order]
    shop = Instance(items=("a",), utility=np.array([1]), rules=rules)
    program = compile(shop).program
    assert program.num_rows == 1
    assert not any(program.is_feasible(np.array([v])) for v in (0, 1))


def test_rows_of_conflict_and_requires() -> None:
    """a or b, and a only with b."""
    shop = Instance(
        items=("a", "b"),
        utility=np.array([1, 1]),
        rules=(
            Conflict(name="or", items=np.array([1, 0])),
            Requires(name="with", item=0, needs=1),
        ),
    )
    program = compile(shop).program
    assert program.row_coef.tolist() == [1, 1, 1, -1]
    assert program.row_high.tolist() == [1, 0]


def test_missing_side_is_the_extreme() -> None:
    """At most 3 of a row that can reach -2..5: the lower side is -2."""
    money = Budget(name="m", per_item=Amounts.of({0: 5, 1: -2}), at_most=3)
    shop = Instance(items=("a", "b"), utility=np.array([1, 1]), budgets=(money,))
    program = compile(shop).program
    assert (program.row_low.tolist(), program.row_high.tolist()) == ([-2], [3])

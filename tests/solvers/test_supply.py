"""Units filled in as the items are chosen: exact, recognised, and good."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.files import read
from bundlesolve.kernels.supply import fill, is_good
from bundlesolve.model import Budget, Category, Instance, Synergies, compile
from bundlesolve.model.amounts import Amounts
from bundlesolve.run import Run
from bundlesolve.solvers import local_rounds
from bundlesolve.solvers.local import Local
from bundlesolve.solvers.supply_rounds import supply_of
from bundlesolve.stop import Stop
from tests.referee import best_by_brute

SMALL = st.integers(0, 4)


def demanding(
    distance: list[int],
    fixed: list[int],
    unit: list[int],
    stock: list[int],
    money: int,
    demand: int,
    each: int = 1,
    free: int = 0,
) -> Instance:
    """Return a dispersion of items whose units, ``each`` worth so much, meet a demand.

    ``free`` is what an item gives without units of its own.
    """
    n = len(fixed)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    items = np.arange(n)
    return Instance(
        items=tuple(f"i{i}" for i in range(n)),
        utility=np.zeros(n, dtype=np.int64),
        synergies=Synergies.of(dict(zip(pairs, distance, strict=False))),
        max_units=np.array(stock) + 1,
        budgets=(
            Budget(
                name="cost",
                per_item=Amounts.dense(np.array(fixed)),
                per_unit=Amounts.dense(np.array(unit)),
                at_most=money,
            ),
            Budget(
                name="demand",
                per_item=Amounts(items, np.full(n, free - each)),
                per_unit=Amounts(items, np.full(n, each)),
                at_least=demand,
            ),
        ),
    )


@st.composite
def demands(draw: st.DrawFn) -> Instance:
    """Draw small instances of the form that units can be filled in."""
    n = draw(st.integers(2, 4))
    numbers = st.lists(SMALL, min_size=n, max_size=n)
    distance = draw(st.lists(st.integers(-3, 9), min_size=6, max_size=6))
    fixed, unit, stock = draw(numbers), draw(numbers), draw(numbers)
    money, demand = draw(st.integers(0, 25)), draw(st.integers(1, 12))
    each, free = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    return demanding(distance, fixed, unit, stock, money, demand, each, free)


def local(instance: Instance, steps: int, seed: int = 0) -> Run:
    """Run local search alone, from nothing, and return its run."""
    program = compile(instance).program
    run = Run(program, Stop(steps=steps), np.random.default_rng(seed), "local")
    Local(patience=30).search(program, run)
    return run


@settings(max_examples=60)
@given(demands())
def test_finds_the_best_of_tiny_demands(instance: Instance) -> None:
    """Brute's value, never more, none where there is none."""
    assert local(instance, 600).objective == best_by_brute(instance)


@settings(max_examples=60)
@given(demands(), st.integers(0, 15))
def test_a_set_is_good_when_some_units_are(instance: Instance, chosen: int) -> None:
    """`is_good` says what enumerating units says, and `fill` gives such units."""
    program = compile(instance).program
    supply = supply_of(program)
    if supply is None:
        return
    n = len(instance.items)
    x = program.lower.copy()
    x[:n] = [chosen >> i & 1 for i in range(n)]
    heads = [v for v in range(len(x)) if supply.unit[v] >= 0]
    tops = [int(supply.stock[v]) if x[v] else 0 for v in heads]
    some = False
    for units in np.ndindex(*(t + 1 for t in tops)):
        trial = x.copy()
        trial[[supply.unit[v] for v in heads]] = units
        some = some or program.is_feasible(trial)
    assert is_good(supply, x) == some
    if some:
        fill(supply, x)
        assert program.is_feasible(x)


def test_by_hand_the_cheap_units_go_first() -> None:
    """Both items: 7 of demand are 4 at 1 and 3 at 2 (items 3 + 4): 17; one item cannot."""
    instance = demanding([5], [3, 4], [2, 1], [5, 4], 20, 7)
    supply = supply_of(compile(instance).program)
    assert supply is not None
    x = np.array([1, 1, 0, 0])
    fill(supply, x)
    assert x.tolist() == [1, 1, 3, 4]
    assert not is_good(supply, np.array([1, 0, 0, 0]))


def test_other_rows_are_not_this_form() -> None:
    """A category over the items is a row that filling does not know."""
    plain = demanding([5], [3, 4], [2, 1], [5, 4], 20, 7)
    assert supply_of(compile(plain).program) is not None
    size = Category(name="size", items=np.arange(2), at_least=1, at_most=1)
    assert supply_of(compile(plain.replace(categories=(size,))).program) is None
    soft = plain.budgets[0].replace(penalty=3)
    budgets = (soft, plain.budgets[1])
    assert supply_of(compile(plain.replace(budgets=budgets)).program) is None


def test_cut_into_chunks_of_any_size_it_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the clock cuts the search makes no difference to the trace."""
    rng = np.random.default_rng(1)
    n = 60
    fixed, unit, stock = (rng.integers(1, 30, n).tolist() for _ in range(3))
    distance = rng.integers(0, 50, n * (n - 1) // 2).tolist()
    instance = demanding(distance, fixed, unit, stock, 900, 60)
    traces = []
    for seconds in (0.0, 1e-4, 10.0):
        monkeypatch.setattr(local_rounds, "CHUNK_SECONDS", seconds)
        run = local(instance, 800)
        traces.append([(i.steps, i.objective) for i in run.trace])
    assert traces[0] == traces[1] == traces[2]
    assert len(traces[0]) > 1


@pytest.mark.parametrize(
    ("name", "optimum"),
    [
        ("GKD-b_12_n50_b02_m5_k02", "99272.9"),
        ("GKD-b_44_n150_b02_m15_k02", "561607.3"),
        ("GKD-b_50_n150_b03_m45_k02", "456228.3"),
    ],
)
def test_published_optima(benchmarks: Path, name: str, optimum: str) -> None:
    """Published optima of the generalised dispersion problem, to their one decimal."""
    instance = read(benchmarks / "gdp_maxsum" / f"{name}.txt.gz")
    program = compile(instance).program
    run = Run(program, Stop(steps=10_000), np.random.default_rng(0), "local")
    Local().search(program, run)
    assert run.objective is not None
    assert f"{run.objective / 10**instance.decimals:.1f}" == optimum

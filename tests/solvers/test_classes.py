"""Exactly one of every class: recognised, priced, and searched well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.files import read
from bundlesolve.kernels.classes import class_best, class_prices
from bundlesolve.model import Budget, Category, Instance, Synergies, compile
from bundlesolve.model.amounts import Amounts
from bundlesolve.run import Run
from bundlesolve.solvers import local_rounds
from bundlesolve.solvers.class_rounds import classes_of
from bundlesolve.solvers.layouts import layout_of
from bundlesolve.solvers.local import Local
from bundlesolve.stop import Stop
from tests.referee import best_by_brute


def choosing(
    worth: list[int], sizes: list[int], uses: list[list[int]], limits: list[int]
) -> Instance:
    """Return a program of one of every class; odd resources are needed, not limited."""
    budgets, first, categories = [], 0, []
    for s, (use, limit) in enumerate(zip(uses, limits, strict=True)):
        per_item, needed = Amounts.dense(np.array(use)), s % 2 == 1
        least, most = (limit, None) if needed else (None, limit)
        budgets.append(
            Budget(name=f"r{s}", per_item=per_item, at_least=least, at_most=most)
        )
    for c, size in enumerate(sizes):
        items = np.arange(first, first + size)
        categories.append(Category(name=f"c{c}", items=items, at_least=1, at_most=1))
        first += size
    return Instance(
        items=tuple(f"i{i}" for i in range(first)),
        utility=np.array(worth),
        budgets=tuple(budgets),
        categories=tuple(categories),
    )


@st.composite
def choices(draw: st.DrawFn) -> Instance:
    """Draw small programs of classes, with worths of both signs."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    n = sum(sizes)
    worth = draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n))
    uses = [draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)) for _ in range(2)]
    limits = [draw(st.integers(0, 20)), draw(st.integers(0, 12))]
    return choosing(worth, sizes, uses, limits)


def local(instance: Instance, steps: int, seed: int = 0) -> Run:
    """Run local search alone, from nothing, and return its run."""
    program = compile(instance).program
    run = Run(program, Stop(steps=steps), np.random.default_rng(seed), "local")
    Local(patience=30).search(program, run)
    return run


@settings(max_examples=80)
@given(choices())
def test_finds_the_best_of_tiny_choices(instance: Instance) -> None:
    """Brute's value, never more, none where there is none."""
    assert local(instance, 600).objective == best_by_brute(instance)


@settings(max_examples=60)
@given(choices())
def test_prices_bound_every_answer(instance: Instance) -> None:
    """The Lagrangian at the prices is no less than the best answer."""
    program = compile(instance).program
    classes, best = classes_of(program), best_by_brute(instance)
    if classes is None or best is None:
        return
    layout, price = layout_of(program), np.zeros(len(classes.row))
    class_prices(layout, classes, price, 50)
    x = program.lower.copy()
    class_best(layout, classes, price, x)
    limit = np.where(price < 0, classes.low, classes.high)
    level = x @ program.worth - price @ (x @ classes.use) + price @ limit
    assert level >= best - 1e-6


def test_prices_by_hand() -> None:
    """One class of worths 0 and 10 with uses 0 and 4, limit 2: L(2.5) = 5 is the least."""
    program = compile(choosing([0, 10], [2], [[0, 4]], [2])).program
    classes = classes_of(program)
    assert classes is not None
    price = np.zeros(1)
    class_prices(layout_of(program), classes, price, 300)
    assert price[0] == pytest.approx(2.5, abs=0.01)


def test_pairs_soft_rows_and_free_items_are_not_this_form() -> None:
    """They go to the general search."""
    plain = choosing([1, 2, 3, 4], [2, 2], [[1, 2, 3, 4]], [5])
    assert classes_of(compile(plain).program) is not None
    paired = plain.replace(synergies=Synergies.of({(0, 2): 3}))
    assert classes_of(compile(paired).program) is None
    soft = plain.replace(budgets=(plain.budgets[0].replace(penalty=2),))
    assert classes_of(compile(soft).program) is None
    loose = plain.replace(categories=plain.categories[:1])
    assert classes_of(compile(loose).program) is None


def test_cut_into_chunks_of_any_size_it_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the clock cuts the search makes no difference to the trace."""
    rng = np.random.default_rng(3)
    worth, use = rng.integers(10, 60, 80).tolist(), rng.integers(1, 9, (2, 80)).tolist()
    instance = choosing(worth, [8] * 10, use, [35, 45])
    traces = []
    for seconds in (0.0, 1e-4, 10.0):
        monkeypatch.setattr(local_rounds, "CHUNK_SECONDS", seconds)
        run = local(instance, 900)
        assert run.steps == 900
        traces.append([(i.steps, i.objective) for i in run.trace])
    assert traces[0] == traces[1] == traces[2]
    assert traces[0]


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("mmkp_khan/I03", "1602"),
        ("mmkp_khan/I05", "3905.7"),
        ("mmkp_khan/I07", "24543"),
        ("mmkp_inst/mmkp_c_23", "41630"),
    ],
)
def test_public_instances(benchmarks: Path, name: str, least: str) -> None:
    """Most seeds come within 0.2 % of the best known values in 3,000 steps from nothing.

    One seed says little: a seed may need a hundred steps or eight thousand.
    """
    instance = read(benchmarks / f"{name}.txt.gz")
    program = compile(instance).program
    least_objective = float(least) * 10**instance.decimals
    reached = 0
    for seed in range(5):
        run = Run(program, Stop(steps=3000), np.random.default_rng(seed), "local")
        Local().search(program, run)
        assert run.objective is not None
        assert run.objective >= 0.999 * least_objective
        reached += run.objective >= least_objective
    assert reached >= 3

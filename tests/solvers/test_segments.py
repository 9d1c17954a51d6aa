"""Many bundles: the view agrees with the judge, the bound with enumeration."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bundlesolve as bs
from bundlesolve.generate import SegmentShop
from bundlesolve.model import check, compile
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category, Conflict, Exclude, Include, Rule
from bundlesolve.model.segments import Segments, segments_of
from bundlesolve.model.synergies import Synergies


@pytest.fixture
def tiny_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let instances of two bundles through."""
    monkeypatch.setattr("bundlesolve.model.segments.LEAST_BUNDLES", 2)
    monkeypatch.setattr("bundlesolve.model.segments.LEAST_CELLS", 2)


def draw(seed: int, stock: int) -> Instance:
    """Two or three bundles of up to five items, every kind of limit that is taken."""
    rng = np.random.default_rng(seed)
    n, num = int(rng.integers(2, 6)), int(rng.integers(2, 4))
    pairs = {
        (i, j): int(rng.integers(-9, 15))
        for i in range(n)
        for j in range(i + 1, n)
        if rng.random() < 0.7
    }
    weights = rng.integers(1, 9, n)
    everyone = np.arange(n)
    rules: list[Rule] = []
    if rng.random() < 0.4:
        rules.append(Conflict(name="clash", items=np.array([0, 1])))
    if rng.random() < 0.4:
        rules.append(Exclude(name="never", item=0, bundles=(0,)))
    return Instance(
        items=tuple(f"i{i}" for i in range(n)),
        utility=rng.integers(-4, 20, n),
        synergies=Synergies.of(pairs),
        stock=Amounts(everyone, rng.integers(0, stock + 1, n)),
        bundles=tuple(
            Bundle(
                f"b{k}",
                copies=int(rng.integers(1, 3)),
                utility=Amounts(everyone, rng.integers(-4, 20, n)),
            )
            for k in range(num)
        ),
        budgets=tuple(
            Budget(
                name=f"money {k}",
                per_unit=Amounts(everyone, weights),
                at_most=int(rng.integers(0, weights.sum() + 1)),
                bundles=(k,),
            )
            for k in range(num)
        ),
        categories=(Category(name="size", items=everyone, at_most=n - 1),),
        rules=tuple(rules),
    )


def seen(instance: Instance) -> Segments:
    """Return the view, which must be there."""
    segments = segments_of(instance)
    assert segments is not None
    return segments


@pytest.mark.usefixtures("tiny_too")
@pytest.mark.parametrize("stock", [2, 9])
def test_the_bound_is_never_below_enumeration_nor_the_answer_above(stock: int) -> None:
    """Stock tight and loose; many of these tiny instances are solved to the optimum."""

    @settings(max_examples=60, deadline=None)
    @given(seed=st.integers(0, 10**6))
    def holds(seed: int) -> None:
        instance = draw(seed, stock)
        best = bs.solve(instance, "brute", certify=False)
        found = bs.solve(instance, "local", stop=bs.Stop(steps=40), seed=seed)
        assert best.objective is not None
        assert found.objective is not None
        assert found.bound is not None
        assert found.objective <= best.objective <= found.bound

    holds()


@pytest.mark.usefixtures("tiny_too")
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), at=st.integers(0, 10**6))
def test_the_view_agrees_with_the_judge(seed: int, at: int) -> None:
    """Worth and feasibility of any point, kept or broken limits."""
    instance = draw(seed, 4)
    segments = seen(instance)
    units = np.random.default_rng(at).integers(0, 2, segments.shape)
    verdict = check(instance, units)
    point = segments.encode(units)
    assert segments.objective(point) == verdict.worth
    assert segments.is_feasible(point) == verdict.feasible
    assert np.array_equal(segments.decode(point), units)


def shop(**options: int) -> Instance:
    """A shop of 20 segments and 250 articles."""
    return SegmentShop(items=250, bundles=20, synergies=1000, **options).make(5)


def test_limits_on_different_bundles_that_weigh_alike_are_one_row() -> None:
    """Five classes of budgets, one row; the pairs stand once."""
    instance = shop(categories=0)
    segments = seen(instance)
    assert segments.num_rows == 1
    assert len(segments.worth) == len(instance.synergies)
    assert len(np.unique(segments.limit)) > 1


@pytest.mark.parametrize(("stock", "gap"), [(4, 0.1), (100, 0.05)])
def test_same_steps_same_answer_and_a_small_gap(stock: int, gap: float) -> None:
    """One unit of each article, or as many as there are segments.

    Threads change nothing, the judge agrees, and the traces only go one way.
    """
    instance = shop(stock=stock)
    one, two = (bs.solve(instance, stop=bs.Stop(steps=60), seed=3) for _ in range(2))
    assert one.units is not None
    assert two.units is not None
    assert np.array_equal(one.units, two.units)
    assert one.bound == two.bound
    assert one.gap is not None
    assert one.gap < gap
    verdict = check(instance, one.units)
    assert verdict.feasible
    assert verdict.objective == one.objective
    worths = [step.objective for step in one.trace if step.objective is not None]
    assert worths[0] < worths[-1]
    bounds = [step.bound for step in one.bound_trace if step.bound is not None]
    assert bounds == sorted(bounds, reverse=True)


def test_a_start_is_kept_and_never_lost() -> None:
    """One more step than none does not lose the answer of forty."""
    instance = shop()
    good = bs.solve(instance, stop=bs.Stop(steps=60))
    again = bs.solve(instance, stop=bs.Stop(steps=1), start=good)
    assert good.objective is not None
    assert again.objective is not None
    assert again.objective >= good.objective


def test_an_interrupt_ends_it_with_the_best_answer() -> None:
    """Asked from the callback of the first bound."""

    def ask(_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            raise_once()

    asked: list[bool] = []

    def raise_once() -> None:
        import signal

        if not asked:
            asked.append(True)
            signal.raise_signal(signal.SIGINT)

    found = bs.solve(shop(), stop=bs.Stop(seconds=60), on_improve=ask)
    assert found.stop_reason is bs.StopReason.INTERRUPTED
    assert found.units is not None


def test_what_the_view_does_not_take_is_compiled() -> None:
    """Further units, includes and few bundles go the usual way."""
    instance = shop(stock=50)
    assert segments_of(instance) is not None
    units = np.full(instance.n, 2)
    assert segments_of(instance.replace(max_units=units)) is None
    assert segments_of(instance.replace(rules=(Include(name="x", item=0),))) is None
    few = SegmentShop(items=100, bundles=2, synergies=50).make(0)
    assert segments_of(few) is None
    assert compile(few).program.num_vars == 200

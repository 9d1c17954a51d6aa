"""Bundles under decisions, the linear program, splits, proofs of priced bundles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.generate.qmkp import Qmkp
from bundlesolve.model import Amounts, Bundle, Instance, compile
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.sharing import proof
from bundlesolve.solvers.sharing.branching import split
from bundlesolve.solvers.sharing.decisions import Bundle as Decided
from bundlesolve.solvers.sharing.decisions import Decisions
from bundlesolve.solvers.sharing.master import Master, Pool
from bundlesolve.solvers.sharing.stock import SharedStock
from tests.solvers.sharing.packings import TRIANGLE, packings, run_of, stock_of


def all_sets(n: int) -> np.ndarray:
    """Return every set of some items."""
    return np.array(list(itertools.product((0, 1), repeat=n)), dtype=np.int8)


@given(packings(), st.data())
@settings(max_examples=40, deadline=None)
def test_decided_bundles_hold_just_what_is_allowed(
    instance: Instance, data: st.DataObject
) -> None:
    """Sets of groups are the sets that fit and that decisions allow, worth the same."""
    blocks = Blocks.of(compile(instance).program)
    stock = None if blocks is None else SharedStock.of(blocks)
    if stock is None:
        return
    n = stock.num_items
    item = st.integers(0, n - 1)
    decisions = Decisions()
    for _ in range(data.draw(st.integers(0, 3))):
        i, j = data.draw(st.tuples(item, item).filter(lambda both: both[0] != both[1]))
        what = data.draw(st.sampled_from(["join", "part", "deny"]))
        if what == "deny":
            decisions = decisions.deny(0, i)
        else:
            decisions = getattr(decisions, what)(i, j)
    bundle = Decided.of(stock, 0, decisions)
    inside = all_sets(len(bundle.worth))
    fits = np.all(inside @ bundle.use.T <= bundle.room, axis=1)
    fits &= np.einsum("ci,ij,cj->c", inside, bundle.clash.astype(np.int64), inside) == 0
    inside = inside[fits]
    items = bundle.items(inside)
    sets = all_sets(n)
    wanted = np.all(sets @ stock.use[0].T <= stock.room[0], axis=1)
    wanted &= decisions.allow(0, sets) & ~np.any(sets & ~stock.allowed[0], axis=1)
    assert {s.tobytes() for s in items} == {s.tobytes() for s in sets[wanted]}
    prices = np.arange(n) - 2
    program = proof.priced(bundle, prices, 4)
    for groups, whole, worth in zip(inside, items, stock.worths(0, items), strict=True):
        x = groups.astype(np.int64)
        assert program.is_feasible(x)
        assert program.objective(x) == 4 * worth - int(whole.astype(np.int64) @ prices)


def test_the_linear_program_of_three_pairs() -> None:
    """Halves of all three: 15, each item at 5, bundles for nothing."""
    stock = stock_of(TRIANGLE)
    master = Master(stock, Decisions())
    pairs = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.int8)
    master.add(0, pairs)
    packed = master.solve()
    assert packed.value == pytest.approx(15.0)
    assert packed.prices == pytest.approx([5.0, 5.0, 5.0])
    assert packed.rent == pytest.approx([0.0])
    assert packed.weights == pytest.approx([0.5, 0.5, 0.5])
    sides = split(master, packed, 5.0)
    assert len(sides) == 2
    assert all(side != Decisions() for side in sides)


def test_an_item_that_must_be_in() -> None:
    """No known set holds it: the program says so by a worth below everything."""
    stock = stock_of(TRIANGLE)
    decisions = Decisions().give(0, 2, 1)
    master = Master(stock, decisions)
    master.add(0, np.array([[1, 1, 0]], dtype=np.int8))
    assert master.solve().value < 0
    master.add(0, np.array([[1, 0, 1]], dtype=np.int8))
    assert master.solve().value == pytest.approx(10.0)


def test_a_pool_keeps_a_set_once() -> None:
    """By what it holds."""
    pool = Pool(stock_of(TRIANGLE))
    assert pool.sets(0).shape == (0, 3)
    assert pool.add(0, np.array([1, 0, 0], dtype=np.int8))
    assert not pool.add(0, np.array([1, 0, 0], dtype=np.int8))
    assert len(pool) == 1


@pytest.mark.parametrize("box", [0, proof.SMALL_BOX])
@pytest.mark.parametrize("seed", range(3))
def test_priced_bundles_are_bounded(
    seed: int, box: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to the floor where nothing is above it, else a set above it turns up."""
    get_solver("exact").warm_up()
    monkeypatch.setattr(proof, "SMALL_BOX", box)
    stock = stock_of(Qmkp(items=9, bundles=2, density=80).make(seed))
    bundle = Decided.of(stock, 0, Decisions())
    prices = np.full(9, 60)
    program = proof.priced(bundle, prices, 2)
    inside = all_sets(9).astype(np.int64)
    best = max(program.objective(x) for x in inside if program.is_feasible(x))
    none, run = np.zeros(9, dtype=np.int8), run_of(stock)
    told: list[int] = []
    bound, better = proof.prove(
        program, none, best + 3, best + 3, run, np.inf, 1, told.append
    )
    assert (bound, better) == (best + 3, None)
    assert min(told) == bound
    bound, better = proof.prove(
        program, none, max(0, best - 5), best, run, np.inf, 1, told.append
    )
    assert bound >= best
    if best > 0:
        assert better is not None
        assert program.objective(better.astype(np.int64)) > max(0, best - 5)


def test_what_is_not_shared_stock() -> None:
    """Two of an item, or an item without stock, are left to the multipliers."""
    plain = Qmkp(items=6, bundles=3).make(0)
    two = plain.replace(stock=Amounts.dense(np.array([2, 1, 1, 1, 1, 1])))
    some = plain.replace(stock=Amounts.dense(np.array([1, 1, 1, 1, 1, 3])))
    other = plain.replace(
        bundles=(*plain.bundles[:2], Bundle("c", utility=Amounts.of({0: 5})))
    )
    kinds = []
    for instance in (two, some, other):
        blocks = Blocks.of(compile(instance).program)
        assert blocks is not None
        stock = SharedStock.of(blocks)
        kinds.append(None if stock is None else len(stock.copies))
    assert kinds == [None, None, 2]

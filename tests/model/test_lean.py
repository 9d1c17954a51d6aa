"""Records that are kept as arrays: equal to the tuples they stand for."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidInstance
from bundlesolve.generate.retail import Retail
from bundlesolve.model import Amounts, Instance, Synergies, check, compile
from bundlesolve.model.check import Use
from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.frozen import hand_over, integers
from bundlesolve.model.ladders import Ladders
from bundlesolve.model.program import Program
from tests.strategies import instances

WORTHS = st.lists(st.integers(-9, 9), min_size=1, max_size=4).map(
    lambda worths: tuple(sorted(worths, reverse=True))
)


@st.composite
def extras(draw: st.DrawFn) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Extra utilities of some of six items."""
    items = sorted(draw(st.sets(st.integers(0, 5))))
    return tuple((i, draw(WORTHS)) for i in items)


@given(extras())
def test_extra_worths_are_the_tuple_they_are_made_of(
    pairs: tuple[tuple[int, tuple[int, ...]], ...],
) -> None:
    """In order, length, equality, hash, slices; by item; and after a pickle."""
    extra = ExtraWorths.of(pairs, 6)
    assert tuple(extra) == pairs
    assert extra == pairs
    assert pairs == extra
    assert hash(extra) == hash(pairs)
    assert len(extra) == len(pairs)
    assert extra[1:] == pairs[1:]
    assert [extra[k] for k in range(len(extra))] == list(pairs)
    assert [extra.of_item(i) for i in range(6)] == [
        dict(pairs).get(i, (0,)) for i in range(6)
    ]
    assert extra.largest.tolist() == [max(map(abs, worths)) for _, worths in pairs]
    again = ExtraWorths(extra.items, extra.start, extra.worths)
    assert again == extra
    assert pickle.loads(pickle.dumps(extra)) == extra


@pytest.mark.parametrize(
    ("items", "start", "worths"),
    [
        ([1, 0], [0, 1, 2], [5, 5]),
        ([0, 1], [0, 1, 1], [5]),
        ([0, 1], [0, 1], [5]),
        ([0], [0, 2], [4, 5]),
    ],
)
def test_extra_worths_refuse(items: list[int], start: list[int], worths: list[int]) -> None:
    """Items that descend, an item without worths, wrong starts, worths that increase."""
    with pytest.raises(InvalidInstance):
        ExtraWorths(*(np.array(column) for column in (items, start, worths)))


def test_extra_worths_may_rise_from_one_item_to_the_next() -> None:
    """4, 1 for one item and 9 for the next is no increase."""
    extra = ExtraWorths(np.array([0, 2]), np.array([0, 2, 3]), np.array([4, 1, 9]))
    assert extra == ((0, (4, 1)), (2, (9,)))
    with pytest.raises(InvalidInstance, match=r"0\.\.1"):
        ExtraWorths.of(extra, 2)


def test_an_array_handed_over_is_not_copied_and_any_other_is() -> None:
    """A read-only array that owns its memory is kept; a view of one is not."""
    given_ = hand_over(np.arange(3))
    assert integers(given_) is given_
    mine = np.arange(3)
    kept = integers(mine)
    mine[0] = 7
    assert kept.tolist() == [0, 1, 2]
    view = mine[:2]
    view.setflags(write=False)
    kept = integers(view)
    mine[0] = 9
    assert kept.tolist() == [7, 1]


@given(st.lists(st.lists(st.integers(0, 99), min_size=2, max_size=4).map(tuple)))
def test_ladders_are_the_tuples_they_are_made_of(listed: list[tuple[int, ...]]) -> None:
    """And their rungs are neighbours of one ladder."""
    ladders = Ladders.of(listed)
    assert ladders == tuple(listed)
    assert Ladders.of(ladders) is ladders
    rungs = [(a, b, k) for k, ladder in enumerate(listed) for a, b in pairwise(ladder)]
    assert list(zip(*(part.tolist() for part in ladders.rungs), strict=True)) == rungs
    assert pickle.loads(pickle.dumps(ladders)) == ladders


@given(instances())
def test_a_compiled_program_survives_a_pickle(instance: Instance) -> None:
    """Its origins and ladders too, which are made when somebody looks."""
    program = compile(instance).program
    again: Program = pickle.loads(pickle.dumps(program))
    assert again == program
    assert hash(again) == hash(program)
    assert tuple(again.origins) == tuple(program.origins)
    assert again.origins == tuple(program.origins)
    assert [program.origins[r] for r in range(program.num_rows)] == list(program.origins)


@given(instances())
def test_rows_ascend_and_have_no_zeros(instance: Instance) -> None:
    """As `Program` promises, whichever rule made them."""
    program = compile(instance).program
    for r in range(program.num_rows):
        part = program.row(r)
        assert np.all(np.diff(program.row_var[part]) > 0)
        assert np.all(program.row_coef[part] != 0)


def test_pairs_of_one_bundle_are_the_instances_own() -> None:
    """Ten million pairs are held once."""
    shop = Instance(
        items=("a", "b"),
        utility=np.array([1, 1]),
        synergies=Synergies.of({(0, 1): 5}),
    )
    assert compile(shop).program.pair_worth is shop.synergies.worth


def test_uses_of_stock_are_told_for_every_item_that_has_some() -> None:
    """Two of three taken, none of another, too many of the third."""
    shop = Instance(
        items=("a", "b", "c"),
        utility=np.array([1, 1, 1]),
        max_units=np.array([3, 3, 3]),
        stock=Amounts.of({0: 3, 1: 2, 2: 1}),
    )
    verdict = check(shop, [[2, 0, 3]])
    expected = (
        Use("stock", "a", None, 2, None, 3, 0, None),
        Use("stock", "b", None, 0, None, 2, 0, None),
        Use("stock", "c", None, 3, None, 1, 2, None),
    )
    assert verdict.uses == expected
    assert verdict.uses[1] == expected[1]
    assert verdict.broken == expected[2:]
    assert pickle.loads(pickle.dumps(verdict.uses)) == expected


def test_a_long_limit_counts_what_is_in_it() -> None:
    """Beyond a few dozen items the judge selects before it adds; the sums are the same."""
    n = 200
    shop = Retail(items=n, synergies=900).make(2)
    units = np.zeros((1, n), dtype=np.int64)
    units[0, ::7] = 1
    units[0, 14] = 2
    verdict = check(shop, units)
    used = {use.name: use.used for use in verdict.uses}
    prices = shop.budgets[0].per_unit.to_dense(n).tolist()
    assert used["money"] == sum(
        int(p) * int(u) for p, u in zip(prices, units[0], strict=True)
    )
    assert used["size"] == len(range(0, n, 7))
    x = compile(shop).encode(units)
    assert compile(shop).program.objective(x) == verdict.worth

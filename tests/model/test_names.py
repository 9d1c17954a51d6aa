"""Names in one text are the tuple of them in everything but memory."""

from __future__ import annotations

import copy
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.generate import KINDS
from bundlesolve.model import check, compile, instance
from bundlesolve.model.instance import Instance
from bundlesolve.model.names import Names

TEXTS = st.lists(st.text(st.characters(exclude_categories=()), min_size=1), max_size=8)


@given(TEXTS)
def test_equal_to_the_tuple(texts: list[str]) -> None:
    """Of any script, and of half characters: length, places, slices, hash, copies."""
    names, plain = Names.of(texts), tuple(texts)
    assert (len(names), tuple(names), names[:]) == (len(plain), plain, plain)
    assert names == plain
    assert names == Names.of(plain)
    assert hash(names) == hash(plain)
    assert [names[k] for k in range(-len(plain), len(plain))] == 2 * texts
    assert copy.deepcopy(names) == plain
    assert Names.of(names) is names
    assert names != Names.of([*texts, "more"])


def test_an_instance_is_the_same() -> None:
    """Few names stand in a tuple, many in one text: one instance, one fingerprint."""
    kind = KINDS["retail"](items=50, synergies=200)  # type: ignore[call-arg]
    few = kind.make(1)
    with mock.patch.object(instance, "MANY", 50):
        many = kind.make(1)
        assert many.replace(name="other").items is many.items
    assert isinstance(few.items, tuple)
    assert isinstance(many.items, Names)
    assert (many, many.fingerprint, hash(many)) == (few, few.fingerprint, hash(few))
    assert many.item_number == few.item_number
    assert compile(many).program == compile(few).program
    units = np.ones((1, 50), dtype=np.int64)
    assert [str(use) for use in check(many, units).uses] == [
        str(use) for use in check(few, units).uses
    ]


def test_a_sixth_of_the_memory() -> None:
    """Eight bytes a name beside its letters, where a string takes 50 and its place 8."""
    names = Names.of([str(i) for i in range(10_000)])
    assert names.start.nbytes == 8 * 10_001
    assert len(names.text) == 38_890


@pytest.mark.parametrize("items", [["a", "a"], ["a", ""]])
def test_ids_are_checked_in_any_form(items: list[str]) -> None:
    """Twice the same, or an empty one: as for a tuple."""
    from bundlesolve.errors import InvalidInstance

    with pytest.raises(InvalidInstance):
        Instance(items=Names.of(items), utility=np.zeros(2, dtype=np.int64))

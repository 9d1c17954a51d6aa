"""The instance: validated once, immutable, equal by content."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given

from bundlesolve.errors import InvalidInstance
from bundlesolve.model import (
    Amounts,
    Budget,
    Bundle,
    Category,
    Conflict,
    Include,
    Instance,
    Requires,
    Synergies,
)
from tests.strategies import instances


@given(instances())
def test_pickle_brings_an_equal_instance_back(instance: Instance) -> None:
    """Equal, same hash and fingerprint, and its arrays still cannot be written."""
    twin = pickle.loads(pickle.dumps(instance))
    assert twin == instance
    assert hash(twin) == hash(instance)
    assert twin.fingerprint == instance.fingerprint
    with pytest.raises(ValueError, match="read-only"):
        twin.utility[0] = 1


def test_fingerprint_tells_instances_apart(tea: Instance) -> None:
    """One changed number, one other fingerprint."""
    other = tea.replace(utility=np.array([3, 2, 5]))
    assert other != tea
    assert other.fingerprint != tea.fingerprint
    assert other.replace(utility=tea.utility) == tea


def test_arrays_are_copied(tea: Instance) -> None:
    """Changing the caller's array afterwards changes nothing."""
    utility = np.array([1, 2, 3])
    shop = tea.replace(utility=utility)
    utility[0] = 99
    assert shop.utility.tolist() == [1, 2, 3]


def base(**changes: object) -> Instance:
    """Two items with nothing special about them, changed."""
    plain = Instance(items=("a", "b"), utility=np.array([1, 2]))
    return plain.replace(**changes)


WRONG: list[tuple[str, Callable[[], object]]] = [
    ("each id once", lambda: base(items=("a", "a"))),
    ("text that is not empty", lambda: base(items=("a", ""))),
    ("2 values", lambda: base(utility=np.array([1]))),
    ("64-bit integers", lambda: base(utility=np.array([1.5, 2]))),
    ("64-bit integers", lambda: base(utility=np.array([1, 2**70], dtype=object))),
    ("max_units of 0 or more", lambda: base(max_units=np.array([1, -1]))),
    ("never increase", lambda: base(extra_utility=((0, (1, 2)),))),
    ("one worth or more", lambda: base(extra_utility=((0, ()),))),
    ("items ascending", lambda: base(extra_utility=((2, (1,)),))),
    ("stock of 0 or more", lambda: base(stock=Amounts.of({0: -1}))),
    ("item numbers in 0..1", lambda: base(stock=Amounts.of({2: 1}))),
    ("item numbers in 0..1", lambda: base(synergies=Synergies.of({(0, 2): 1}))),
    ("at least one bundle", lambda: base(bundles=())),
    ("each id once", lambda: base(bundles=(Bundle("x"), Bundle("x")))),
    ("copies of 1 or more", lambda: Bundle("x", 0)),
    ("bundle id", lambda: Bundle("")),
    ("2 labels", lambda: base(labels=("x",))),
    ("decimals in 0..15", lambda: base(decimals=-1)),
    ("at_least or at_most", lambda: Budget(name="m")),
    ("at_least <= at_most", lambda: Budget(name="m", at_least=2, at_most=1)),
    ("penalty of 0 or more", lambda: Include(name="r", item=0, penalty=-1)),
    ("two different items", lambda: Requires(name="r", item=1, needs=1)),
    ("two or more items", lambda: Conflict(name="r", items=np.array([1]))),
    ("each item once", lambda: Category(name="c", items=np.array([1, 1]), at_most=1)),
    ("count of 0 or more", lambda: Category(name="c", items=np.array([1]), at_least=-1)),
    ("item numbers in 0..1", lambda: base(rules=(Include(name="r", item=2),))),
    (
        "bundle numbers below 1",
        lambda: base(rules=(Include(name="r", item=0, bundles=(1,)),)),
    ),
    ("different bundles", lambda: Include(name="r", item=0, bundles=(0, 0))),
    (
        "each id once",
        lambda: base(rules=(Include(name="r", item=0), Include(name="r", item=1))),
    ),
    ("first < second", lambda: Synergies(np.array([1]), np.array([1]), np.array([1]))),
    (
        "pairs sorted",
        lambda: Synergies(np.array([0, 0]), np.array([2, 1]), np.array([1, 1])),
    ),
    ("two different items", lambda: Synergies.from_columns([1], [1], [3])),
    ("each pair once", lambda: Synergies.from_columns([0, 1], [1, 0], [3, 3])),
    ("sorted, each once", lambda: Amounts(np.array([1, 0]), np.array([1, 1]))),
    ("as many values as items", lambda: Amounts(np.array([1]), np.array([1, 1]))),
    ("below 2\\*\\*53", lambda: base(utility=np.array([2**52, 2**52]))),
    ("below 2\\*\\*53", lambda: base(utility=np.array([2**62, -(2**62)]))),
    (
        "below 2\\*\\*53",
        lambda: base(
            budgets=(Budget(name="m", per_item=Amounts.of({0: 2**53}), at_most=1),)
        ),
    ),
    (
        "below 2\\*\\*53",
        lambda: base(
            budgets=(
                Budget(name="m", per_item=Amounts.of({0: 2**30}), at_most=1, penalty=2**30),
            )
        ),
    ),
]


@pytest.mark.parametrize(("message", "make"), WRONG, ids=[m for m, _ in WRONG])
def test_wrong_data_are_refused(message: str, make: Callable[[], object]) -> None:
    """Each breach of the model has its error, saying what was expected."""
    with pytest.raises(InvalidInstance, match=message):
        make()


def test_unit_limits_of_stock_and_copies() -> None:
    """min(max_units, stock // copies)."""
    shop = base(
        max_units=np.array([5, 5]),
        stock=Amounts.of({0: 7}),
        bundles=(Bundle("x"), Bundle("y", 3)),
    )
    assert shop.unit_limits(0).tolist() == [5, 5]
    assert shop.unit_limits(1).tolist() == [2, 5]

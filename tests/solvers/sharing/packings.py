"""Small programs of bundles that share one of each item."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from bundlesolve.model import Amounts, Budget, Bundle, Instance, Synergies, compile
from bundlesolve.run import Run
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.sharing.stock import SharedStock
from bundlesolve.stop import Stop


def shared(
    pairs: dict[tuple[int, int], int],
    weights: list[int],
    rooms: list[int],
    utility: list[int] | None = None,
    other: dict[int, int] | None = None,
) -> Instance:
    """Return knapsacks of these rooms over one of each item; ``other`` changes the last."""
    n = len(weights)
    first = np.array([i for i, _ in sorted(pairs)], dtype=np.int64)
    second = np.array([j for _, j in sorted(pairs)], dtype=np.int64)
    worth = np.array([pairs[at] for at in sorted(pairs)], dtype=np.int64)
    bundles = [Bundle(f"b{k}") for k in range(len(rooms))]
    if other:
        bundles[-1] = Bundle("other", utility=Amounts.of(other))
    return Instance(
        items=tuple(str(i) for i in range(n)),
        utility=np.array(utility or [0] * n, dtype=np.int64),
        synergies=Synergies(first, second, worth),
        stock=Amounts.dense(np.ones(n, dtype=np.int64)),
        bundles=tuple(bundles),
        budgets=tuple(
            Budget(
                name=f"room {k}",
                per_item=Amounts.dense(np.array(weights, dtype=np.int64)),
                at_most=room,
                bundles=(k,),
            )
            for k, room in enumerate(rooms)
        ),
    )


@st.composite
def packings(draw: st.DrawFn) -> Instance:
    """Return two or three knapsacks, alike or not, of up to six items."""
    n = draw(st.integers(3, 6))
    count = draw(st.integers(2, 3))
    every = [(i, j) for i in range(n) for j in range(i + 1, n)]
    worth = st.integers(-5, 9).filter(bool)
    pairs = draw(st.dictionaries(st.sampled_from(every), worth, min_size=1))
    weights = draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    room = draw(st.integers(3, 9))
    alike = draw(st.booleans())
    rooms = [room + (0 if alike else k) for k in range(count)]
    utility = draw(st.lists(st.integers(-3, 6), min_size=n, max_size=n))
    other = draw(st.none() | st.dictionaries(st.integers(0, n - 1), st.integers(-3, 9)))
    return shared(pairs, weights, rooms, utility, other)


def stock_of(instance: Instance) -> SharedStock:
    """Return the dense arrays of an instance, which must have them."""
    blocks = Blocks.of(compile(instance).program)
    assert blocks is not None
    stock = SharedStock.of(blocks)
    assert stock is not None
    return stock


def run_of(stock: SharedStock, stop: Stop | None = None) -> Run:
    """Return a run that holds the empty point."""
    program = stock.blocks.program
    run = Run(program, stop or Stop(steps=100_000), np.random.default_rng(0), "sharing")
    run.offer(program.lower)
    return run


TRIANGLE = shared({(0, 1): 10, (0, 2): 10, (1, 2): 10}, [1, 1, 1], [2, 2, 2])
"""Any two of three items are worth 10 and fill a bundle: 10, by the linear program 15."""

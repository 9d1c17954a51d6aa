"""Hypothesis strategies: small instances that use every part of the model."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from bundlesolve.model import (
    Amounts,
    Budget,
    Bundle,
    Category,
    Conflict,
    Exclude,
    Include,
    Instance,
    Requires,
    Scope,
    Synergies,
)
from bundlesolve.model.rules import Rule

WORTH = st.integers(-9, 9)
PENALTY = st.none() | st.integers(0, 6)


@st.composite
def amounts(draw: st.DrawFn, n: int, low: int = -3, high: int = 6) -> Amounts:
    """Whole numbers for some of ``n`` items."""
    items = draw(st.sets(st.integers(0, n - 1)))
    return Amounts.of({i: draw(st.integers(low, high)) for i in items})


@st.composite
def _sides(draw: st.DrawFn, low: int, high: int) -> dict[str, int | None]:
    a, b = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
    kind = draw(st.sampled_from(["most", "most", "least", "both"]))
    at_least = a if kind != "most" else None
    return {"at_least": at_least, "at_most": b if kind != "least" else None}


@st.composite
def _common(draw: st.DrawFn, num_bundles: int) -> dict[str, object]:
    chosen = draw(st.none() | st.sets(st.integers(0, num_bundles - 1), min_size=1))
    return {
        "penalty": draw(PENALTY),
        "priority": draw(st.none() | st.integers(0, 3)),
        "bundles": None if chosen is None else tuple(chosen),
    }


@st.composite
def _budget(draw: st.DrawFn, n: int, num_bundles: int, name: str) -> Budget:
    return Budget(
        name=name,
        per_item=draw(amounts(n)),
        per_unit=draw(amounts(n)),
        scope=draw(st.sampled_from(Scope)),
        decimals=draw(st.integers(0, 2)),
        **draw(_sides(-2, 12)),  # type: ignore[arg-type]
        **draw(_common(num_bundles)),  # type: ignore[arg-type]
    )


@st.composite
def _category(draw: st.DrawFn, n: int, num_bundles: int, name: str) -> Category:
    items = draw(st.sets(st.integers(0, n - 1), min_size=1))
    return Category(
        name=name,
        items=np.array(sorted(items)),
        **draw(_sides(0, 3)),  # type: ignore[arg-type]
        **draw(_common(num_bundles)),  # type: ignore[arg-type]
    )


@st.composite
def _rule(draw: st.DrawFn, n: int, num_bundles: int, name: str) -> Rule:
    common = draw(_common(num_bundles))
    item = draw(st.integers(0, n - 1))
    kind = draw(st.sampled_from(["include", "exclude", "conflict", "requires"]))
    if n >= 2 and kind == "conflict":
        clique = draw(st.sets(st.integers(0, n - 1), min_size=2, max_size=3))
        return Conflict(name=name, items=np.array(sorted(clique)), **common)  # type: ignore[arg-type]
    if n >= 2 and kind == "requires":
        needs = draw(st.integers(0, n - 1).filter(lambda j: j != item))
        return Requires(name=name, item=item, needs=needs, **common)  # type: ignore[arg-type]
    rule = Include if kind == "include" else Exclude
    return rule(name=name, item=item, **common)  # type: ignore[arg-type]


@st.composite
def instances(draw: st.DrawFn, most_items: int = 5, most_bundles: int = 2) -> Instance:
    """Whole instances of at most 10 cells, every part of the model among them."""
    n = draw(st.integers(1, most_items))
    num_bundles = draw(st.integers(1, most_bundles))
    pairs = {
        (i, j): draw(WORTH)
        for i in range(n)
        for j in range(i + 1, n)
        if draw(st.booleans())
    }
    extra = {
        i: tuple(sorted(draw(st.lists(WORTH, min_size=1, max_size=2)), reverse=True))
        for i in draw(st.sets(st.integers(0, n - 1), max_size=2))
    }
    bundles = tuple(
        Bundle(f"b{k}", draw(st.integers(1, 2)), draw(amounts(n, -5, 9)))
        for k in range(num_bundles)
    )
    counts = [draw(st.integers(0, 2)) for _ in range(3)]
    return Instance(
        items=tuple(f"i{i}" for i in range(n)),
        utility=np.array([draw(WORTH) for _ in range(n)]),
        synergies=Synergies.of(pairs),
        max_units=np.array([draw(st.integers(0, 2)) for _ in range(n)]),
        extra_utility=tuple(sorted(extra.items())),
        stock=draw(amounts(n, 0, 3)),
        bundles=bundles,
        budgets=tuple(draw(_budget(n, num_bundles, f"m{q}")) for q in range(counts[0])),
        categories=tuple(
            draw(_category(n, num_bundles, f"c{q}")) for q in range(counts[1])
        ),
        rules=tuple(draw(_rule(n, num_bundles, f"r{q}")) for q in range(counts[2])),
        decimals=draw(st.integers(0, 3)),
        name=draw(st.sampled_from(["", "shop"])),
        minimise=draw(st.booleans()),
    )


@st.composite
def units_of(draw: st.DrawFn, instance: Instance) -> np.ndarray:
    """Units within 0..max_units of every item, limits not looked at."""
    rows = [
        [draw(st.integers(0, int(most))) for most in instance.max_units]
        for _ in instance.bundles
    ]
    return np.array(rows, dtype=np.int64)

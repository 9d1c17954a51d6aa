"""The campaign in small: 2,000 instances, every part of the model, no disagreement."""

from __future__ import annotations

from collections import Counter

from tests.fuzz.campaign import fuzz_one, methods

COUNT = 2000

PARTS = {
    "several bundles",
    "copies",
    "own utility",
    "stock",
    "units",
    "extra utility",
    "negative synergy",
    "positive synergy",
    "limit on some bundles",
    "per_item",
    "per_unit",
    "supply",
    "budget bundle",
    "budget total",
    "infeasible",
    "feasible",
    *(
        f"{kind} {side}"
        for kind in ("budget", "category")
        for side in ("at_least", "at_most")
    ),
    *(
        f"{kind} {hardness}"
        for kind in ("budget", "category", "include", "exclude", "conflict", "requires")
        for hardness in ("hard", "soft")
    ),
}


def test_no_disagreement() -> None:
    """All methods against enumeration; the sample meets every part of the model."""
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for seed in range(COUNT):
        found, covered = fuzz_one(seed, methods())
        wrong += found
        seen += covered
    assert wrong == []
    assert set(seen) >= PARTS

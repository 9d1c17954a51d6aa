"""The campaign in small: 2,000 instances, every part of the model, no disagreement."""

from __future__ import annotations

import pytest

from bundlesolve.generate.small import Small
from tests.fuzz.campaign import features, fuzz_one, methods
from tests.referee import best_by_brute

COUNT, BLOCK = 2000, 250

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


@pytest.mark.parametrize("first", range(0, COUNT, BLOCK))
def test_no_disagreement(first: int) -> None:
    """All methods against enumeration."""
    wrong: list[str] = []
    for seed in range(first, first + BLOCK):
        wrong += fuzz_one(seed, methods())[0]
    assert wrong == []


def test_sample_meets_every_part() -> None:
    """Every part of the model, and instances with an answer and without."""
    seen: set[str] = set()
    for seed in range(COUNT):
        seen |= set(features(Small().make(seed)))
    assert seen >= PARTS
    truths = [best_by_brute(Small().make(seed)) for seed in range(BLOCK)]
    assert None in truths
    assert any(truth is not None for truth in truths)

"""Tiny random instances that use every part of the model, for differential fuzzing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.compile import compile
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.instance import ExtraUtility, Instance
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Requires,
    Rule,
    Scope,
)
from bundlesolve.model.synergies import Synergies


@dataclass(frozen=True)
class Small(Kind):
    """A tiny instance drawn from the whole model, small enough for ``brute``.

    Every part is there with some probability: bundles with copies and utilities of
    their own, shared stock, several units with falling extra worth, synergies of both
    signs, budgets of both scopes with either or both limits and supplies, overlapping
    categories, all rules, each limit hard or soft, on all bundles or some. About a
    fifth of the instances have no feasible point.

    Parameters
    ----------
    items
        Most items; each instance has 1 to this many. Default 7.
    bundles
        Most bundles. Default 3.
    limits
        Most budgets, most categories and most rules, each. Default 3.
    most_points
        Largest number of points in the box of the program. Default ``2**16``.
    """

    name: ClassVar[str] = "small"
    summary: ClassVar[str] = "tiny instances with every part of the model, for fuzzing"

    items: int = 7
    bundles: int = 3
    limits: int = 3
    most_points: int = 1 << 16

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 20)
        check_range("bundles", self.bundles, 1, 10)
        check_range("limits", self.limits, 0, 10)
        check_range("most_points", self.most_points, 2, 1 << 40)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw until the box is small enough."""
        while True:
            instance = self._any(rng)
            program = compile(instance).program
            if np.prod(program.upper - program.lower + 1.0) <= self.most_points:
                return instance

    def _any(self, rng: np.random.Generator) -> Instance:
        n = int(rng.integers(1, self.items + 1))
        # Two draws, the smaller counts: one bundle is the usual case.
        num_bundles = int(rng.integers(1, self.bundles + 1, 2).min())
        several = _one_in(rng, 2)
        units = rng.integers(0, 4, n) if several else np.ones(n, dtype=np.int64)
        stock = Amounts()
        if _one_in(rng, 2):
            stock = _some(rng, n, 0, 5)
        return Instance(
            items=tuple(f"i{i}" for i in range(n)),
            utility=rng.integers(-8, 21, n),
            synergies=_synergies(rng, n),
            max_units=units,
            extra_utility=_extra(rng, n) if several else (),
            stock=stock,
            bundles=tuple(_bundle(rng, n, k) for k in range(num_bundles)),
            budgets=tuple(_budget(rng, n, num_bundles, r) for r in range(self._count(rng))),
            categories=tuple(
                _category(rng, n, num_bundles, r) for r in range(self._count(rng))
            ),
            rules=tuple(_rule(rng, n, num_bundles, r) for r in range(self._count(rng))),
            decimals=int(rng.integers(0, 3)),
        )

    def _count(self, rng: np.random.Generator) -> int:
        return int(rng.integers(0, self.limits + 1))


def _one_in(rng: np.random.Generator, chances: int) -> bool:
    return bool(rng.integers(0, chances) == 0)


def _choose(rng: np.random.Generator, n: int, least: int = 0) -> IntArray:
    """Return at least ``least`` item numbers, sorted."""
    count = int(rng.integers(least, n + 1))
    return np.sort(rng.permutation(n)[:count]).astype(np.int64)


def _some(rng: np.random.Generator, n: int, low: int, high: int) -> Amounts:
    items = _choose(rng, n)
    return Amounts(items, rng.integers(low, high + 1, len(items)))


def _synergies(rng: np.random.Generator, n: int) -> Synergies:
    first, second = np.triu_indices(n, 1)
    kept = rng.integers(0, 100, len(first)) < int(rng.integers(0, 101))
    worth = rng.integers(-12, 16, len(first))
    return Synergies(integers(first[kept]), integers(second[kept]), worth[kept])


def _extra(rng: np.random.Generator, n: int) -> ExtraUtility:
    extra = []
    for i in _choose(rng, n).tolist():
        worths = np.sort(rng.integers(-4, 12, int(rng.integers(1, 4))))[::-1]
        extra.append((i, tuple(worths.tolist())))
    return tuple(extra)


def _bundle(rng: np.random.Generator, n: int, k: int) -> Bundle:
    utility = _some(rng, n, -5, 20) if _one_in(rng, 3) else Amounts()
    return Bundle(f"b{k}", int(rng.integers(1, 4)) if _one_in(rng, 3) else 1, utility)


def _penalty(rng: np.random.Generator) -> int | None:
    return int(rng.integers(0, 12)) if _one_in(rng, 3) else None


def _bundles(rng: np.random.Generator, num_bundles: int) -> tuple[int, ...] | None:
    if not _one_in(rng, 4):
        return None
    return tuple(_choose(rng, num_bundles, 1).tolist())


def _sides(rng: np.random.Generator, low: int, high: int) -> tuple[int | None, int | None]:
    """Return ``at_least, at_most``: mostly the latter, sometimes the former or both."""
    one, two = sorted(rng.integers(low, high + 1, 2).tolist())
    pick = int(rng.integers(0, 6))
    if pick == 0:
        return min(one, high // 2), None
    if pick == 1:
        return min(one, high // 2), two
    return None, int(rng.integers(low, high + 1))


def _budget(rng: np.random.Generator, n: int, num_bundles: int, r: int) -> Budget:
    least = -3 if _one_in(rng, 3) else 0
    per_item = _some(rng, n, least, 9) if _one_in(rng, 2) else Amounts()
    per_unit = _some(rng, n, least, 9)
    reach = int(per_item.values.sum() + per_unit.values.sum())
    low, high = _sides(rng, min(least, 0), max(reach, 1))
    return Budget(
        name=f"budget{r}",
        penalty=_penalty(rng),
        priority=int(rng.integers(0, 3)) if _one_in(rng, 2) else None,
        bundles=_bundles(rng, num_bundles),
        per_item=per_item,
        per_unit=per_unit,
        at_least=low,
        at_most=high,
        scope=Scope.TOTAL if _one_in(rng, 3) else Scope.BUNDLE,
        decimals=int(rng.integers(0, 3)),
    )


def _category(rng: np.random.Generator, n: int, num_bundles: int, r: int) -> Category:
    items = _choose(rng, n, 1)
    low, high = _sides(rng, 0, len(items))
    return Category(
        name=f"category{r}",
        penalty=_penalty(rng),
        bundles=_bundles(rng, num_bundles),
        items=items,
        at_least=low,
        at_most=high,
    )


def _rule(rng: np.random.Generator, n: int, num_bundles: int, r: int) -> Rule:
    name, penalty = f"rule{r}", _penalty(rng)
    bundles = _bundles(rng, num_bundles)
    pick = int(rng.integers(0, 4))
    items = rng.permutation(n).tolist()
    if pick == 0 or n == 1:
        return Exclude(name=name, penalty=penalty, bundles=bundles, item=items[0])
    if pick == 1:
        return Include(name=name, penalty=penalty, bundles=bundles, item=items[0])
    if pick == 2:
        group = integers(items[: int(rng.integers(2, n + 1))])
        return Conflict(name=name, penalty=penalty, bundles=bundles, items=group)
    return Requires(
        name=name, penalty=penalty, bundles=bundles, item=items[0], needs=items[1]
    )

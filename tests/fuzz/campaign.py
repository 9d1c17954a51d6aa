"""One seed is one instance: solve it by every method, compare with enumeration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bundlesolve.generate.small import Small
from bundlesolve.model import Instance
from bundlesolve.model.rules import Scope
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS, missing_packages, solver_class
from bundlesolve.stop import Stop
from tests.referee import best_by_brute, disagreements

STEPS = {"local": 400, "cut": 400, "genetic": 4, "auto": 400}
"""Steps of the heuristics; the engines get as many nodes as they like."""


def methods() -> list[str]:
    """Return every installed method."""
    return [m for m in sorted(SOLVERS) if not missing_packages(solver_class(m))]


def features(instance: Instance) -> Iterator[str]:
    """Name the parts of the model that an instance uses."""
    used = {
        "several bundles": instance.num_bundles > 1,
        "copies": any(bundle.copies > 1 for bundle in instance.bundles),
        "own utility": any(len(bundle.utility) for bundle in instance.bundles),
        "stock": len(instance.stock) > 0,
        "units": bool((instance.max_units > 1).any()),
        "extra utility": len(instance.extra_utility) > 0,
        "negative synergy": bool((instance.synergies.worth < 0).any()),
        "positive synergy": bool((instance.synergies.worth > 0).any()),
    }
    yield from (name for name, is_used in used.items() if is_used)
    for limit in instance.limits:
        kind = type(limit).__name__.lower()
        yield f"{kind} {'hard' if limit.penalty is None else 'soft'}"
        yield from ["limit on some bundles"] * (limit.bundles is not None)
        for side in ("at_least", "at_most"):
            yield from [f"{kind} {side}"] * (getattr(limit, side, None) is not None)
    for budget in instance.budgets:
        yield f"budget {Scope(budget.scope).value}"
        yield from ["per_item"] * bool(len(budget.per_item))
        yield from ["per_unit"] * bool(len(budget.per_unit))
        amounts = (*budget.per_item.values, *budget.per_unit.values)
        yield from ["supply"] * any(amount < 0 for amount in amounts)


def fuzz_one(seed: int, names: Iterable[str]) -> tuple[list[str], Counter[str]]:
    """Return what is wrong with the instance of a seed, and what it covers."""
    instance = Small().make(seed)
    truth = best_by_brute(instance)
    seen = Counter(set(features(instance)))
    seen["infeasible" if truth is None else "feasible"] += 1
    wrong = []
    for method in names:
        stop = Stop(seconds=60, steps=STEPS.get(method))
        solution = solve(instance, method, stop=stop, seed=seed, certify=seed % 2 == 0)
        found = disagreements(solution, truth)
        wrong += [f"seed {seed}: {item}" for item in found]
        seen[f"{method} {solution.status.value}"] += 1
        if solution.status is not Status.INFEASIBLE:
            seen[f"{method} reached"] += solution.objective == truth
    return wrong, seen

"""What each chosen item adds to a bundle's worth, alone and through its pairs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution


@dataclass(frozen=True)
class Contribution:
    """What one item adds, in the user's unit of worth, to one copy of a bundle.

    Parameters
    ----------
    label
        The item's name for people.
    units
        Units chosen.
    alone
        Worth of its units without any pair.
    pairs
        Half of its pairs' worth, the other half being its partners'; so ``alone + pairs``
        adds up to the bundle's worth.
    partners
        Its chosen partners and the pair's whole worth, the most worthy first.
    """

    label: str
    units: int
    alone: Decimal
    pairs: Decimal
    partners: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """Its share of the bundle's worth."""
        return self.alone + self.pairs


def contributions(solution: Solution, bundle: int = 0) -> list[Contribution]:
    """Return what the items of a bundle contribute, the largest share first.

    Raises
    ------
    ValueError
        If the solution has no answer.
    """
    instance = solution.instance
    if solution.units is None:
        raise ValueError(f"expected an answer, found status {solution.status.value}")
    units, decimals = solution.units[bundle], instance.decimals
    partners = _partners(instance, units >= 1)
    found = []
    for i in np.flatnonzero(units).tolist():
        listed = sorted(partners.get(i, []), key=lambda pair: (-pair[1], pair[0]))
        found.append(
            Contribution(
                label=instance.label(i),
                units=int(units[i]),
                alone=to_decimal(_alone(instance, bundle, i, int(units[i])), decimals),
                pairs=to_decimal(sum(worth for _, worth in listed), decimals) / 2,
                partners=tuple(
                    (instance.label(j), to_decimal(worth, decimals)) for j, worth in listed
                ),
            )
        )
    return sorted(found, key=lambda item: (-item.total, item.label))


def _alone(instance: Instance, bundle: int, item: int, units: int) -> int:
    own = instance.bundles[bundle].utility
    at = np.flatnonzero(own.items == item)
    first = int(own.values[at[0]] if len(at) else instance.utility[item])
    worths = dict(instance.extra_utility).get(item, (0,))
    more = units - 1
    listed = worths[:more]
    return first + sum(listed) + worths[-1] * (more - len(listed))


def _partners(instance: Instance, chosen: np.ndarray) -> dict[int, list[tuple[int, int]]]:
    pairs = instance.synergies
    both = chosen[pairs.first] & chosen[pairs.second] & (pairs.worth != 0)
    found: dict[int, list[tuple[int, int]]] = {}
    for i, j, worth in zip(
        pairs.first[both].tolist(),
        pairs.second[both].tolist(),
        pairs.worth[both].tolist(),
        strict=True,
    ):
        found.setdefault(i, []).append((j, worth))
        found.setdefault(j, []).append((i, worth))
    return found

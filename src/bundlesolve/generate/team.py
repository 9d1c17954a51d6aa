"""Team formation: synergies are the similarity of what two people can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate.draws import MOST_ITEMS, item_ids, share_of, weight_budget
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.frozen import IntArray, hand_over
from bundlesolve.model.instance import Instance
from bundlesolve.model.synergies import Synergies

DECIMALS = 6
MOST_MEETINGS = 50_000_000
"""Most (pair, shared skill) triples that are looked at."""


@dataclass(frozen=True)
class Team(Kind):
    """Choose people who have much in common, within a budget.

    Each of ``items`` people has 1 to ``skills_each`` of ``skills`` skills. The synergy
    of two people is the Jaccard similarity ``|A and B| / |A or B|`` of their skills, to 6
    decimals; utilities are 0; costs are uniform in 1..10; the budget is ``share``
    percent of their sum. (As the team-formation instances of Hochbaum, Baumann,
    Goldschmidt, Zhang, 2025.)

    Parameters
    ----------
    items
        Number of people. Default 1000.
    skills
        Number of skills; with fewer of them, more pairs have one in common. Default 250.
    skills_each
        Most skills of one person. Default 4.
    share
        Percentage of the sum of costs that is the budget. Default 10.
    """

    name: ClassVar[str] = "team"
    summary: ClassVar[str] = "team formation: sparse similarities of skills as synergies"

    items: int = 1000
    skills: int = 250
    skills_each: int = 4
    share: float = 10

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, MOST_ITEMS)
        check_range("skills", self.skills, 1, MOST_ITEMS)
        check_range("skills_each", self.skills_each, 1, 100)
        check_range("share", self.share, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw skills and costs.

        Raises
        ------
        InvalidParameter
            If more pairs share skills than there is room for.
        """
        person, skill = self._skills(rng)
        costs = rng.integers(1, 11, self.items)
        capacity = share_of(int(costs.sum()), self.share)
        return Instance(
            items=item_ids(self.items),
            utility=np.zeros(self.items, dtype=np.int64),
            synergies=_similarities(person, skill, self.items),
            budgets=(weight_budget(costs, capacity),),
            decimals=DECIMALS,
        )

    def _skills(self, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Return who can do what, each once, sorted by person."""
        counts = rng.integers(1, self.skills_each + 1, self.items)
        person = np.repeat(np.arange(self.items), counts)
        drawn = rng.integers(0, self.skills, len(person))
        key = np.unique(person * self.skills + drawn)
        return key // self.skills, key % self.skills


def _similarities(person: IntArray, skill: IntArray, n: int) -> Synergies:
    """Return the Jaccard similarities of all pairs that share a skill."""
    size = np.bincount(person, minlength=n)
    order = np.argsort(skill, kind="stable")
    member = person[order]
    group = np.bincount(skill)
    meetings = int((group * (group - 1) // 2).sum())
    if meetings > MOST_MEETINGS:
        raise InvalidParameter(
            f"expected at most {MOST_MEETINGS} pairs with a skill in common, found "
            f"{meetings}: take more skills or fewer items"
        )
    # The person at position p of a group meets all that come after.
    place = np.arange(len(member))
    after = np.repeat(np.cumsum(group), group) - place - 1
    second = np.arange(meetings)
    second += np.repeat(place + 1 - (np.cumsum(after) - after), after)
    key = np.repeat(member * n, after)
    key += member[second]
    # What is done with is let go of: each array takes 100 MB where there are ten million.
    del second, after, place
    key.sort()
    opens = np.flatnonzero(np.diff(key, prepend=-1))
    common = np.diff(opens, append=meetings)
    key = key[opens]
    del opens
    low, high = np.divmod(key, n)
    del key
    union = size[low] + size[high] - common
    # Rounded half up, in whole numbers.
    common *= 2 * 10**DECIMALS
    common += union
    union *= 2
    common //= union
    return Synergies(hand_over(low), hand_over(high), hand_over(common))

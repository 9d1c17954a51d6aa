"""What a genetic search asks and learns: the strategy of an ask-and-tell loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from deap.base import Fitness

from bundlesolve.model.frozen import IntArray
from bundlesolve.solvers.genetic_operators import cross, mutate, sprinkle, tournament

Bounds = tuple[IntArray, IntArray]


class Merit(Fitness):  # type: ignore[misc]
    """Fitness: less violation first, then more worth.

    A class of its own, for ``deap.creator`` would write one into DEAP's globals.
    """

    weights = (-1, 1)


class Individual:
    """A point, which its evaluation replaces by the improved one, and its merit."""

    __slots__ = ("fitness", "point")

    def __init__(self, point: IntArray) -> None:
        self.point = point
        self.fitness = Merit()


@dataclass(frozen=True)
class Breeding:
    """How a population breeds; see `Genetic` for the parameters."""

    population: int
    brood: int
    elite: int
    tournament: int
    crossover: float
    segments: float
    mutation: float
    immigration: float


class Strategy:
    """A population that makes children (`generate`) and takes them in (`update`).

    Parameters
    ----------
    breeding
        Sizes and rates.
    rng
        Generator of the run.
    bounds
        ``lower, upper`` of the variables.
    block
        Variables that are inherited together. Shape ``[m]``.
    immigrant
        Returns a point from elsewhere, or None. Default None: there is nobody to ask.
    """

    def __init__(
        self,
        breeding: Breeding,
        rng: np.random.Generator,
        bounds: Bounds,
        block: IntArray,
        immigrant: Callable[[], IntArray | None] | None = None,
    ) -> None:
        self.breeding = breeding
        self.rng = rng
        self.bounds = bounds
        self.block = block
        self.immigrant = immigrant
        self.members: list[Individual] = []
        """The population, best first, no point twice."""
        self._fresh: IntArray | None = None

    @property
    def best(self) -> Merit | None:
        """Merit of the best member."""
        return self.members[0].fitness if self.members else None

    @property
    def leader(self) -> IntArray | None:
        """The best member's point."""
        return self.members[0].point if self.members else None

    def restart(
        self,
        seed: IntArray | None,
        around: bool = True,
        starts: Sequence[IntArray] = (),
    ) -> None:
        """Begin a new population: a seed, mutants of it, and random points of its size.

        Parameters
        ----------
        seed
            A good point to start from. Default None: random points of any size.
        around
            Whether the seed and its mutants are in. Default True.
        starts
            More good points, instead of as many mutants and random points. Default none.
        """
        lower, _ = self.bounds
        count = self.breeding.population
        self.members = []
        if seed is None:
            self._fresh = sprinkle(self.rng, count, self.bounds, None)
            return
        chosen = int((seed > lower).sum())
        typical = chosen / max(len(lower), 1)
        if not around:
            self._fresh = sprinkle(self.rng, count, self.bounds, typical)
            return
        starts = [seed, *starts][:count]
        count = min(count, max(self.breeding.brood, len(starts)))
        half = (count - len(starts)) // 2
        strength = chosen * self.rng.uniform(0.05, 0.5, size=(half, 1))
        mutants = mutate(self.rng, np.tile(seed, (half, 1)), self.bounds, strength)
        rest = sprinkle(self.rng, count - len(starts) - half, self.bounds, typical)
        self._fresh = np.concatenate((np.stack(starts), mutants, rest))

    def generate(self) -> list[Individual]:
        """Return the children to be evaluated next."""
        points, self._fresh = self._fresh, None
        if points is None:
            points = self._children()
        return [Individual(point) for point in points]

    def _children(self) -> IntArray:
        how, rng = self.breeding, self.rng
        parents = np.stack([member.point for member in self.members])
        picked = tournament(rng, len(parents), 2 * how.brood, how.tournament)
        first, second = parents[picked[::2]], parents[picked[1::2]]
        children = cross(rng, first, second, self.block, how.segments)
        crossed = rng.random((how.brood, 1)) < how.crossover
        children = np.where(crossed, children, first)
        # A child that equals a parent would only be found to be a duplicate.
        same = np.all(children == first, axis=1) | np.all(children == second, axis=1)
        changes = np.where(same, max(how.mutation, 1.0), how.mutation)
        children = mutate(rng, children, self.bounds, changes[:, None])
        if self.immigrant is not None:
            for k in np.flatnonzero(rng.random(how.brood) < how.immigration):
                point = self.immigrant()
                if point is not None:
                    children[k] = point
        return children

    def update(self, children: list[Individual]) -> None:
        """Take evaluated children in: the elite and they compete for the places."""
        pool = self.members[: self.breeding.elite] + children
        pool.sort(key=lambda one: one.fitness, reverse=True)
        unique: dict[bytes, Individual] = {}
        for one in pool:
            unique.setdefault(one.point.tobytes(), one)
        self.members = list(unique.values())[: self.breeding.population]

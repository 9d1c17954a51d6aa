"""Evolution of a population of repaired and locally improved points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver

_RANGES: dict[str, tuple[float, float]] = {
    "population": (4, 100_000),
    "brood": (1, 100_000),
    "elite": (0, 1),
    "tournament": (1, 1_000),
    "crossover": (0, 1),
    "segments": (0, 1),
    "mutation": (0, 1_000),
    "immigration": (0, 1),
    "passes": (0, 1_000),
    "effort": (1, 1_000_000),
    "tabu": (0, 1_000_000),
    "patience": (1, 1_000_000),
    "restarts": (0, 1_000_000_000),
}
_WHOLE = (
    "population",
    "brood",
    "tournament",
    "passes",
    "effort",
    "tabu",
    "patience",
    "restarts",
)


@dataclass(frozen=True)
class Genetic(Solver):
    """Memetic search: tournaments, crossover, mutation, repair, local search of each child.

    Each generation, parents that won tournaments give a few children. A child takes each
    variable from either parent; an item with its steps, or a class of which exactly one is
    chosen, comes from one parent whole. Some of its variables change at random. Some
    children are immigrants instead: points at which `local` would begin a round, half way
    between two elites or with other communities (`bundlesolve.solvers.openings`). Then a
    child's broken hard rows are mended by the moves that lose least worth per violation
    removed, and it is searched around by the steps that `local` takes for a program of this
    form (`bundlesolve.solvers.forms`), so that the population is one of elites (Moscato,
    "On evolution, search, optimization, genetic algorithms and martial arts", Caltech
    report 826, 1989; repair as in Chu and Beasley, Journal of Heuristics 4, 1998). Elite
    and children, duplicates removed, compete for the next generation. A population that
    stagnates is replaced, by random points or by the best point, mutants of it and random
    points in turn; the first one grows around the incumbent and the best communities.

    DEAP (Fortin et al., JMLR 13, 2012) supplies the ask-and-tell loop; its operators, which
    draw from global generators, are not used.

    Parameters
    ----------
    population
        Points kept; 4 to 100,000. Default 24: on Billionnet-Soutif instances of 200 and 300
        items it found the optimum several times sooner than 60, and 100 was slower still.
    brood
        Children of a generation, and points that a population around the best one begins
        with, at least; 1 to 100,000. Default 6: a child takes milliseconds to tens of them.
    elite
        Share of the members, the best, that compete with their children; 0 to 1. Default
        1 (the "plus" selection of Schwefel, 1981), for duplicates are removed anyway.
    tournament
        Members drawn of which the best becomes a parent; 1 (no pressure) to 1,000. Default
        2 (Goldberg and Deb, 1991).
    crossover
        Probability that a child has two parents; 0 to 1. Default 0.9.
    segments
        Probability that crossover exchanges what lies between two cuts, which keeps
        bundles whole, instead of choosing at random for each variable (Syswerda, 1989); 0
        to 1. Default 0.2.
    mutation
        Expected number of variables of a child that go up, and that go down; 0 to 1,000.
        At least 1 for a child that equals one of its parents. Default 1.
    immigration
        Probability that a child is an immigrant, where there are any; 0 to 1. Default 0.3.
    passes
        Most rounds of flips and swaps of a child before its local search; 0 to 1,000.
        Default 0: they take longer than the local search and add nothing to it.
    effort
        Most elementary operations on a child before its local search, per variable; 1 to
        1,000,000. Default 1000.
    tabu
        Steps without a better point that end the local search of a child; 0 (none) to
        1,000,000. Default 100. There is none from 20,000 variables on.
    patience
        Generations without a better best member after which a population counts as
        stagnated; 1 or more. Default 15.
    restarts
        New populations in a row that may bring no better point before the search ends; 0
        or more. Default 20. Under a limit of time or steps it goes on until that.
    """

    name: ClassVar[str] = "genetic"
    summary: ClassVar[str] = "evolves a population of repaired, locally improved points"
    needs: ClassVar[tuple[str, ...]] = ("deap", "numba")
    step: ClassVar[str] = "one child, repaired, improved and evaluated"

    population: int = 24
    brood: int = 6
    elite: float = 1.0
    tournament: int = 2
    crossover: float = 0.9
    segments: float = 0.2
    mutation: float = 1.0
    immigration: float = 0.3
    passes: int = 0
    effort: int = 1000
    tabu: int = 100
    patience: int = 15
    restarts: int = 20

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            kinds = (int,) if name in _WHOLE else (int, float)
            if isinstance(value, bool) or not isinstance(value, kinds):
                kind = "a whole number" if name in _WHOLE else "a number"
                raise InvalidParameter(f"expected {kind} as {name}, found {value!r}")
            if not least <= value <= most:
                raise InvalidParameter(f"expected {name} in {least}..{most}, found {value}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.population import warm_up
        from bundlesolve.kernels.warm import warm_up as warm_up_local

        warm_up()
        warm_up_local()

    def search(self, program: Program, run: Run) -> Proof:
        """Evolve until the run ends, or without limits until nothing better comes."""
        from deap.algorithms import eaGenerateUpdate
        from deap.base import Toolbox

        from bundlesolve.solvers.genetic_nursery import Nursery
        from bundlesolve.solvers.genetic_strategy import Breeding, Strategy

        breeding = Breeding(
            population=self.population,
            brood=self.brood,
            elite=round(self.elite * self.population),
            tournament=self.tournament,
            crossover=self.crossover,
            segments=self.segments,
            mutation=self.mutation,
            immigration=self.immigration,
        )
        nursery = Nursery(program, run, self.passes, self.effort, self.tabu)
        bounds = (program.lower, program.upper)
        strategy = Strategy(breeding, run.rng, bounds, nursery.blocks, nursery.immigrant)
        toolbox = Toolbox()
        toolbox.register("generate", strategy.generate)
        toolbox.register("evaluate", nursery.evaluate)
        # DEAP maps `evaluate` over the children; ours takes all of them at once.
        toolbox.register("map", lambda evaluate, children: evaluate(children))
        toolbox.register("update", strategy.update)
        fruitless = 0
        endless = run.remaining < float("inf") or run.remaining_steps is not None
        while (endless or fruitless <= self.restarts) and not run.should_stop():
            before = run.objective
            seed = strategy.leader if run.incumbent is None else run.incumbent
            # Every other population keeps away from the best point and its basin.
            around = fruitless % 2 == 0
            strategy.restart(seed, around, nursery.starts() if around else ())
            improving = True
            while improving and not run.should_stop():
                best = strategy.best
                eaGenerateUpdate(toolbox, self.patience, verbose=False)
                improving = best is None or strategy.best > best
            fruitless = 0 if run.objective != before else fruitless + 1
        return Proof()

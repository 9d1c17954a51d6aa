"""Evolution of a population of repaired and locally improved points."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from typing import ClassVar

from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Genetic(Solver):
    """Memetic search: tournament, crossover, mutation, repair, local improvement.

    Parameters
    ----------
    population
        Points kept, and children of a generation.
    """

    name: ClassVar[str] = "genetic"
    summary: ClassVar[str] = "evolves a population of repaired, locally improved points"
    needs: ClassVar[tuple[str, ...]] = ("deap", "numba")
    step: ClassVar[str] = "one child, repaired, improved and evaluated"

    population: int = 60
    elite: int = 60
    tournament: int = 2
    crossover: float = 0.9
    segments: float = 0.2
    mutation: float = 1.0
    passes: int = 20
    effort: int = 1000
    patience: int = 15
    restarts: int = 20

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.population import warm_up

        warm_up()

    def search(self, program: Program, run: Run) -> Proof:
        """Evolve until the run ends or `restarts` new populations in a row bring nothing."""
        from deap.algorithms import eaGenerateUpdate
        from deap.base import Toolbox

        from bundlesolve.kernels.population_tables import blocks
        from bundlesolve.solvers.genetic_nursery import Nursery
        from bundlesolve.solvers.genetic_strategy import Breeding, Strategy

        bounds = (program.lower, program.upper)
        pairs = (program.pair_first, program.pair_second, program.pair_worth)
        matrix = (program.row_start, program.row_var, program.row_coef)
        limits = (program.row_low, program.row_high, program.row_soft, program.row_penalty)
        breeding = Breeding(**{f.name: getattr(self, f.name) for f in fields(Breeding)})
        block = blocks(bounds, pairs, matrix, limits)
        strategy = Strategy(breeding, run.rng, bounds, block)
        nursery = Nursery(program, run, self.passes, self.effort)
        toolbox = Toolbox()
        toolbox.register("generate", strategy.generate)
        toolbox.register("evaluate", nursery.evaluate)
        toolbox.register("map", lambda evaluate, children: evaluate(children))
        toolbox.register("update", strategy.update)
        fruitless = 0
        while fruitless <= self.restarts and not run.should_stop():
            before = run.objective
            strategy.restart(run.incumbent)
            improving = True
            while improving and not run.should_stop():
                best = strategy.best
                eaGenerateUpdate(toolbox, self.patience, verbose=False)
                improving = best is None or strategy.best > best
            fruitless = 0 if run.objective != before else fruitless + 1
        return Proof()

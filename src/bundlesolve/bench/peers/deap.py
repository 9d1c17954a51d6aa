"""DEAP as its tutorials would: lists of bits, stock operators, ``eaSimple``, a penalty."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from bundlesolve.bench.peers.penalty import Penalised
from bundlesolve.bench.peers.run import PeerEnd, PeerRun

SUMMARY = "DEAP as its tutorial would, eaSimple"
NEEDS = ("deap",)
MODULES = ("deap",)

POPULATION = 300
CROSSOVER, MUTATION, FLIP = 0.5, 0.2, 0.05
"""The tutorial's."""


def solve_peer(run: PeerRun) -> PeerEnd:
    """Run generations until the time is up or the steps are done.

    Raises
    ------
    Refused
        If a variable counts further than one: a bit string does not.
    """
    from deap import algorithms, base, creator, tools

    penalised = Penalised("deap", run.program)
    random.seed(run.seed)
    if not hasattr(creator, "FitnessMax"):
        creator.create("FitnessMax", base.Fitness, weights=(1.0,))
        creator.create("Individual", list, fitness=creator.FitnessMax)
    toolbox = base.Toolbox()
    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register(
        "individual",
        tools.initRepeat,
        creator.Individual,
        toolbox.bit,
        n=run.program.num_vars,
    )
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)

    def evaluate(individual: list[int]) -> tuple[float]:
        return (penalised.value(np.array(individual, dtype=np.int64)),)

    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutFlipBit, indpb=FLIP)
    toolbox.register("select", tools.selTournament, tournsize=3)
    population = toolbox.population(n=POPULATION)
    if run.start is not None:
        population[0] = creator.Individual(run.start.tolist())
    best: Any = tools.HallOfFame(1)
    generation = 0
    while run.remaining > 0.02 and generation < (run.stop.steps or 1 << 60):
        population, _ = algorithms.eaSimple(
            population, toolbox, CROSSOVER, MUTATION, 1, halloffame=best, verbose=False
        )
        generation += 1
        x = np.array(best[0], dtype=np.int64)
        if run.program.is_feasible(x):
            run.point(x, generation)
    return PeerEnd(words=f"DEAP: {generation} generations of {POPULATION}")

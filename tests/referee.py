"""The truth about a small instance, by enumeration, and what a method may not claim."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from bundlesolve.model import Instance, check, compile
from bundlesolve.model.solution import Solution, Status
from bundlesolve.run import Run
from bundlesolve.solvers.brute import Brute
from bundlesolve.stop import Stop


def best_by_judge(instance: Instance) -> int | None:
    """Return the best objective over all units by the judge alone; None if infeasible.

    Plain Python over the instance: shares nothing with the canonical form.
    """
    ranges = [range(int(u) + 1) for _ in instance.bundles for u in instance.max_units]
    best: int | None = None
    for cells in product(*ranges):
        units = np.array(cells, dtype=np.int64)
        verdict = check(instance, units.reshape(instance.num_bundles, instance.n))
        if verdict.feasible and (best is None or verdict.objective > best):
            best = verdict.objective
    return best


def best_by_brute(instance: Instance) -> int | None:
    """Return the best objective by enumerating the canonical form; None if infeasible."""
    program = compile(instance).program
    solver = Brute()
    assert solver.refuses(program) is None
    run = Run(program, Stop(), np.random.default_rng(0), "brute")
    proof = solver.search(program, run)
    assert proof.infeasible == (run.objective is None)
    return run.objective


@dataclass(frozen=True)
class Disagreement:
    """A claim of a method that enumeration refutes."""

    method: str
    claim: str
    truth: int | None

    def __str__(self) -> str:
        return f"{self.method}: {self.claim}, truth {self.truth}"


def disagreements(solution: Solution, truth: int | None) -> list[Disagreement]:
    """Return every claim of a solution that the true optimum refutes."""
    wrong = []
    claims = [
        (solution.status is Status.INFEASIBLE and truth is not None, "infeasible"),
        (solution.units is not None and truth is None, "an answer"),
        (solution.objective is None and solution.status is Status.OPTIMAL, "no worth"),
    ]
    if truth is not None:
        objective, bound = solution.objective, solution.bound
        optimal = solution.status is Status.OPTIMAL
        claims += [
            (optimal and objective != truth, f"optimal {objective}"),
            (objective is not None and objective > truth, f"worth {objective}"),
            (bound is not None and bound < truth, f"bound {bound}"),
        ]
    if solution.units is not None:
        verdict = check(solution.instance, solution.units)
        claims += [
            (not verdict.feasible, "feasible"),
            (verdict.objective != solution.objective, f"objective {solution.objective}"),
        ]
    for is_wrong, claim in claims:
        if is_wrong:
            wrong.append(Disagreement(solution.method, claim, truth))
    return wrong

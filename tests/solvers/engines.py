"""Programs and helpers for the tests of the engines, and an engine that does as told."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from bundlesolve.generate.small import Small
from bundlesolve.model import compile
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.solvers.brute import Brute
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.messages import Bound, Done, Job, Point, Steps
from bundlesolve.solvers.report import Report
from bundlesolve.stop import Stop, StopReason

FOREVER = 3600


def small(seed: int) -> Program:
    """A tiny program with every part of the model."""
    return compile(Small().make(seed)).program


def knapsack(n: int, seed: int = 1, density: float = 1.0, share: int = 4) -> Program:
    """A quadratic knapsack in the manner of Gallo, Hammer and Simeone (1980)."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    kept = rng.random(len(first)) < density
    weight = rng.integers(1, 51, n)
    return Program(
        lower=np.zeros(n, dtype=np.int64),
        upper=np.ones(n, dtype=np.int64),
        worth=rng.integers(0, 101, n),
        pair_first=first[kept],
        pair_second=second[kept],
        pair_worth=rng.integers(1, 101, int(kept.sum())),
        row_start=integers([0, n]),
        row_var=np.arange(n),
        row_coef=weight,
        row_low=integers([0]),
        row_high=integers([int(weight.sum()) // share]),
        row_soft=integers([0]),
        row_penalty=integers([0]),
    )


def truth(program: Program) -> int | None:
    """The optimum by enumeration; None if there is no feasible point."""
    return searched(Brute(), program)[0].objective


def searched(
    solver: Solver,
    program: Program,
    stop: Stop = Stop(),  # noqa: B008 - frozen
    start: IntArray | None = None,
) -> tuple[Run, Proof]:
    """Run a solver without `solve` around it."""
    run = Run(program, stop, np.random.default_rng(7), solver.name)
    if start is not None:
        run.offer(start, "start")
    proof = solver.search(program, run)
    if proof.bound is not None:
        run.offer_bound(proof.bound)
    return run, proof


def proves_truth(solver: Solver, program: Program) -> bool:
    """Tell whether a solver, left alone, proves exactly what enumeration finds."""
    best = truth(program)
    run, proof = searched(solver, program)
    if best is None:
        return proof.infeasible and run.objective is None
    return run.objective == best == run.bound and not proof.infeasible


def told(run: Run) -> list[tuple[int, int | None, int | None]]:
    """Both traces of a run without the clock."""
    return [(i.steps, i.objective, i.bound) for i in run.trace + run.bound_trace]


@dataclass(frozen=True)
class Told(EngineSolver):
    """An engine that does one thing it is told."""

    name: ClassVar[str] = "told"
    summary: ClassVar[str] = "does as told"
    step: ClassVar[str] = "one message"

    behaviour: str = "hang"
    reduce: bool = field(default=False, kw_only=True)

    @classmethod
    def load(cls) -> None:
        """Nothing to import."""

    def work(self, job: Job, report: Report) -> Done:
        """Do it."""
        done: Done = getattr(self, f"_{self.behaviour}")(job, report)
        return done

    def _hang(self, job: Job, report: Report) -> Done:
        report.point(job.program.lower)
        time.sleep(FOREVER)
        return Done()

    def _crash(self, job: Job, report: Report) -> Done:
        report.point(job.program.lower)
        return self._crash_at_once(job, report)

    def _crash_at_once(self, job: Job, report: Report) -> Done:
        os.write(2, b"famous last words")
        os.abort()

    def _raise(self, job: Job, report: Report) -> Done:
        raise ValueError("the engine dislikes it")

    def _shout(self, job: Job, report: Report) -> Done:
        sys.stdout.write("a banner")
        sys.stdout.flush()
        os.write(1, b"another banner\n")
        return Done()

    def _infeasible(self, job: Job, report: Report) -> Done:
        return Done(infeasible=True)

    def _low_bound(self, job: Job, report: Report) -> Done:
        report.point(job.program.lower)
        worst = -(2**40)
        report._send(Bound(worst))
        report._send(Bound(worst + 1))
        return Done()

    def _broken_point(self, job: Job, report: Report) -> Done:
        report._send(Point(job.program.upper + 1))
        return Done()

    def _steps(self, job: Job, report: Report) -> Done:
        report._send(Steps(2))
        report.point(job.program.lower)
        report.steps(job.steps or 0)
        return Done(limit=StopReason.STEP_LIMIT)

    def _pid(self, job: Job, report: Report) -> Done:
        report._send(Bound(os.getpid()))
        return Done()

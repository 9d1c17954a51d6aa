"""Which runs a suite asks for."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from bundlesolve.bench.instances import Problem, problems
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.record import Key
from bundlesolve.bench.seeds import seed_of
from bundlesolve.bench.suite import MEGABYTE, MethodSpec, Suite


class Job(msgspec.Struct, frozen=True):
    """One run to do; travels to the child as JSON.

    Parameters
    ----------
    suite, repetition, seed
        As in the record.
    problem, method, limits
        What is run on what, within which limits.
    """

    suite: str
    problem: Problem
    method: MethodSpec
    seed: int
    repetition: int
    limits: Limits

    @property
    def key(self) -> Key:
        """What identifies its record."""
        return Key(
            self.suite,
            self.problem.name,
            self.problem.select,
            self.method.title,
            self.seed,
            self.repetition,
        )


def plan(
    suite: Suite, sets: Path | None, folder: Path, filters: Sequence[str] = ()
) -> list[Job]:
    """Return the runs of a suite.

    The methods take turns on each instance, so that an hour in which the machine is slow
    is bad for all of them.

    Parameters
    ----------
    suite
        The suite.
    sets
        Folder of the public sets, None: none.
    folder
        Folder of the suite's file.
    filters
        Keep only runs of which ``instance@select method`` contains each of these; with
        ``*`` they are patterns for the whole of it.
    """
    jobs = []
    for problem in problems(suite.instances, sets, folder):
        limits = _limits(suite, problem)
        for seed, repetition in _seeds(suite, problem):
            for method in suite.specs:
                if _kept(f"{problem.title} {method.title}", filters):
                    jobs.append(  # noqa: PERF401 - three loops and a test in one line?
                        Job(suite.name, problem, method, seed, repetition, limits)
                    )
    return jobs


def _seeds(suite: Suite, problem: Problem) -> list[tuple[int, int]]:
    numbers = range(suite.repetitions)
    if suite.seeds is None:
        return [(seed_of(suite.name, problem.title, k), k) for k in numbers]
    return [(seed, k) for seed in suite.seeds for k in numbers]


def _limits(suite: Suite, problem: Problem) -> Limits:
    stop = suite.stop
    return Limits(
        seconds=stop.seconds,
        steps=stop.steps,
        gap=stop.gap,
        target=problem.known.value if stop.target else None,
        grace=suite.grace,
        memory=None if suite.memory is None else suite.memory * MEGABYTE,
        threads=suite.threads,
    )


def _kept(text: str, filters: Sequence[str]) -> bool:
    return all(fnmatchcase(text, one) if "*" in one else one in text for one in filters)

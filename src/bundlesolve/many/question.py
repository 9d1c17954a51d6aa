"""What is asked about every instance, and what goes to a worker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bundlesolve.many.source import Source
from bundlesolve.model.instance import Instance
from bundlesolve.solvers.base import Solver
from bundlesolve.stop import Stop


@dataclass(frozen=True)
class Question:
    """How every instance is solved; see `bundlesolve.solve`.

    Parameters
    ----------
    solver
        Method and parameters.
    stop
        Limits of each instance.
    seed
        Seed of each instance.
    certify
        Whether to prove a bound where the method does not.
    """

    solver: Solver
    stop: Stop
    seed: int
    certify: bool

    @cached_property
    def digest(self) -> str:
        """Twelve digits that tell this question from others."""
        told = (self.solver.name, self.solver.parameters(), self.stop, self.seed)
        return hashlib.sha256(repr((*told, self.certify)).encode()).hexdigest()[:12]


class Setup(NamedTuple):
    """First message to a worker."""

    question: Question
    parent: int


class Task(NamedTuple):
    """Every further message to a worker: one instance."""

    number: int
    source: Instance | Source

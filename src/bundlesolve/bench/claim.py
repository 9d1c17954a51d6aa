"""What a contender says it did, before anybody has judged it; and what a contender is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, NamedTuple

from bundlesolve.bench.limits import Limits
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Status
from bundlesolve.stop import Stop


class Step(NamedTuple):
    """A step of a claimed trace, its value in the instance's smallest unit."""

    seconds: float
    steps: int
    value: int


@dataclass(frozen=True)
class Claim:
    """What a contender says it did. All values maximise, in the instance's smallest unit.

    Parameters
    ----------
    status
        What it says it holds.
    units
        Its answer, shape ``[K, n]``; None without.
    objective
        What it says the answer is worth; None: it does not say.
    bound
        What it says is proved; None: nothing.
    incumbents, bounds
        How it says it got there; may be empty.
    stop_reason
        Why it ended; empty: it does not say.
    split
        Seconds of its stages by name.
    versions
        Of what it runs on.
    note
        What else is to be told.
    """

    status: Status
    units: IntArray | None = None
    objective: int | None = None
    bound: int | None = None
    incumbents: tuple[Step, ...] = ()
    bounds: tuple[Step, ...] = ()
    stop_reason: str = ""
    split: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Call:
    """What a contender is called with.

    Parameters
    ----------
    instance
        The problem.
    stop
        When to end; ``target`` is in the instance's smallest unit.
    seed
        Seed of all randomness.
    limits
        The run's limits, threads among them.
    """

    instance: Instance
    stop: Stop
    seed: int
    limits: Limits


class Contender(ABC):
    """Who takes part: a solver of ours, a peer, or somebody else's command."""

    @abstractmethod
    def absent(self) -> str | None:
        """Return what is missing to take part; None when nothing is."""

    @abstractmethod
    def warm_up(self, call: Call) -> None:
        """Do what is outside the clock: imports, compiling, writing the instance down."""

    @abstractmethod
    def solve(self, call: Call) -> Claim:
        """Solve; the clock runs around this."""

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {}


def versions_of(*packages: str) -> dict[str, str]:
    """Return the versions of installed packages, others left out."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def steps_of(trace: Iterable[Improvement], what: str) -> tuple[Step, ...]:
    """Return a solution's trace as a claim's; ``what`` is ``objective`` or ``bound``."""
    values = [(moment, getattr(moment, what)) for moment in trace]
    return tuple(Step(m.seconds, m.steps, v) for m, v in values if v is not None)

"""What the harness and the process of a run say to each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from bundlesolve import __version__
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record, RunStatus

Phase = Literal["ready", "done", "judged"]


class Message(msgspec.Struct):
    """What the child tells.

    Parameters
    ----------
    phase
        Where it stands.
    record
        The run as far as it is known.
    """

    phase: Phase
    record: Record


class Assignment(msgspec.Struct):
    """What the parent tells.

    Parameters
    ----------
    job
        The run to do.
    started
        Unix time at which the parent started the child.
    parent
        Process number of the parent.
    """

    job: Job
    started: float
    parent: int


def blank(job: Job, status: RunStatus = RunStatus.FAILED) -> Record:
    """Return the record of a job of which nothing is known yet."""
    known = job.problem.known
    return Record(
        *job.key,
        status=status,
        minimise=None,
        best_known=known.value,
        best_known_proved=known.proved,
        known_infeasible=known.infeasible,
        rounding=known.rounding,
        kind=job.method.kind,
        parameters=job.method.parameters,
        limits=job.limits,
        versions={"bundlesolve": __version__},
    )

"""One run in a process of its own: ``python -m bundlesolve.bench.child``.

The job comes as one line of JSON on stdin, messages go out as lines of JSON on what was
stdout: ``ready`` when the clock starts, ``done`` when it has stopped, ``judged`` last, each
with the record as far as it is known. File descriptor 1 is the null device meanwhile, so
whatever a method prints does not disturb. The process ends with its parent.
"""

from __future__ import annotations

import os
import sys
import time

BORN = time.time()
"""When the first line of ours ran."""

import resource  # noqa: E402 - what comes before is timed
import threading  # noqa: E402
import traceback  # noqa: E402
from dataclasses import replace  # noqa: E402
from decimal import ROUND_CEILING, Decimal  # noqa: E402
from typing import NoReturn  # noqa: E402

import msgspec  # noqa: E402

from bundlesolve.bench.claim import Call  # noqa: E402
from bundlesolve.bench.contenders import contender  # noqa: E402
from bundlesolve.bench.judge import judged  # noqa: E402
from bundlesolve.bench.messages import Assignment, Message, Phase, blank  # noqa: E402
from bundlesolve.bench.plan import Job  # noqa: E402
from bundlesolve.bench.record import Record, RunStatus  # noqa: E402
from bundlesolve.errors import MissingExtra, Refused, WrongAnswer  # noqa: E402
from bundlesolve.isolated.guest import end_with, leave, say, take_pipe  # noqa: E402
from bundlesolve.model.instance import Instance  # noqa: E402
from bundlesolve.stop import Stop  # noqa: E402

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Child:
    """Does one job and tells how it goes.

    Parameters
    ----------
    out
        File descriptor for the messages.
    """

    def __init__(self, out: int) -> None:
        self._out = out
        self._setup: dict[str, float] = {}

    def tell(self, phase: Phase, record: Record) -> None:
        """Send a message."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
        record = replace(record, setup=dict(self._setup), peak_memory=peak)
        say(self._out, msgspec.json.encode(Message(phase, record)) + b"\n")

    def do(self, assignment: Assignment) -> None:
        """Do a job, whatever happens."""
        job = assignment.job
        self._setup["interpreter"] = max(0.0, BORN - assignment.started)
        record = blank(job)
        try:
            self._run(job, record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a record
            self.tell("judged", failure(record, error))

    def _run(self, job: Job, record: Record) -> None:
        player = contender(job.method, job.limits.threads)
        missing = player.absent()
        self._setup["imports"] = time.time() - BORN
        if missing is not None:
            told = f"{missing} is not there"
            self.tell("judged", replace(record, status=RunStatus.ABSENT, error=told))
            return
        began = time.perf_counter()
        instance = job.problem.load()
        record = described(record, instance)
        self._setup["read"] = time.perf_counter() - began
        record = replace(record, parameters={**record.parameters, **player.parameters()})
        call = Call(instance, stop_of(job, record, instance), job.seed, job.limits)
        began = time.perf_counter()
        player.warm_up(call)
        self._setup["warm_up"] = time.perf_counter() - began
        self.tell("ready", record)
        began = time.perf_counter()
        try:
            claim = player.solve(call)
        except Exception as error:  # noqa: BLE001 - the method's, and to be told
            record = replace(record, seconds=time.perf_counter() - began)
            self.tell("judged", failure(record, error))
            return
        seconds = time.perf_counter() - began
        self.tell("done", replace(record, seconds=seconds))
        began = time.perf_counter()
        record = judged(record, instance, claim, seconds)
        self._setup["judge"] = time.perf_counter() - began
        self.tell("judged", record)


def described(record: Record, instance: Instance) -> Record:
    """Return the record with what the instance says about itself."""
    return replace(
        record,
        minimise=instance.minimise,
        items=instance.n,
        pairs=len(instance.synergies),
        bundles=instance.num_bundles,
        fingerprint=instance.fingerprint,
    )


def stop_of(job: Job, record: Record, instance: Instance) -> Stop:
    """Return a job's limits in the instance's own unit.

    The target is the least whole worth that is as good as the best known value, less the
    rounding of that.
    """
    target = None
    if job.limits.target is not None:
        aim = record.signed(job.limits.target) - Decimal(record.rounding)
        scaled = aim.scaleb(instance.decimals)
        target = int(scaled.to_integral_value(ROUND_CEILING))
    limits = job.limits
    return Stop(limits.seconds, limits.steps, limits.gap, target)


def failure(record: Record, error: Exception) -> Record:
    """Return the record of a run that raised an error."""
    status = RunStatus.FAILED
    if isinstance(error, Refused):
        status = RunStatus.REFUSED
    elif isinstance(error, MissingExtra):
        status = RunStatus.ABSENT
    elif isinstance(error, WrongAnswer):
        status = RunStatus.UNVERIFIED
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
    return replace(
        record, status=status, error=f"{type(error).__name__}: {error} ({where})"
    )


def main() -> NoReturn:
    """Do the job on stdin, then end at once, with all that was started."""
    out = take_pipe()
    line = sys.stdin.buffer.readline()
    assignment = msgspec.json.decode(line, type=Assignment)
    end_with(assignment.parent)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    Child(out).do(assignment)
    leave()


def _end_with_stdin() -> None:
    """End when the parent closes stdin, which it does by ending."""
    while os.read(0, 1 << 12):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()

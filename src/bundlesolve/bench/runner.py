"""Does the runs of a plan, one or a few at a time, each into the file as it ends."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

import msgspec

from bundlesolve.bench.execution import Execution
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record, read_records
from bundlesolve.isolated.appender import Appender
from bundlesolve.isolated.tree import adopting

LONGEST_PAUSE = 0.25

OnRecord = Callable[[Record], None]


def missing(jobs: Sequence[Job], file: str | os.PathLike[str]) -> list[Job]:
    """Return the runs of which a file has no record."""
    done = {record.key for record in read_records(file)}
    return [job for job in jobs if job.key not in done]


def run(
    jobs: Sequence[Job],
    file: str | os.PathLike[str],
    at_a_time: int = 1,
    on_record: OnRecord | None = None,
) -> None:
    """Do runs and append their records to a file.

    Killed at any moment, by whatever, only the runs in progress are lost.

    Parameters
    ----------
    jobs
        What to do, in this order.
    file
        The file of records; it need not exist.
    at_a_time
        Runs that go on together. Default 1: only then are times worth comparing.
    on_record
        Called with every record once it is on the disk.

    Raises
    ------
    InvalidParameter
        If another process writes the file.
    """
    with Appender(file) as appender, closing(records(jobs, at_a_time)) as ended:
        for record in ended:
            appender.append(msgspec.json.encode(record))
            if on_record is not None:
                on_record(record)


def records(jobs: Sequence[Job], at_a_time: int = 1) -> Generator[Record, None, None]:
    """Do runs and yield their records as they end; those in progress end with us."""
    waiting = list(reversed(jobs))
    running: list[Execution] = []
    with adopting():
        try:
            while waiting or running:
                while waiting and len(running) < at_a_time:
                    running.append(Execution(waiting.pop(), at_a_time))
                pause = min(LONGEST_PAUSE, *(one.pause for one in running))
                select.select([one.pipe for one in running], [], [], pause)
                for one in [*running]:
                    record = one.watch()
                    if record is not None:
                        running.remove(one)
                        yield record
        finally:
            for one in running:
                one.end()

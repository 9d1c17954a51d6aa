"""One run from outside: a child process under watch."""

from __future__ import annotations

import contextlib
import os
import select
import time
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from bundlesolve.bench.machine import this_machine
from bundlesolve.bench.messages import Assignment, Message, blank
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record, RunStatus
from bundlesolve.bench.revision import revision
from bundlesolve.isolated.host import Host

SETUP_SECONDS = 600.0
"""Most that reading an instance and warming up may take."""
JUDGE_SECONDS = 600.0
UNTIMED_SECONDS = 3600.0
"""Most that a run may take which is limited by steps alone."""
FIRST_LOOK, LAST_LOOK = 0.02, 0.25
"""Seconds between two looks at the memory: at first, and in the long run."""


class Execution:
    """One run while it goes on; started at once.

    Parameters
    ----------
    job
        What to do.
    jobs
        How many runs go on at a time, for the record.
    """

    def __init__(self, job: Job, jobs: int = 1) -> None:
        self._job = job
        self._record = replace(
            blank(job),
            machine=this_machine(),
            jobs=jobs,
            revision=revision(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._buffer = b""
        self._phase = "setup"
        self._ended = False
        self._final: Record | None = None
        self._pause = FIRST_LOOK
        self._look = 0.0
        self._began = self._since = time.perf_counter()
        started = time.time()
        self._host = Host("bundlesolve.bench.child", job.limits.threads)
        self.pipe = self._host.pipe
        self._assign(started)

    def _assign(self, started: float) -> None:
        assignment = Assignment(self._job, started, os.getpid())
        with contextlib.suppress(BrokenPipeError):
            self._host.stdin.write(msgspec.json.encode(assignment) + b"\n")

    # -- under watch ------------------------------------------------------------------

    @property
    def pause(self) -> float:
        """Seconds until it wants to be looked at again, unless it says something."""
        wait = min(self._look, self._deadline) - time.perf_counter()
        return max(0.0, wait)

    def watch(self) -> Record | None:
        """Take in what there is; return the record once the run has ended."""
        self._read()
        now = time.perf_counter()
        if self._final is None and not self._ended:
            if now >= self._deadline:
                self._final = self._overdue()
            elif now >= self._look:
                self._look_at_memory(now)
        if self._final is None and self._ended:
            self._final = self._crashed()
        return None if self._final is None else self._finish(self._final)

    @property
    def _deadline(self) -> float:
        limits = self._job.limits
        if self._phase == "setup":
            return self._since + SETUP_SECONDS
        if self._phase == "done":
            return self._since + JUDGE_SECONDS
        return self._since + (limits.seconds or UNTIMED_SECONDS) + limits.grace

    def _read(self) -> None:
        while not self._ended and select.select([self.pipe], [], [], 0)[0]:
            data = os.read(self.pipe, 1 << 20)
            self._ended = not data
            self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._take(msgspec.json.decode(line, type=Message))

    def _take(self, message: Message) -> None:
        mine = self._record
        self._record = replace(
            message.record,
            machine=mine.machine,
            jobs=mine.jobs,
            revision=mine.revision,
            started=mine.started,
        )
        self._phase = message.phase
        self._since = time.perf_counter()
        if message.phase == "judged":
            self._final = self._record

    def _look_at_memory(self, now: float) -> None:
        resident, limit = self._host.tree.resident(), self._job.limits.memory
        if limit is not None and resident > limit:
            told = f"it held {resident} bytes of {limit}"
            self._final = replace(
                self._record,
                status=RunStatus.CRASHED,
                stop_reason="memory_limit",
                seconds=self._in_the_clock(),
                error=told,
            )
        self._look = now + self._pause
        self._pause = min(LAST_LOOK, self._pause * 1.5)

    def _in_the_clock(self) -> float | None:
        if self._phase == "ready":
            return time.perf_counter() - self._since
        return self._record.seconds

    def _overdue(self) -> Record:
        where = {
            "setup": ("reading and warm-up took", SETUP_SECONDS, RunStatus.FAILED),
            "done": ("judging took", JUDGE_SECONDS, RunStatus.FAILED),
        }
        limit = self._job.limits.seconds or UNTIMED_SECONDS
        what, most, status = where.get(
            self._phase, ("it went on for", limit + self._job.limits.grace, RunStatus.LATE)
        )
        told = f"{what} more than {most:g} s"
        return replace(
            self._record, status=status, seconds=self._in_the_clock(), error=told
        )

    def _crashed(self) -> Record:
        return replace(
            self._record,
            status=RunStatus.CRASHED,
            seconds=self._in_the_clock(),
            error=self._host.last_words(),
        )

    # -- the end ----------------------------------------------------------------------

    def _finish(self, record: Record) -> Record:
        total = time.perf_counter() - self._began
        peak = max(record.peak_memory or 0, self._host.tree.peak) or None
        self.end()
        return replace(record, total_seconds=total, peak_memory=peak)

    def end(self) -> None:
        """End the run and all that it started, and leave nothing behind."""
        self._host.end()

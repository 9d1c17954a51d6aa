"""One run from outside: a child process under watch."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import bundlesolve
from bundlesolve.bench.machine import this_machine
from bundlesolve.bench.messages import Assignment, Message, blank
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record, RunStatus
from bundlesolve.bench.revision import revision
from bundlesolve.bench.tree import ProcessTree

MARK = "BUNDLESOLVE_BENCH_RUN"
SETUP_SECONDS = 600.0
"""Most that reading an instance and warming up may take."""
JUDGE_SECONDS = 600.0
UNTIMED_SECONDS = 3600.0
"""Most that a run may take which is limited by steps alone."""
LAST_WORDS = 2000
"""Characters of stderr that a record of a crash keeps."""
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
        self._home = Path(tempfile.mkdtemp(prefix="bundlesolve-bench-"))
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
        mark = uuid.uuid4().hex
        started = time.time()
        self._process = self._start(mark)
        assert self._process.stdout is not None
        self.pipe = self._process.stdout.fileno()
        self._tree = ProcessTree(self._process.pid, f"{MARK}={mark}")
        self._assign(started)

    def _start(self, mark: str) -> subprocess.Popen[bytes]:
        with (self._home / "stderr").open("wb") as stderr:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "bundlesolve.bench.child"],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                env=self._environment(mark),
            )

    def _environment(self, mark: str) -> dict[str, str]:
        root = str(Path(bundlesolve.__file__).resolve().parents[1])
        paths = [path for path in sys.path if path]
        if root not in paths:
            paths.append(root)
        threads = str(self._job.limits.threads)
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "TMPDIR": str(self._home),
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "NUMBA_NUM_THREADS": threads,
            MARK: mark,
        }

    def _assign(self, started: float) -> None:
        assignment = Assignment(self._job, started, os.getpid())
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            # Stays open: its end tells the child that we are gone.
            self._process.stdin.write(msgspec.json.encode(assignment) + b"\n")

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
        resident, limit = self._tree.resident(), self._job.limits.memory
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
        code = self._process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        words = (self._home / "stderr").read_text(errors="replace").strip()
        told = f"{how}; {words[-LAST_WORDS:]}" if words else how
        return replace(
            self._record,
            status=RunStatus.CRASHED,
            seconds=self._in_the_clock(),
            error=told,
        )

    # -- the end ----------------------------------------------------------------------

    def _finish(self, record: Record) -> Record:
        total = time.perf_counter() - self._began
        peak = max(record.peak_memory or 0, self._tree.peak) or None
        self.end()
        return replace(record, total_seconds=total, peak_memory=peak)

    def end(self) -> None:
        """End the run and all that it started, and leave nothing behind."""
        self._tree.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

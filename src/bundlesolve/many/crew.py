"""One worker from outside: what it has to do, how it is doing, what became of it."""

from __future__ import annotations

import contextlib
import os
import pickle
import time
from collections import deque

from bundlesolve.errors import EngineFailed
from bundlesolve.isolated.frames import Frames, packed
from bundlesolve.isolated.host import Host
from bundlesolve.many.answer import Answer, AnswerStatus, error_line
from bundlesolve.many.question import Question, Setup, Task
from bundlesolve.many.source import identity

AHEAD = 2
"""Tasks that a worker has at a time, so that it need not wait for us between two."""
SETUP_SECONDS = 600.0
"""Most that imports and compiling may take."""
PIPE_BYTES = 1 << 20
"""What a pipe to a worker is to hold: some instances at once, not half of one."""
LOOK_SECONDS = 0.1
"""Between two looks at the memory."""


class Worker:
    """A worker; started at once, its process ended by `end`.

    Parameters
    ----------
    question
        What is asked about every instance.
    grace
        Seconds after the time limit at which its process is ended.
    memory
        Bytes that its process tree may hold; None: no limit.
    """

    def __init__(self, question: Question, grace: float, memory: int | None) -> None:
        self._question = question
        self._memory = memory
        seconds = question.stop.seconds
        self._patience = None if seconds is None else seconds + grace
        self._host = Host("bundlesolve.many.worker")
        self._frames = Frames()
        self._tasks: deque[Task] = deque()
        self._pending = bytearray()
        self._ready = False
        self._since = self._looked = time.monotonic()
        self.pipe = self._host.pipe
        self.stdin = self._host.stdin.fileno()
        os.set_blocking(self.pipe, False)
        os.set_blocking(self.stdin, False)
        _widen(self.stdin)
        self._send(Setup(question, os.getpid()))

    # -- what it has to do ------------------------------------------------------------

    @property
    def load(self) -> int:
        """How many tasks it has."""
        return len(self._tasks)

    @property
    def hungry(self) -> bool:
        """True when it should get a task."""
        return len(self._tasks) < AHEAD

    @property
    def idle(self) -> bool:
        """True when it has nothing to do."""
        return not self._tasks

    @property
    def writing(self) -> bool:
        """True while something waits to be written to it."""
        return bool(self._pending)

    def give(self, task: Task) -> None:
        """Give it a task."""
        if not self._tasks:
            self._since = time.monotonic()
        self._tasks.append(task)
        self._send(task)

    def _send(self, message: Setup | Task) -> None:
        self._pending += packed(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        self.write()

    def write(self) -> None:
        """Write as much as it takes now."""
        # BrokenPipeError: it is gone, which its own pipe will tell.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            while self._pending:
                written = os.write(self.stdin, memoryview(self._pending)[: 1 << 20])
                del self._pending[:written]
            return
        if self._gone:
            self._pending.clear()

    @property
    def _gone(self) -> bool:
        return self._host.process.poll() is not None

    # -- what it says -----------------------------------------------------------------

    def read(self) -> tuple[list[bytes], bool]:
        """Return the lines that have come, and whether it still lives."""
        lines: list[bytes] = []
        while True:
            try:
                data = os.read(self.pipe, 1 << 20)
            except BlockingIOError:
                return lines, True
            if not data:
                return lines, False
            for body in self._frames.feed(data):
                self._since = time.monotonic()
                if body:
                    self._tasks.popleft()
                    lines.append(body)
                else:
                    self._ready = True

    def trouble(self) -> tuple[AnswerStatus, str] | None:
        """Return why it has to be ended now; None: it may go on."""
        now = time.monotonic()
        spent = now - self._since
        if not self._ready:
            if spent > SETUP_SECONDS:
                return AnswerStatus.LATE, f"warm-up took more than {SETUP_SECONDS:g} s"
            return None
        if self._tasks and self._patience is not None and spent > self._patience:
            return AnswerStatus.LATE, f"it went on for more than {self._patience:g} s"
        if self._memory is not None and now - self._looked > LOOK_SECONDS:
            self._looked = now
            held = self._host.tree.resident()
            if held > self._memory:
                return AnswerStatus.CRASHED, f"it held {held} bytes of {self._memory}"
        return None

    # -- what became of it ------------------------------------------------------------

    def bury(
        self, trouble: tuple[AnswerStatus, str] | None
    ) -> tuple[bytes | None, list[Task]]:
        """End it; return the line of the task it died of, and the tasks it leaves.

        Raises
        ------
        EngineFailed
            If it never got ready, so that another one would not either.
        """
        status, told = trouble or (AnswerStatus.CRASHED, self._host.last_words())
        self.end()
        if not self._ready:
            raise EngineFailed(self._question.solver.name, told)
        if not self._tasks:
            return None, []
        task, *left = self._tasks
        name, fingerprint = identity(task.source)
        digest = self._question.digest
        line = error_line(Answer(task.number, name, fingerprint, status, digest, told))
        return line, left

    def end(self) -> None:
        """End its process and whatever that started."""
        self._host.end()


def _widen(pipe: int) -> None:
    """Ask for a pipe that a whole task fits into; 64 KiB are usual."""
    # Not on every platform, nor beyond the system's limit.
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

"""The parent's handle on one engine process, and the idle ones kept for the next job.

The process is started afresh, never forked: engines start threads, and a fork of a process
that has threads hangs; ``multiprocessing`` would run the user's main script again.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import bundlesolve
from bundlesolve.errors import EngineFailed
from bundlesolve.isolated.frames import Frames
from bundlesolve.solvers.messages import Job, Message, frame

logger = logging.getLogger(__name__)

MOST_JOBS = 1000
"""Jobs after which a process is not kept: engines leak, HiGHS through PuLP some 80 kB a
solve."""
MOST_IDLE = 2
"""Idle processes kept for each engine; more than one only after searches in threads."""

REAP_SECONDS = 0.02
LAST_WORDS_SECONDS = 2.0


class EngineProcess:
    """One engine process: started at once, ready when it has imported its engine.

    It leads a session of its own, so Ctrl-C reaches only the parent, and its whole process
    group (CBC is a program of its own) ends with it.

    Parameters
    ----------
    engine
        Name of the solver whose engine it imports while it waits.

    Raises
    ------
    EngineFailed
        If it cannot be started.
    """

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.jobs = 0
        self._frames = Frames()
        self._pending = memoryview(b"")
        self._gone = False
        # Made by the process if its engine writes files, removed by us: a parent that is
        # killed between jobs leaves nothing behind.
        self._home = Path(tempfile.gettempdir()) / f"bundlesolve-{secrets.token_hex(8)}"
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `_close`
        try:
            self._process = self._start()
        except OSError as error:
            self._stderr.close()
            raise EngineFailed(engine, f"cannot start a process: {error}") from None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: PT018 - asked for below
        self._stdin, self._stdout = stdin, stdout
        os.set_blocking(stdin.fileno(), False)
        os.set_blocking(stdout.fileno(), False)

    def _start(self) -> subprocess.Popen[bytes]:
        # Linux sends the parent-death signal when the *thread* that started the child
        # ends, so only the main thread may ask for it.
        main = threading.current_thread() is threading.main_thread()
        command = [sys.executable, "-P", "-m", "bundlesolve.solvers.worker"]
        command += [self.engine, str(os.getpid()), "bound" if main else "free"]
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
            env=_environment(self._home),
        )

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    @property
    def gone(self) -> bool:
        """True once the process has ended or closed its pipe."""
        return self._gone or self._process.poll() is not None

    def send(self, job: Job) -> None:
        """Queue a job; `receive` writes it as fast as the process reads."""
        self.jobs += 1
        self._pending = memoryview(frame(job))

    def receive(self, seconds: float) -> list[Message]:
        """Wait at most ``seconds``; return the messages that came."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        if len(self._pending):
            poll.register(self._stdin, select.POLLOUT)
        ready = dict(poll.poll(1000 * seconds))
        if self._stdin.fileno() in ready:
            self._write()
        if self._stdout.fileno() not in ready:
            return []
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._stdout.fileno(), 1 << 20)
            self._gone = self._gone or not data
            return [pickle.loads(body) for body in self._frames.feed(data)]
        return []

    def _write(self) -> None:
        try:
            written = os.write(self._stdin.fileno(), self._pending)
            self._pending = self._pending[written:]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._pending = self._pending[:0]
            self._gone = True

    def last_words(self) -> str:
        """Return the end of what the process wrote to stderr, and how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS_SECONDS)
        code = self._process.returncode
        how = f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"
        self._stderr.seek(0)
        text = self._stderr.read().decode(errors="replace").strip()
        return f"{how}; {text[-2000:]}" if text else how

    def kill(self, wait: bool = False) -> None:
        """End the process and its group at once, and leave nothing behind.

        Parameters
        ----------
        wait
            Return only when it is gone. Default False: a slow end is waited for in a
            thread, as giving back a gigabyte takes the system a while and a time limit
            cannot wait.
        """
        if self._process.returncode is None:
            # Not reaped yet, so the number still is this process's.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._close()
        try:
            self._bury(None if wait else REAP_SECONDS)
        except subprocess.TimeoutExpired:
            threading.Thread(target=self._bury, args=(None,)).start()

    def _bury(self, seconds: float | None) -> None:
        self._process.wait(seconds)
        shutil.rmtree(self._home, ignore_errors=True)

    def forget(self) -> None:
        """Let go of it in a forked copy of the parent: it is the parent's, not ours."""
        self._process.returncode = 0
        self._close()

    def _close(self) -> None:
        for pipe in (self._stdin, self._stdout, self._stderr):
            with contextlib.suppress(OSError):
                pipe.close()


def _environment(home: Path) -> dict[str, str]:
    """Return our environment, with the parent's import path and a folder for litter."""
    root = str(Path(bundlesolve.__file__).resolve().parents[1])
    paths = [path for path in sys.path if path]
    if root not in paths:
        paths.append(root)
    path = os.pathsep.join(paths)
    return {**os.environ, "PYTHONPATH": path, "TMPDIR": str(home)}


class _Pool:
    """The idle processes of this parent; threads may share it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idle: dict[str, list[EngineProcess]] = {}

    def prepare(self, engine: str) -> None:
        """Make sure that an idle process exists."""
        with self.lock:
            kept = self.idle.setdefault(engine, [])
            for process in [one for one in kept if one.gone]:
                kept.remove(process)
                process.kill()
            if not kept:
                kept.append(EngineProcess(engine))

    def take(self, engine: str) -> EngineProcess:
        """Return a living process that nobody else uses."""
        while True:
            with self.lock:
                kept = self.idle.get(engine, [])
                process = kept.pop() if kept else None
            if process is None:
                return EngineProcess(engine)
            if not process.gone:
                return process
            process.kill()

    def give_back(self, process: EngineProcess) -> None:
        """Keep a process for the next job, unless there are enough."""
        with self.lock:
            kept = self.idle.setdefault(process.engine, [])
            is_fresh = process.jobs < MOST_JOBS and not process.gone
            if len(kept) < MOST_IDLE and is_fresh:
                kept.append(process)
                return
        process.kill()

    def kill_idle(self) -> None:
        """End all idle processes; no thread can be started when the interpreter ends."""
        with self.lock:
            processes = [one for kept in self.idle.values() for one in kept]
            self.idle.clear()
        for process in processes:
            process.kill(wait=True)

    def forget(self) -> None:
        """Start empty in a forked child; a thread that is not here may hold the lock."""
        self.lock = threading.Lock()
        processes = [one for kept in self.idle.values() for one in kept]
        self.idle = {}
        for process in processes:
            process.forget()


POOL = _Pool()
atexit.register(POOL.kill_idle)
os.register_at_fork(after_in_child=POOL.forget)

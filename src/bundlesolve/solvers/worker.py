"""The engine process: ``python -m bundlesolve.solvers.worker ENGINE PARENT bound|free``.

Jobs come as frames on stdin; points, bounds and the end of each go out as frames on what
was stdout. Nothing else reaches that pipe: file descriptor 1 is the null device from the
first moment on, whatever banner an engine prints.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from typing import NoReturn

from bundlesolve.isolated.frames import Frames
from bundlesolve.solvers.base import solver_class
from bundlesolve.solvers.engine import EngineSolver
from bundlesolve.solvers.messages import Failed, Job, Message, frame
from bundlesolve.solvers.report import Report

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 1.0


def main() -> NoReturn:
    """Do jobs until stdin ends or the parent is gone."""
    engine, parent, bound = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "bound"
    out = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if bound and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    # A broken engine is reported by the first job, in words.
    with contextlib.suppress(Exception):
        kind = solver_class(engine)
        if issubclass(kind, EngineSolver):
            kind.load()
    while True:
        for message in _answers(jobs.get(), out):
            _write(out, message)


def _answers(body: bytes, out: int) -> list[Message]:
    """Do one job, telling what is found on the way; return how it ended."""
    try:
        job: Job = pickle.loads(body)
        report = Report(job, lambda message: _write(out, message))
        return [job.solver.work(job, report)]
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is told
        reason = f"{type(error).__name__}: {error}"
        return [Failed(reason, traceback.format_exc())]


_writing = threading.Lock()


def _write(out: int, message: Message) -> None:
    """Write a frame; engines call back from several threads."""
    left = memoryview(frame(message))
    with _writing:
        while left:
            try:
                left = left[os.write(out, left) :]
            except OSError:
                os._exit(0)


def _read(jobs: queue.SimpleQueue[bytes]) -> None:
    """Pass jobs on; at the end of stdin the parent is gone, and so are we."""
    frames = Frames()
    while data := os.read(0, 1 << 20):
        for body in frames.feed(data):
            jobs.put(body)
    os._exit(0)


def _watch(parent: int) -> None:
    """End with the parent also where a fork of it keeps our stdin open."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()

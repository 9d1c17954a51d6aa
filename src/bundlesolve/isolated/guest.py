"""A process of ours from inside: a pipe of its own, and an end with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 1.0


def take_pipe(bound: bool = True) -> int:
    """Return the file descriptor of our messages, and be a guest from now on.

    Descriptor 1 becomes the null device, so that whatever a method prints does not
    disturb; Ctrl-C is the parent's.

    Parameters
    ----------
    bound
        On Linux the system ends us at once with the *thread* that started us. Default True;
        False where that thread may end before its process does.
    """
    out = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    if bound and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return out


def say(out: int, data: bytes) -> None:
    """Write all of a message."""
    left = memoryview(data)
    while left:
        left = left[os.write(out, left) :]


def end_with(parent: int) -> None:
    """End at once if the parent is gone, and in a thread as soon as it is."""
    if os.getppid() != parent:
        os._exit(1)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def leave() -> NoReturn:
    """End now: what runs at exit would wait for threads and engines; the host ends them."""
    sys.stderr.flush()
    os._exit(0)

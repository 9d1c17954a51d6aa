"""Turning Ctrl-C into a polite end: the first one asks, the second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bundlesolve.run import Run


@contextmanager
def interrupts(run: Run) -> Iterator[None]:
    """While inside, the first SIGINT makes ``run`` stop with its incumbent.

    The handler before is restored on the way out and already by that first signal, so a
    second Ctrl-C acts as without us. Outside the main thread nothing is changed, since
    Python delivers signals there only.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        run.interrupt()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

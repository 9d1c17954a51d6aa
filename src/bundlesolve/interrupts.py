"""Turning Ctrl-C into a polite end: the first one asks, the second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bundlesolve.run import Run


class Patience:
    """The signals of a whole command: an answer once found is never lost to one.

    ``holding`` is set once there is an answer. While it is, the first signal only leaves
    its mark in ``asked``, so that checking and writing the answer come to their end. A
    signal before, and a second one, raise `KeyboardInterrupt`.
    """

    def __init__(self) -> None:
        self.asked = False
        self.holding = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle SIGINT."""
        first, self.asked = not self.asked, True
        if not (first and self.holding):
            raise KeyboardInterrupt


@contextmanager
def patience() -> Iterator[Patience]:
    """While inside, SIGINT has `Patience`, and SIGTERM acts like SIGINT.

    For a command only: a library leaves SIGTERM to its program. Outside the main thread
    nothing is changed.
    """
    patient = Patience()
    if threading.current_thread() is not threading.main_thread():
        yield patient
        return

    def like_interrupt(number: int, frame: FrameType | None) -> None:
        # Whoever handles SIGINT now: `interrupts` while a search runs.
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, patient)
    before_term = signal.signal(signal.SIGTERM, like_interrupt)
    try:
        yield patient
    finally:
        signal.signal(signal.SIGTERM, before_term)
        signal.signal(signal.SIGINT, before)


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
        if isinstance(before, Patience):
            before.asked = True

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

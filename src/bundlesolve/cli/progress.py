"""The progress of a search on stderr: one updating line, or some plain ones."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

from bundlesolve.cli.logs import CLEAR
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.improvement import Improvement, relative_gap
from bundlesolve.model.instance import Instance

PLAIN_EVERY = 1.0
"""Least seconds between two plain lines; the first improvement is always told."""
DRAW_EVERY = 0.1


class Progress:
    """Tells improvements on a stream while a search runs.

    On a terminal one line is kept up to date, clock included, and wiped at the end.
    Elsewhere a line is written at the first improvement and then at most every
    `PLAIN_EVERY` seconds.

    Parameters
    ----------
    instance
        What is solved, for the scale of its numbers.
    stream
        Where to. Default: stderr.
    quiet
        True to say nothing. Default False.
    """

    def __init__(
        self, instance: Instance, stream: TextIO | None = None, *, quiet: bool = False
    ) -> None:
        self._decimals = instance.decimals
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._live = not quiet and self._stream.isatty()
        self._last: Improvement | None = None
        self._told = -PLAIN_EVERY
        self._end = threading.Event()
        self._started = time.perf_counter()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the clock and, on a terminal, the line."""
        self._started = time.perf_counter()
        if self._live:
            self._thread = threading.Thread(target=self._redraw, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
            self._write(CLEAR)

    def improved(self, improvement: Improvement) -> None:
        """Take note of an improvement."""
        self._last = improvement
        # The run's clock leaves out what came before it, such as compiling kernels.
        self._started = time.perf_counter() - improvement.seconds
        due = improvement.seconds - self._told >= PLAIN_EVERY
        if not self._live and not self._quiet and due:
            self._told = improvement.seconds
            self._write(self.line(improvement.seconds) + "\n")

    def line(self, seconds: float) -> str:
        """Return time, best, bound, gap and who found the last improvement."""
        if self._last is None:
            return f"{seconds:7.1f} s  starting"
        best = to_decimal(self._last.objective, self._decimals)
        bound = to_decimal(self._last.bound, self._decimals)
        gap = relative_gap(self._last.objective, self._last.bound)
        words = [f"{seconds:7.1f} s", f"best {'-' if best is None else best}"]
        words.append(f"bound {'-' if bound is None else bound}")
        words.append("gap -" if gap is None else f"gap {100 * gap:.3g} %")
        return "  ".join([*words, self._last.source])

    def _redraw(self) -> None:
        while not self._end.wait(DRAW_EVERY):
            self._write(CLEAR + self.line(time.perf_counter() - self._started))

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # Nobody reads stderr any more, which must not end the search.
            self._live, self._quiet = False, True
            self._end.set()

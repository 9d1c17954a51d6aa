"""The progress of work in steps on stderr: a bar on a terminal, else plain lines."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress


class Steps:
    """Tells which step of how many begins.

    Parameters
    ----------
    total
        Number of steps expected.
    shown
        True: also where there is no terminal, in plain lines. False: never. Default
        None: a bar, wiped at the end, if the stream is a terminal.
    stream
        Where to. Default: stderr.
    """

    def __init__(
        self, total: int, *, shown: bool | None = None, stream: TextIO | None = None
    ) -> None:
        self._total = total
        self._done = 0
        self._stream = stream or sys.stderr
        terminal = self._stream.isatty()
        self._plain = bool(shown) and not terminal
        self._live = terminal and shown is not False
        self._bar: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Draw the empty bar."""
        if self._live:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed}/{task.total}"),
                TimeElapsedColumn(),
            )
            console = Console(file=self._stream)
            self._bar = Progress(*columns, console=console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task("start", total=self._total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the bar."""
        if self._bar is not None:
            self._bar.stop()

    def tell(self, step: str) -> None:
        """Say that a step begins; the ones before are done."""
        self._total = max(self._total, self._done + 1)
        if self._bar is not None:
            self._bar.update(
                self._task, description=step, completed=self._done, total=self._total
            )
        self._done += 1
        if self._plain:
            self._stream.write(f"{self._done}/{self._total} {step}\n")
            self._stream.flush()

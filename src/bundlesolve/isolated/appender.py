"""The one writer of a file of lines that must survive a kill."""

from __future__ import annotations

import contextlib
import os
import time
from types import TracebackType
from typing import Self

from bundlesolve.errors import InvalidParameter
from bundlesolve.files.source import display_name


class Appender:
    """Appends lines to a file, each handed to the system before the next.

    Opening cuts off a torn last line and keeps other writers out until it is closed.

    Parameters
    ----------
    file
        The file; made if it is not there.
    every
        Seconds at most between two waits for the disk, which only a power cut needs: what
        was handed to the system outlives us. Default 0: a wait for every line.

    Raises
    ------
    InvalidParameter
        If another process is writing the file.
    """

    def __init__(self, file: str | os.PathLike[str], every: float = 0.0) -> None:
        self._every, self._synced = every, time.monotonic()
        self._name = display_name(file)
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._lock()
            self._cut_torn_line()
        except BaseException:
            os.close(self._handle)
            raise

    def _lock(self) -> None:
        # Not on every platform; there, two writers at once are the user's own doing.
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                expected = "a file that nobody else writes"
                raise InvalidParameter(
                    f"expected {expected}, found {self._name} in use"
                ) from None

    def _cut_torn_line(self) -> None:
        size = os.fstat(self._handle).st_size
        end = size
        while end:
            begin = max(0, end - (1 << 16))
            block = os.pread(self._handle, end - begin, begin)
            newline = block.rfind(b"\n")
            if newline >= 0:
                end = begin + newline + 1
                break
            end = begin
        if end != size:
            os.ftruncate(self._handle, end)

    def append(self, line: bytes) -> None:
        """Write one line, and wait for the disk when it is time to."""
        left = memoryview(line + b"\n")
        while left:
            left = left[os.write(self._handle, left) :]
        if time.monotonic() - self._synced >= self._every:
            self._sync()

    def _sync(self) -> None:
        os.fsync(self._handle)
        self._synced = time.monotonic()

    def close(self) -> None:
        """Let others write; the disk has every line."""
        if self._every:
            self._sync()
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

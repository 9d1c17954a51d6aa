"""A process with all that it started, however far they have gone from it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bundlesolve.isolated.processes import (
    Process,
    all_processes,
    carries,
    children_of,
    one_process,
)

PATIENCE = 5.0
"""Seconds within which killed processes must be gone."""
PAUSE = 0.002
PR_SET_CHILD_SUBREAPER = 36


class ProcessTree:
    """A process and its descendants.

    Descendants are found by their parents while those live. One that has left (a session
    of its own, its parent gone) is still known from before, and on Linux also by a mark in
    the environment that all of them inherit.

    Parameters
    ----------
    root
        Number of the process, a child of ours.
    mark
        ``NAME=value`` as it stands in its environment.
    """

    def __init__(self, root: int, mark: str) -> None:
        self.root = root
        self.peak = 0
        self._mark = mark.encode()
        self._known: dict[int, int] = {}
        process = one_process(root) if sys.platform == "linux" else None
        self._known[root] = process.born if process else 0

    def resident(self) -> int:
        """Return the bytes that all of them hold now; remembers the peak."""
        now = sum(process.resident for process in self._living())
        self.peak = max(self.peak, now)
        return now

    def _living(self) -> list[Process]:
        if sys.platform != "linux":
            return self._living_by_table()
        found: list[Process] = []
        waiting, seen = list(self._known), set()
        while waiting:
            pid = waiting.pop()
            if pid in seen:
                continue
            seen.add(pid)
            process = one_process(pid)
            if process is None or self._known.setdefault(pid, process.born) != process.born:
                self._known.pop(pid, None)
                continue
            found.append(process)
            children = children_of(pid)
            if children is None:
                return self._living_by_table()
            waiting += children
        return [process for process in found if not process.is_zombie]

    def _living_by_table(self) -> list[Process]:
        table = {process.pid: process for process in all_processes()}
        for pid in [*self._known]:
            if pid not in table or table[pid].born != self._known[pid]:
                del self._known[pid]
        grown = True
        while grown:
            grown = False
            for process in table.values():
                if process.parent in self._known and process.pid not in self._known:
                    self._known[process.pid] = process.born
                    grown = True
        return [table[pid] for pid in self._known if not table[pid].is_zombie]

    def kill(self) -> None:
        """End all of them and wait until they are gone."""
        deadline = time.monotonic() + PATIENCE
        ours: set[int] = set()
        while True:
            left = self._living() + self._marked()
            for pid in {process.pid for process in left}:
                # PermissionError: not ours any more, nothing can be done.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            ours |= {process.pid for process in left} | set(self._known)
            self._reap(ours)
            if not left or time.monotonic() > deadline:
                return
            time.sleep(PAUSE)

    def _reap(self, ours: set[int]) -> None:
        """Take leave of those that were adopted; whoever started the root waits for it.

        An orphan that ended before anybody saw it is known by the session that it kept.
        """
        adopted = map(one_process, children_of(os.getpid()) or ()) if _adopting else ()
        kept = {p.pid for p in adopted if p is not None and p.session == self.root}
        for pid in (ours | kept) - {self.root}:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)

    def _marked(self) -> list[Process]:
        """Return those that only their environment gives away."""
        if sys.platform != "linux":
            return []
        ours = os.getpid()
        adopted = children_of(ours) if _adopting else None
        if adopted is None:
            table = [process for process in all_processes() if process.pid != ours]
        else:
            table = [p for p in map(one_process, adopted) if p is not None]
        return [
            process
            for process in table
            if not process.is_zombie and carries(process.pid, self._mark)
        ]


_adopting = False


@contextmanager
def adopting() -> Iterator[None]:
    """While inside, orphans below this process become its children (on Linux).

    So whoever left a tree is found among a few, not by looking at every process there is.
    """
    global _adopting  # noqa: PLW0603 - a property of the process
    if sys.platform != "linux" or _adopting:
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    _adopting = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        _adopting = False

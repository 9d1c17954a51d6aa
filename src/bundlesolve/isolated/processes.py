"""What the system knows about processes: memory, children, and whose they are."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Process(NamedTuple):
    """One process at one moment.

    Parameters
    ----------
    pid, parent
        Numbers.
    session
        Number of the process that leads its session; 0 where that was not asked.
    born
        Start time in the system's ticks: tells a process from a later one of its number.
    resident
        Bytes in memory.
    is_zombie
        True once it has ended and only its number is left.
    """

    pid: int
    parent: int
    session: int
    born: int
    resident: int
    is_zombie: bool


def all_processes() -> list[Process]:
    """Return every process that may be looked at."""
    if sys.platform == "linux":
        found = [one_process(int(p.name)) for p in PROC.iterdir() if p.name.isdigit()]
        return [process for process in found if process is not None]
    return _from_ps()


def one_process(pid: int) -> Process | None:
    """Return a process by its number (on Linux), None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:  # noqa: PTH123 - called often
            text = stream.read()
    except OSError:
        return None
    # The name, in parentheses, may hold anything; count from its end.
    rest = text[text.rindex(b")") + 2 :].split()
    resident = int(rest[21]) * PAGE
    parent, session, born = (int(rest[k]) for k in (1, 3, 19))
    return Process(pid, parent, session, born, resident, rest[0] in b"ZX")


def children_of(pid: int) -> list[int] | None:
    """Return the numbers of a process's children (on Linux); None: cannot be told so."""
    numbers: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - called often
            with open(f"/proc/{pid}/task/{task}/children", "rb") as stream:  # noqa: PTH123
                numbers += map(int, stream.read().split())
    except FileNotFoundError:
        return None if PROC.joinpath(str(pid)).exists() else []
    except OSError:
        return []
    return numbers


def carries(pid: int, mark: bytes) -> bool:
    """Tell whether a process was started with ``mark`` in its environment (on Linux)."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as stream:  # noqa: PTH123
        return mark in stream.read().split(b"\0")
    return False


def _from_ps() -> list[Process]:
    command = ["ps", "-axo", "pid=,ppid=,rss=,state="]
    out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    rows = [line.split() for line in out.splitlines()]
    return [
        Process(int(row[0]), int(row[1]), 0, 0, int(row[2]) * 1024, row[3].startswith("Z"))
        for row in rows
        if len(row) >= 4
    ]

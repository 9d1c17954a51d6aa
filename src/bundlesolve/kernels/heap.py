"""Memory that is free and still held for later use, given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def _trim() -> Callable[[int], Any] | None:
    """Return the C library's function for it, None where there is none but in glibc."""
    try:
        trim: Callable[[int], Any] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return trim


def give_back() -> None:
    """Give back what is free between two arrays that live.

    What is freed in the middle of glibc's heap stays with the process, arrays of up to 32
    MB too: after making an instance of a million items a quarter of its size. It takes
    milliseconds, so it is for large programs, before arrays as large as all the rest.
    """
    trim = _trim()
    if trim is not None:
        trim(0)

"""How kernels are compiled: Numba's decorators, and its collector asked to wait.

Nearly three quarters of the time that Numba takes for a kernel are Python's, and what they
cost together is what a first call on a machine waits for (``bench/first_call.py``).
"""

from __future__ import annotations

import functools
import gc
from typing import Any

import numba
from numba.core import event
from numba.extending import register_jitable as jitable

njit = functools.partial(numba.njit, no_cfunc_wrapper=True)
"""Numba's, without the wrapper through which C would call a kernel: a tenth of the time,
for it takes the arrays of a layout apart once more, and nobody calls kernels from C."""

register_jitable = jitable(no_cfunc_wrapper=True)
"""The same for what kernels call and Python never does."""


class Pause(event.Listener):  # type: ignore[misc]
    """Keeps Python's cyclic garbage collector away while one of our kernels is compiled.

    What Numba builds is looked at again and again by the collector, which finds little to
    free: a fifth of the time. Kernels of others are none of our business; a collector that
    somebody has switched off stays off.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._was_on = False

    def on_start(self, event: Any) -> None:
        """Switch it off with the outermost kernel; events come under Numba's lock."""
        name = str(event.data["dispatcher"].py_func.__module__)
        if not self._depth and not name.startswith("bundlesolve."):
            return
        if not self._depth:
            self._was_on = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: Any) -> None:
        """Switch it on again, whether or not the kernel could be compiled."""
        if not self._depth:
            return
        self._depth -= 1
        if not self._depth and self._was_on:
            gc.enable()


event.register("numba:compile", Pause())

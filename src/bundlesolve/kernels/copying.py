"""Copying one array into another."""

from __future__ import annotations

from numba.extending import register_jitable

from bundlesolve.kernels.types import Floats, Ints


@register_jitable
def copy_into(target: Ints | Floats, source: Ints | Floats) -> None:
    """Write every value of ``source`` to its place in ``target``. Shape ``[m]`` each.

    For ``target[:] = source`` Numba compiles the text of an error about shapes into every
    kernel that says so: two seconds in a new process, and more in each kernel's callers.
    """
    for k in range(len(source)):
        target[k] = source[k]

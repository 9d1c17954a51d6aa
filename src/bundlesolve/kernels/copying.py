"""Copying one array into another, or not at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.kernels.compiling import register_jitable
from bundlesolve.kernels.types import Floats, Ints


def shared(values: ArrayLike) -> Ints:
    """Return ``values`` as writable C-contiguous ``int64``, without a copy if possible.

    Numba compiles a kernel anew for read-only arrays. Records are read-only, and ten
    million pairs are not to be held twice: so an array that owns its memory is shared by a
    view that could be written to. No kernel does that.
    """
    array = np.asarray(values)
    flags = array.flags
    if array.dtype == np.int64 and flags.c_contiguous and flags.owndata:
        read_only = not flags.writeable
        if read_only:
            array.setflags(write=True)
        view = array[:]
        if read_only:
            array.setflags(write=False)
        # Another thread may have been in between.
        if view.flags.writeable:
            return view
    return np.array(array, dtype=np.int64)


@register_jitable
def copy_into(target: Ints | Floats, source: Ints | Floats) -> None:
    """Write every value of ``source`` to its place in ``target``. Shape ``[m]`` each.

    For ``target[:] = source`` Numba compiles the text of an error about shapes into every
    kernel that says so: two seconds in a new process, and more in each kernel's callers.
    """
    for k in range(len(source)):
        target[k] = source[k]

"""Linear algebra on one thread."""

from __future__ import annotations

from functools import cache
from typing import Any


def one_blas_thread() -> Any:
    """Return a context in which BLAS and LAPACK use one thread.

    Matrices of a few hundred rows gain nothing from more, and threads that wait for each
    other by spinning lose two orders of magnitude where cores are shared.
    """
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    # The libraries have to be loaded before they are looked for.
    import numpy.linalg  # noqa: F401
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

"""Giving memory back changes nothing that lives, and needs no glibc."""

from __future__ import annotations

from unittest import mock

import numpy as np

from bundlesolve.kernels import heap


def test_what_lives_stays() -> None:
    """Arrays between freed ones are what they were."""
    arrays = [np.full(100_000, k) for k in range(8)]
    del arrays[::2]
    heap.give_back()
    assert [int(array.sum()) for array in arrays] == [100_000 * k for k in (1, 3, 5, 7)]


def test_without_glibc() -> None:
    """Where the C library cannot give back, nothing is given back."""
    heap._trim.cache_clear()
    with mock.patch("ctypes.CDLL", side_effect=OSError):
        heap.give_back()
    heap._trim.cache_clear()

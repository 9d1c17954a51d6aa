"""Digits of 16 bits: what goes in comes out, in as many as the largest takes."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import digits
from bundlesolve.kernels.digits import from_digits, to_digits

NUMBERS = st.lists(st.integers(1 - 2**62, 2**62 - 1), max_size=9)


@given(NUMBERS)
def test_there_and_back(numbers: list[int]) -> None:
    """Of any sign and size, chunk by chunk."""
    given_ = np.array(numbers, dtype=np.int64)
    with mock.patch.object(digits, "CHUNK", 4):
        made = to_digits(given_)
        back = np.zeros_like(given_)
        from_digits(made, back)
    assert back.tolist() == numbers


@pytest.mark.parametrize(
    ("largest", "count"), [(0, 1), (1, 1), (2**15 - 1, 1), (2**15, 2), (2**40, 3)]
)
def test_as_many_as_it_takes(largest: int, count: int) -> None:
    """One bit is the sign's."""
    made = to_digits(np.array([0, -largest], dtype=np.int64))
    assert made.shape == (count, 2)
    assert made.nbytes == 4 * count

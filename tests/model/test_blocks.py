"""Blocks of rows: every entry once, in order, few at a time, long rows in parts."""

from __future__ import annotations

from itertools import pairwise
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.model import blocks
from bundlesolve.model.blocks import blocks_of, row_sums


@given(st.lists(st.integers(0, 12), max_size=12), st.integers(1, 9))
def test_every_entry_once(lengths: list[int], block: int) -> None:
    """Sums over the blocks are sums over the rows, also of empty and of long ones."""
    start = np.cumsum([0, *lengths])
    terms = np.arange(1, start[-1] + 1) ** 2
    sums, at, of = np.zeros(len(lengths), dtype=np.int64), 0, 0
    with mock.patch.object(blocks, "BLOCK", block):
        for rows, part, begins in blocks_of(start):
            assert part.start == at
            assert rows.start in (of, of - 1)
            assert part.stop - part.start <= block
            assert begins[-1] == part.stop - part.start
            sums[rows] += row_sums(terms[part], begins)
            at, of = part.stop, rows.stop
    assert (at, of) == (start[-1], len(lengths))
    edges = pairwise(start)
    assert sums.tolist() == [int(terms[a:b].sum()) for a, b in edges]

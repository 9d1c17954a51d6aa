"""Rows times variables: implied by the products, and tighter in between."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bundlesolve.solvers.linearise import linearise, with_products
from bundlesolve.solvers.strengthen import with_row_products
from tests.solvers.engines import knapsack, small


@pytest.mark.parametrize("seed", range(60))
def test_no_whole_point_is_cut_off(seed: int) -> None:
    """Every feasible point, its products written out, keeps the added rows."""
    program = small(seed)
    plain = with_products(linearise(program))
    rows = with_row_products(plain)
    assert np.all(rows.row_coef != 0)
    ranges = [range(a, b + 1) for a, b in zip(program.lower, program.upper, strict=True)]
    for x in itertools.islice(itertools.product(*ranges), 500):
        point = np.array(x, dtype=np.int64)
        if not program.is_feasible(point):
            continue
        columns = rows.lift(point)
        for r in range(plain.num_rows, rows.num_rows):
            here = slice(int(rows.row_start[r]), int(rows.row_start[r + 1]))
            use = int(rows.row_coef[here] @ columns[rows.row_var[here]])
            assert use <= rows.row_high[r]


def test_one_row_a_variable() -> None:
    """A dense knapsack whose budget binds gets a row for each item."""
    plain = with_products(linearise(knapsack(10)))
    assert with_row_products(plain).num_rows == plain.num_rows + 10


def test_without_pairs_nothing_is_added() -> None:
    """There is no product to speak of."""
    plain = with_products(linearise(knapsack(10, density=0)))
    assert with_row_products(plain) is plain

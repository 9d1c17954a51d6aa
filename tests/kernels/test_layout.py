"""The layout says the same as the program, by variable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels import layout as module
from bundlesolve.kernels.point import OBJECTIVE, move, new_point
from tests.kernels.programs import layout_of, program_of

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_partners_are_the_pairs_twice(seed: int) -> None:
    """Every pair stands under both its variables, partners ascending."""
    program = program_of(seed)
    layout = layout_of(program)
    found: dict[tuple[int, int], int] = {}
    for v in range(program.num_vars):
        span = slice(layout.adj_start[v], layout.adj_start[v + 1])
        partners = layout.adj_var[span].tolist()
        assert partners == sorted(partners)
        worths = module.pair_worths(layout, span)
        found |= {(v, u): w for u, w in zip(partners, worths, strict=True)}
    columns = (program.pair_first, program.pair_second, program.pair_worth)
    expected: dict[tuple[int, int], int] = {}
    for i, j, w in zip(*columns, strict=True):
        expected[i, j] = expected[j, i] = w
    assert found == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_are_the_rows_transposed(seed: int) -> None:
    """The entries by variable are the entries by row."""
    program = program_of(seed)
    layout = layout_of(program)
    dense = np.zeros((program.num_rows, program.num_vars), dtype=np.int64)
    dense[program.row_of, program.row_var] = program.row_coef
    again = np.zeros_like(dense)
    column_of = np.repeat(np.arange(program.num_vars), np.diff(layout.col_start))
    again[layout.col_row, column_of] = layout.col_coef
    assert np.array_equal(dense, again)


@pytest.mark.parametrize("seed", SEEDS)
def test_sides_that_bind_are_those_the_bounds_can_break(seed: int) -> None:
    """Two bits: the upper limit can be broken, the lower limit can."""
    program = program_of(seed)
    least, most = program.activity_range
    expected = (most > program.row_high) + 2 * (least < program.row_low)
    assert layout_of(program).binds.tolist() == expected.tolist()


def test_dense_programs_get_a_matrix_and_large_ones_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The matrix is there for dense programs up to a size, symmetric."""
    program = program_of(3)
    assert 2 * program.num_pairs >= module.LEAST_DENSITY * program.num_vars**2
    matrix = layout_of(program).matrix
    assert matrix.shape == (program.num_vars, program.num_vars)
    assert np.array_equal(matrix, matrix.T)
    monkeypatch.setattr(module, "MOST_DENSE", 1)
    assert layout_of(program).matrix.shape == (0, 0)


def test_kernels_get_one_kind_of_arrays_and_the_program_stays_read_only() -> None:
    """Numba compiles a kernel anew for other flags; rows are shared, not copied."""
    program = program_of(1)
    layout = layout_of(program)
    tiny = module.tiny_layout()
    for name in module.Layout._fields:
        one, other = getattr(layout, name), getattr(tiny, name)
        assert one.dtype == other.dtype
        assert one.flags.writeable
        assert one.flags.c_contiguous
    assert np.shares_memory(layout.row_coef, program.row_coef)
    for name in ("lower", "worth", "pair_worth", "row_var", "row_coef"):
        assert not getattr(program, name).flags.writeable


WORTHS = st.one_of(
    st.integers(-9, 9), st.integers(-(2**52), 2**52), st.sampled_from([-(2**31), 2**31])
)


@given(st.lists(WORTHS, min_size=3, max_size=3))
def test_worths_of_any_size_come_back(worths: list[int]) -> None:
    """What does not fit 32 bits is kept in two parts; gains and changes see the whole."""
    worth = np.array(worths, dtype=np.int64)
    ends = np.array([0, 0, 1]), np.array([1, 2, 2])
    zeros = np.zeros(3, dtype=np.int64)
    rows = (np.zeros(1, dtype=np.int64), *(zeros[:0] for _ in range(6)))
    layout = module.lay_out(module.Arrays(zeros, zeros + 1, zeros, *ends, worth, *rows))
    by_variable = [0, 1, 0, 2, 1, 2]
    assert module.pair_worths(layout).tolist() == worth[by_variable].tolist()
    fits = all(-(2**31) <= w < 2**31 for w in worths)
    assert (len(layout.adj_more) == 0) == fits
    point = new_point(layout)
    for v in range(3):
        move(layout, point, v, 1)
    assert point.gain.tolist() == [
        worths[0] + worths[1],
        worths[0] + worths[2],
        sum(worths[1:]),
    ]
    assert point.sums[OBJECTIVE] == sum(worths)
    changed = module.set_pair(layout, 0, 2, 2**40)
    assert changed == (not fits)
    worth[1] = 2**40 if changed else worths[1]
    assert module.pair_worths(layout).tolist() == worth[by_variable].tolist()

"""Every reduction of presolve keeps a best point; each does what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from bundlesolve.generate.small import Small
from bundlesolve.model import Instance, compile
from bundlesolve.model.frozen import integers
from bundlesolve.model.program import Program
from bundlesolve.reduce.cliques import extend_cliques
from bundlesolve.reduce.coefficients import tighten_coefficients
from bundlesolve.reduce.components import Decomposition, settle_small_parts
from bundlesolve.reduce.dominance import drop_dominated
from bundlesolve.reduce.duplicates import drop_rows
from bundlesolve.reduce.forced import force
from bundlesolve.reduce.pairs import drop_pairs
from bundlesolve.reduce.presolve import REDUCTIONS, presolve
from bundlesolve.reduce.signs import fix_signs
from tests.reduce.reductions import assert_keeps_a_best_point, best
from tests.strategies import instances

ALL = (*REDUCTIONS, presolve)


@pytest.mark.parametrize("reduction", ALL, ids=lambda r: r.__name__)
@given(instance=instances())
def test_a_best_point_survives(reduction, instance: Instance) -> None:  # type: ignore[no-untyped-def]
    """On random instances of the whole model."""
    program = compile(instance).program
    assume(program.box_size <= 1 << 10)
    assert_keeps_a_best_point(program, reduction(program))


@pytest.mark.parametrize("seed", range(60))
def test_a_best_point_survives_all(seed: int) -> None:
    """On the instances of the fuzz, smaller ones."""
    program = compile(Small(items=5, most_points=1 << 9).make(seed)).program
    assert_keeps_a_best_point(program, presolve(program))


def binary(
    worth: list[int],
    rows: list[tuple[dict[int, int], int, int]],
    pairs: dict[tuple[int, int], int] | None = None,
) -> Program:
    """A program of 0-1 variables with hard rows ``(coefficients, low, high)``."""
    pairs = pairs or {}
    ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Program(
        lower=integers([0] * len(worth)),
        upper=integers([1] * len(worth)),
        worth=integers(worth),
        pair_first=ends[:, 0],
        pair_second=ends[:, 1],
        pair_worth=integers([pairs[key] for key in sorted(pairs)]),
        row_start=np.cumsum([0] + [len(row[0]) for row in rows]),
        row_var=integers([v for row in rows for v in sorted(row[0])]),
        row_coef=integers([row[0][v] for row in rows for v in sorted(row[0])]),
        row_low=integers([row[1] for row in rows]),
        row_high=integers([row[2] for row in rows]),
        row_soft=integers([0] * len(rows)),
        row_penalty=integers([0] * len(rows)),
    )


def left(small: object) -> list[int]:
    """Numbers of the variables that are left."""
    free: np.ndarray = small.free  # type: ignore[attr-defined]
    return list(free.tolist())


def test_forced() -> None:
    """Item 0 does not fit, item 1 must be in."""
    program = binary([9, -1, 2, 2], [({0: 5, 2: 1, 3: 4}, 0, 4), ({1: 1, 0: 1}, 1, 2)])
    small = force(program)
    assert left(small) == [2, 3]
    assert small.base.tolist() == [0, 1, 0, 0]


def test_out_of_reach() -> None:
    """Two of one: no point."""
    assert force(binary([1], [({0: 1}, 2, 3)])).program is None


def test_signs() -> None:
    """Item 0 hurts even beside all its friends; item 1 is free and helps in any company."""
    program = binary([-6, 5, 1], [({0: 1, 2: 2}, 0, 2)], {(0, 1): 2, (0, 2): 3, (1, 2): -5})
    small = fix_signs(program)
    assert left(small) == [2]
    assert small.base.tolist() == [0, 1, 0]


def test_signs_see_locks() -> None:
    """What hurts but is needed stays, and so does what helps but takes room."""
    program = binary([-6, 5], [({0: 1, 1: -1}, 0, 1), ({1: 2, 0: 1}, 0, 2)])
    assert left(fix_signs(program)) == [0, 1]


def test_rows() -> None:
    """A weaker parallel row, a clique in a clique, and a row that never binds."""
    program = binary(
        [1] * 4,
        [
            ({0: 2, 1: 3}, 0, 4),
            ({0: 1, 1: 1, 2: 1}, 0, 1),
            ({0: 2, 1: 3}, 0, 3),
            ({0: 1, 2: 1}, 0, 1),
            ({2: 1, 3: 1}, 0, 2),
        ],
    )
    small = drop_rows(program).program
    assert small is not None
    assert small.row_high.tolist() == [3, 1]


def test_coefficients() -> None:
    """``4 x + 6 y + 10 z <= 13``: halved to 6, excess 4, so 5 becomes 4 and 6 becomes 5."""
    small = tighten_coefficients(binary([1] * 3, [({0: 4, 1: 6, 2: 10}, 0, 13)])).program
    assert small is not None
    assert small.row_coef.tolist() == [2, 3, 4]
    assert small.row_high.tolist() == [5]


def test_at_least_rows_are_clipped_too() -> None:
    """``9 x + 2 y >= 2`` says ``x + y >= 1``."""
    small = tighten_coefficients(binary([1] * 2, [({0: 9, 1: 2}, 2, 11)])).program
    assert small is not None
    twice = tighten_coefficients(small).program
    assert twice is not None
    assert twice.row_coef.tolist() == [1, 1]
    assert twice.row_low.tolist() == [1]


def test_dominance() -> None:
    """In a class of three: 0 is dearer and worth less than 1; 2 is cheaper than either."""
    rows = [({0: 1, 1: 1, 2: 1}, 1, 1), ({0: 5, 1: 4, 2: 1, 3: 3}, 0, 7)]
    assert left(drop_dominated(binary([6, 7, 2, 3], rows))) == [1, 2, 3]


def test_a_pair_saves_from_dominance() -> None:
    """With item 3 beside it, item 0 may be the better one."""
    rows = [({0: 1, 1: 1, 2: 1}, 1, 1), ({0: 5, 1: 4, 2: 1, 3: 3}, 0, 7)]
    program = binary([6, 7, 2, 3], rows, {(0, 3): 2})
    assert left(drop_dominated(program)) == [0, 1, 2, 3]


def test_components() -> None:
    """Two by a pair, two by a row, one alone; every point is the sum of its parts."""
    program = binary([1, 2, -3, 4, 5], [({2: 1, 3: 1}, 1, 1)], {(0, 4): 3})
    cut = Decomposition.of(program)
    assert cut.part_of.tolist() == [0, 1, 2, 2, 0]
    assert cut.sizes.tolist() == [2, 1, 2]
    total = sum(best(part.program) or 0 for part in cut.parts())
    assert total == best(program) == 15
    assert left(settle_small_parts(program)) == []


def test_a_part_without_a_point() -> None:
    """One part cannot be kept: nothing can."""
    program = binary([1, 2, 3], [({0: 2, 1: 2}, 1, 1)])
    assert settle_small_parts(program).program is None


def test_pairs() -> None:
    """0 and 1 are in conflict, 1 and 2 too heavy together; 0 and 2 may be in."""
    rows = [({0: 1, 1: 1}, 0, 1), ({0: 1, 1: 5, 2: 4}, 0, 8)]
    program = binary([1] * 3, rows, {(0, 1): 9, (0, 2): 8, (1, 2): -7})
    small = drop_pairs(program).program
    assert small is not None
    assert small.pair_worth.tolist() == [8]


def test_cliques() -> None:
    """A triangle of conflicts and one more: two rows are left of four."""
    rows = [({i: 1, j: 1}, 0, 1) for i, j in ((0, 1), (0, 2), (1, 2), (2, 3))]
    extended = extend_cliques(binary([1] * 4, rows)).program
    assert extended is not None
    small = drop_rows(extended).program
    assert small is not None
    assert np.diff(small.row_start).tolist() == [3, 2]

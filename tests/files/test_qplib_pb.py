"""Pseudo-Boolean files."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import qplib_pb
from bundlesolve.model import Budget, Category, Conflict, check
from tests.files.samples import QPLIB_PB


def test_every_point_has_the_files_objective_and_feasibility() -> None:
    """All eight points, computed by hand-written formulas; x10 comes after x2."""
    instance = qplib_pb.read(QPLIB_PB, "f", None)
    assert instance.items == ("x1", "x2", "x10")
    assert instance.minimise
    for a, b, c in product((0, 1), repeat=3):
        verdict = check(instance, np.array([[a, b, c]]))
        assert -verdict.objective == -7 * b * c + 3 * b - 4 * c + 5 * a
        rows = [a + b + c == 2, -a - b >= -1, -2 * a - 3 * c >= -4, a + c >= 1]
        assert verdict.feasible == (all(rows) and 2 * a - b >= 0)


def test_rows_become_what_people_call_them() -> None:
    """Ones: categories and conflicts; all else: budgets, the negative ones turned."""
    instance = qplib_pb.read(QPLIB_PB, "f", None)
    one, four = instance.categories
    assert (one.name, one.at_least, one.at_most) == ("row 1", 2, 2)
    assert (four.name, four.at_least, four.at_most) == ("row 4", 1, None)
    assert isinstance(instance.rules[0], Conflict)
    three, five = instance.budgets
    assert (three.per_item.values.tolist(), three.at_most) == ([2, 3], 4)
    assert (five.per_item.values.tolist(), five.at_least) == ([2, -1], 0)


@pytest.mark.parametrize(
    ("row", "kind", "sides"),
    [
        ("-1 x1 -1 x2 -1 x3 >= -2", Category, (None, 2)),
        ("+1 x1 +1 x2 <= 1", Conflict, None),
        ("-1 x1 = -1", Category, (1, 1)),
        ("+1 x1 >= -3", Budget, (-3, None)),
        ("+1 x1 +1 x1 >= 2", Budget, (2, None)),
        ("+1 x1 -1 x1 +1 x2 >= 1", Category, (1, None)),
        (">= 1", Budget, (1, None)),
    ],
)
def test_single_rows(
    row: str, kind: type, sides: tuple[int | None, int | None] | None
) -> None:
    """Repeated variables are added up before a row is named."""
    instance = qplib_pb.read(f"max: 1 x1;\n{row};\n".encode(), "f", None)
    (limit,) = instance.limits
    assert isinstance(limit, kind)
    if isinstance(limit, Budget | Category):
        assert (limit.at_least, limit.at_most) == sides


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"-7 x2 x10", b"-7 x1 x2 x10", "line 2: expected a product of at most 2"),
        (b"+1 x2 +1 x10 =", b"+1 x2 x10 =", "line 3: expected a product of at most 1"),
        (b"-1 x1 -1 x2", b"-1 x1 -1 ~x2", "line 4: expected a variable, found '~x2'"),
        (b"-2 x1", b"-2.5 x1", "line 5: expected a coefficient: a whole number"),
        (b"#constraint= 5", b"#constraint= 6", "expected 6 constraints, found 5"),
        (b"#variable= 3", b"#variable= 2", "expected at most 2 variables, found 3"),
        (b"min:", b"minimise:", "line 2: expected min: or max:"),
        (b">= 0;", b">= 0", "line 8: expected ;, found the end of the file"),
    ],
)
def test_damage_is_told_with_its_line(old: bytes, new: bytes, message: str) -> None:
    """Each kind of damage by hand."""
    with pytest.raises(InvalidFile, match=message):
        qplib_pb.read(QPLIB_PB.replace(old, new, 1), "f", None)

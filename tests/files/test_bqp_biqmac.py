"""Unconstrained binary quadratic files."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import bqp_biqmac
from bundlesolve.model import check
from tests.files.samples import BQP_BIQMAC


def test_the_objective_is_the_files_with_the_sign_turned() -> None:
    """Every point: x'Qx with the symmetric Q, computed from the matrix."""
    instance = bqp_biqmac.read(BQP_BIQMAC, "f", None)
    matrix = np.array([[-5, 3, 0], [3, 0, -4], [0, -4, 2]])
    assert instance.minimise
    for point in product((0, 1), repeat=3):
        x = np.array(point)
        assert check(instance, x[None, :]).objective == -(x @ matrix @ x)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"3 3 2", b"1 1 2", "line 5: expected each entry once"),
        (b"2 3 -4", b"2 1 -4", "line 4: expected each pair once"),
        (b"3 4", b"1000000000 4", r"line 1: expected the number of variables in 1\.\."),
        (b"3 4", b"3 99999999999", "line 6: expected an entry i j q"),
    ],
)
def test_damage_is_told_with_its_line(old: bytes, new: bytes, message: str) -> None:
    """Sizes that a file only claims allocate nothing."""
    with pytest.raises(InvalidFile, match=message):
        bqp_biqmac.read(BQP_BIQMAC.replace(old, new), "f", None)

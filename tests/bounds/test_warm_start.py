"""Splits of the Lagrangian relaxation carried over to a core: valid like any others."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.warm_start import warm_start
from bundlesolve.model import Instance, compile
from tests.bounds.cores import MOST_POINTS, feasible_worths
from tests.bounds.test_semidefinite import holds
from tests.strategies import instances


@given(instances(), st.integers(1, 40), st.booleans())
def test_a_start_from_splits_is_a_bound(
    instance: Instance, steps: int, known: bool
) -> None:
    """Exactly antisymmetric, and never below a point from the first step on."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    objective = int(worths.max()) - 1 if known and len(worths) else None
    relaxation = Lagrangian(program, objective)
    relaxation.improve(steps)
    core = make_core(program)
    multipliers = warm_start(core, relaxation)
    assert np.array_equal(multipliers.lean, -multipliers.lean.T)
    assert not np.any(multipliers.lift)
    bound = Semidefinite(core, objective, multipliers)
    for _ in range(3):
        bound.improve(3)
        holds(bound, points, worths)

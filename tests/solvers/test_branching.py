"""Which variable a node is split at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bundlesolve.bounds.convex import Convex
from bundlesolve.solvers.branching import choose_branch
from tests.bounds.cores import core_of


def test_branching_where_variables_clash() -> None:
    """The variable that shuts out most is split, both sides at the bound as it is."""
    core = core_of(np.random.default_rng(11), 5, 1, 0, 0)
    clash = np.zeros((5, 5), dtype=np.bool_)
    clash[2, :] = clash[:, 2] = True
    clash[2, 2] = False
    core = replace(core, clash=clash)
    relaxation = Convex(core, None)
    relaxation.improve(1)
    relaxation.x[:] = [0.5, 0.5, 0.4, 1.0, 0.5]
    sides = choose_branch(relaxation)
    assert [(s.variable, s.lower, s.upper) for s in sides] == [(2, 0, 0), (2, 1, 1)]
    assert {s.bound for s in sides} == {relaxation.bound}

"""Reductions that need no known point, in turn until nothing changes."""

from __future__ import annotations

from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction


def presolve(program: Program) -> Restriction:
    return Restriction.whole(program)

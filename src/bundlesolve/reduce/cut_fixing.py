"""Variables fixed because the minimum-cut bound leaves no better point otherwise."""

from __future__ import annotations

import numpy as np

from bundlesolve.bounds.closure import led_by
from bundlesolve.bounds.mincut import CutBound
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict


def fix_by_cuts(program: Program, cut: CutBound, objective: int) -> Restriction:
    """Return what is left of a program for points better than a known one.

    What a node's other value costs is its excess or deficit in the cut's final flow, raised
    by moving other nodes' along paths with capacity left; see
    `bundlesolve.kernels.cut_sides`. Only variables that take two values are fixed, and with
    an item that is out its further units, which may be half of all variables.

    Parameters
    ----------
    program
        What is reduced.
    cut
        Its bound; must be done.
    objective
        Objective of the known point.

    Returns
    -------
    Restriction
        Its program is None when there is no better point.
    """
    closure = cut.closure
    if cut.bound is not None and cut.bound <= objective:
        return Restriction(None, closure.node[:0], program.lower)
    side = cut.sides(objective)
    # Whoever asks again has it made again: the smaller program needs the memory.
    cut.set_aside()
    lower, upper = program.lower.copy(), program.upper.copy()
    node = closure.node
    side = np.where(upper[node] - lower[node] == 1, side, 0)
    must, never = node[side > 0], node[side < 0]
    lower[must] = upper[must]
    upper[never] = lower[never]
    led, leader = led_by(program)
    led = led[upper[leader] == 0]
    upper[led] = lower[led]
    return restrict(program, lower, upper)

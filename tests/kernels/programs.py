"""Programs for the kernels' tests: from the strategies, and random ones by seed."""

from __future__ import annotations

import numpy as np

from bundlesolve.generate.small import Small
from bundlesolve.kernels.layout import Arrays, Layout, lay_out
from bundlesolve.model import compile
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program


def program_of(seed: int, items: int = 12) -> Program:
    """Return the program of a small random instance with every part of the model."""
    kind = Small(items=items, most_points=1 << 40)
    return compile(kind.draw(np.random.default_rng(seed))).program


def arrays_of(program: Program) -> Arrays:
    """Return the program's arrays."""
    return Arrays(*(getattr(program, name) for name in Arrays._fields))


def layout_of(program: Program) -> Layout:
    """Return a new layout of the program."""
    return lay_out(arrays_of(program))


def random_point(program: Program, rng: np.random.Generator) -> IntArray:
    """Return a point within the bounds."""
    return rng.integers(program.lower, program.upper + 1).astype(np.int64)


def slow_gains(program: Program, x: IntArray) -> IntArray:
    """Return what one more unit of each variable is worth, from a full matrix."""
    m = program.num_vars
    matrix = np.zeros((m, m), dtype=np.int64)
    matrix[program.pair_first, program.pair_second] = program.pair_worth
    return np.asarray(program.worth + (matrix + matrix.T) @ x)

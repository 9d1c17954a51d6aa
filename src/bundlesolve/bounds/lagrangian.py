"""A proved upper bound for any program by Lagrangian relaxation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields

import numpy as np

from bundlesolve.bounds.relaxation import Relaxation, relax
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

MOST_STEPS_IN_A_CHUNK = 20
ARCS_IN_A_CHUNK = 200_000
"""The clock is looked at after this much work."""
SECONDS_PER_PAIR = 2e-7
"""What a step takes at most, about."""


class Lagrangian:
    """The relaxation of a program, its multipliers, and the best bound so far.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, None if none is known. Variables are fixed as
        no better point can have them otherwise, so the bound is one on *better* points.
    arrays
        The program's relaxation, with multipliers to begin with; changed in place. Default
        None: all multipliers 0.
    """

    def __init__(
        self, program: Program, objective: int | None, arrays: Relaxation | None = None
    ) -> None:
        self.program = program
        self.arrays: Relaxation = relax(program) if arrays is None else arrays
        self.objective = objective
        self.state = np.array([np.inf, 1.0, 0.0])
        arrays = self.arrays
        self.best = (arrays.split.copy(), arrays.dual_high.copy(), arrays.dual_low.copy())
        self._names = [field.name for field in fields(arrays) if field.name != "rows"]

    @property
    def chunk(self) -> int:
        """Steps that take a few milliseconds to a few tens of them."""
        arcs = 1 + len(self.arrays.head)
        return min(MOST_STEPS_IN_A_CHUNK, 1 + ARCS_IN_A_CHUNK // arcs)

    @property
    def bound(self) -> int | None:
        """Proved bound on every point; None before the first step."""
        value = float(self.state[0])
        if value == math.inf:
            return None
        constant = self.program.constant
        if self.objective is None:
            # Nothing is fixed without an objective; -inf: nothing fits, nothing to bound.
            return constant + math.floor(max(value, -(2.0**53)))
        return max(self.objective, constant + math.floor(max(value, -(2.0**53))))

    @property
    def is_closed(self) -> bool:
        """True once no point better than the known one is left."""
        return bool(self.state[0] < self._cutoff + 1.0)

    @property
    def is_stuck(self) -> bool:
        """True once steps have become too short to matter."""
        return bool(self.state[1] < 1e-4)

    @property
    def fixed(self) -> tuple[IntArray, IntArray]:
        """Bounds of the variables within which every better point lies. ``[m]`` each."""
        return self.arrays.lower.astype(np.int64), self.arrays.upper.astype(np.int64)

    def improve(self, steps: int) -> None:
        """Do subgradient steps towards the known objective."""
        from bundlesolve.kernels.subgradient import improve

        arrays = tuple(getattr(self.arrays, name) for name in self._names)
        improve(steps, *arrays, self._target, self._cutoff, self.state, *self.best)

    @property
    def _cutoff(self) -> float:
        if self.objective is None:
            return -math.inf
        return float(self.objective - self.program.constant)

    @property
    def _target(self) -> float:
        """Aim at the known point, or a little below the bound where none is known."""
        if self.objective is not None:
            return self._cutoff
        bound = float(self.state[0])
        return bound - max(1.0, 0.05 * abs(bound)) if math.isfinite(bound) else 0.0


def lagrangian_bound(
    program: Program,
    objective: int | None,
    keep_going: Callable[[], bool],
    iterations: int = 400,
) -> int | None:
    """Return the best bound that some subgradient steps buy.

    The relaxation is that of Caprara, Pisinger and Toth ("Exact solution of the quadratic
    knapsack problem", INFORMS J. Computing 11, 1999) for every knapsack row, all other
    rows in multipliers, a soft row's capped by its penalty; see ``docs/bounds.md``. Valid
    whatever the multipliers: they are searched in floating point, and the bound counts
    every rounding against itself.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, the target of the steps; None if none is known.
    keep_going
        Asked every few steps; False ends the search with what is there.
    iterations
        Most steps. Default 400.

    Returns
    -------
    int | None
        The bound; None when there was not even time for one step.
    """
    relaxation = Lagrangian(program, objective)
    done = 0
    while done < iterations and keep_going():
        # The first step alone, so that there is a bound to aim from.
        steps = 1 if done == 0 else min(relaxation.chunk, iterations - done)
        relaxation.improve(steps)
        done += steps
        if relaxation.is_closed or relaxation.is_stuck:
            break
    return relaxation.bound


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.subgradient import warm_up as compile_kernels

    compile_kernels()

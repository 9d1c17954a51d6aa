"""A search tree whose lower levels are walked under the lift's form."""

from __future__ import annotations

import numpy as np

from bundlesolve.bounds.convex import is_possible
from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.bounds.multipliers import least_shift
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.kernels.form_tree import DONE, FormProblem, enumerate_points
from bundlesolve.kernels.lagrangian import ROUNDING
from bundlesolve.kernels.types import Floats
from bundlesolve.solvers.tree import Node, Tree

MOST_WORK = 100_000_000
"""Numbers that a walk touches before it gives up, about a tenth of a second."""
MOST_VARIABLES = 120
SHARE = 0.1
"""Share of the gap that is given to make the form well conditioned."""
ROUNDS = 3
"""A node is split when more rounds than this seem to be needed to close it."""


class FormTree(Tree):
    """The tree of `Exact`, with walks under the form instead of its lowest levels.

    A node's lift ``Z`` bounds every point of the node, not only the best one:
    ``f(x) <= V - (1, x)' Z (1, x)``. Where the gap is small there are few points at which
    the form is less than it, and `enumerate_points` looks at them all in less time than
    the bounds of the nodes below would take. So nodes are also split sooner.
    """

    def _relaxed(self) -> Lagrangian:
        """Return the Lagrangian relaxation after some steps; tell its bound, the first."""
        relaxation, known = super()._relaxed(), self.run.objective
        if relaxation.bound is not None:
            found = relaxation.bound
            self.run.offer_bound(found if known is None else max(found, known))
        return relaxation

    def _is_slow(self, relaxation: Semidefinite, gain: float, patient: bool) -> bool:
        """Tell whether rounds that gain so much will not close a node soon."""
        del patient
        gap = relaxation.value - relaxation.cutoff
        return gap > gain * relaxation.chunk * ROUNDS

    def _branch(
        self, relaxation: Semidefinite, bound: int, lower: Floats, upper: Floats
    ) -> list[Node]:
        """Close a node by a walk, or split it."""
        if self._walked(relaxation, lower):
            return []
        return super()._branch(relaxation, bound, lower, upper)

    def _walked(self, relaxation: Semidefinite, lower: Floats) -> bool:
        """Return whether a walk left nothing better in the node; offer what it found."""
        core = relaxation.core
        plain = is_possible(core) and len(core.high) == 0
        known = np.isfinite(relaxation.value) and relaxation.objective is not None
        if not plain or not known or core.num_vars > MOST_VARIABLES:
            return False
        found = form_problem(relaxation)
        if found is None:
            return False
        problem, top = found
        best, notes = np.zeros(core.num_vars, dtype=np.int8), np.full(1, -np.inf)
        least = relaxation.cutoff + 1.0
        if enumerate_points(problem, top, least, MOST_WORK, best, notes) != DONE:
            return False
        if notes[0] > -np.inf:
            point = lower.copy()
            point[core.var] = core.base + best
            self._leaf(point)
        return True


def form_problem(relaxation: Semidefinite) -> tuple[FormProblem, float] | None:
    """Return a node as a problem under a form, and the form's top; None without inverse.

    With ``Z + cI`` positive semidefinite by proof and ``V`` the bound it gives, which holds
    ``c (1 + b)`` for that, ``f(x) <= V - (1, x)' (Z + cI) (1, x)``. The form gets ``eI``
    instead of ``cI``, and the top ``e`` for each that can be in.
    """
    core, lift = relaxation.core, relaxation.best.lift
    gap = max(relaxation.value - relaxation.cutoff, 1.0)
    shift = least_shift(lift)
    spread = max(SHARE * gap / (1 + core.most_chosen), 4.0 * shift)
    form = lift.copy()
    form.flat[:: len(form) + 1] += spread
    try:
        inverse = np.linalg.inv(form[1:, 1:])
    except np.linalg.LinAlgError:
        return None
    half: Floats = np.array(inverse / 2, dtype=np.float64)
    inverse = half + half.T
    if not np.all(np.diag(inverse) > 0.0):
        return None
    spread += 4 * ROUNDING * float(np.abs(np.diag(form)).max())
    top = relaxation.value + spread * (1 + core.most_chosen)
    top += 8 * ROUNDING * (abs(top) + abs(relaxation.cutoff)) + 1e-6
    problem = FormProblem(
        core.worth,
        core.quadratic,
        core.weight,
        core.group,
        core.capacity,
        core.clash,
        form,
        inverse,
        -inverse @ form[1:, 0],
    )
    return problem, float(top)

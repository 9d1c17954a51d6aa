"""The Lagrangian bound with semidefinite multipliers, for programs of some hundred items.

For every positive semidefinite ``Z``, ``(1, x)' Z (1, x) >= 0``; so the objective plus that
form, bounded in any way, bounds the objective. Here it is bounded by the separation of
Caprara, Pisinger and Toth (1999). The best ``Z`` and splits give the intersection of their
relaxation with the semidefinite one (Helmberg, Rendl, Weismantel, "A semidefinite
programming approach to the quadratic knapsack problem", J. Combinatorial Optimization 4,
2000), which is much tighter than either where a solution holds few of many items.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.form_prices import form_prices
from bundlesolve.bounds.multipliers import (
    FEW,
    Multipliers,
    least_shift,
    no_multipliers,
    project,
)
from bundlesolve.kernels.dense_lagrangian import evaluate_dense
from bundlesolve.kernels.dynamic import MOST_CELLS
from bundlesolve.kernels.lagrangian import ROUNDING
from bundlesolve.kernels.types import Floats

AVERAGE = 0.3
"""Weight of the newest point in the average of primal points."""
PATIENCE = 3
"""Steps without gain after which the step factor shrinks."""
SHRINK = 0.8
GROW = 1.1
ENOUGH = 60
"""Steps that a node of a tree is worth."""
LARGEST_FACTOR = 2.0
SMALLEST_FACTOR = 1e-3
FACTOR = 0.3
"""Factor of the first steps, relative to Polyak's."""
SECONDS_PER_CUBE = 2e-10
"""What a step takes at most, about, times the cube of the number of variables."""
SHARE = 0.1
"""Share of the gap that is given to make the lift well conditioned for its prices."""
CLOSER = 0.9
"""What the gap must fall to, relatively, for another look at them."""


class Semidefinite:
    """Multipliers of a core and the best bound so far, improved by the volume algorithm.

    Steps start from the best multipliers and follow an average of the relaxation's primal
    points (Barahona and Anbil, "The volume algorithm", Math. Programming 87, 2000).

    Parameters
    ----------
    core
        What is bounded.
    objective
        Objective of the best known point, None if none is known: variables are fixed as
        no better point can have them otherwise, and the bound is one on better points.
    multipliers
        To start from. Default: none.
    factor
        Factor of the first steps. Default ``FACTOR``.
    """

    def __init__(
        self,
        core: Core,
        objective: int | None,
        multipliers: Multipliers | None = None,
        factor: float = FACTOR,
    ) -> None:
        self.core = core
        self.objective = objective
        self.best = no_multipliers(core) if multipliers is None else multipliers
        self.factor = factor
        self.value = math.inf
        self.stops: Callable[[], bool] = lambda: False
        self.lower = np.zeros(core.num_vars)
        self.upper = core.upper.copy()
        self.steps = 0
        b, m = core.num_pairable, core.num_vars
        self.earned, self.x = np.zeros((b, b)), np.zeros(m)
        self._newest, self._x = np.zeros((b, b)), np.zeros(m)
        self._reduced = np.zeros(m)
        self._price = np.zeros(m)
        self._price_error = 0.0
        self._looked = math.inf
        self.losses = np.zeros((2, b))
        self._square = 1e-9 + np.square(core.rows).sum(axis=1)
        wide = np.abs(core.rows) @ core.upper
        self._reach = 2.0 * (wide + np.abs(core.high) + np.abs(core.low))
        self._terms = 4.0 * float(np.abs(core.worth) @ core.upper)
        self._terms += 2.0 * float(np.abs(core.quadratic).sum())
        self._error = 0.0
        self._worse = 0
        self._lift_square = -1.0
        self._few = False

    @property
    def bound(self) -> int | None:
        """Proved bound on every point; None before the first step."""
        if self.value == math.inf:
            return None
        value = math.floor(max(self.value, -(2.0**53))) + self.core.constant
        return value if self.objective is None else max(self.objective, value)

    @property
    def cutoff(self) -> float:
        """Objective of the known point, without the core's constant."""
        if self.objective is None:
            return -math.inf
        return float(self.objective - self.core.constant)

    @property
    def is_closed(self) -> bool:
        """True once no point better than the known one is left."""
        return self.value < self.cutoff + 1.0

    @property
    def is_stuck(self) -> bool:
        """True once steps have become too short to matter."""
        return self.factor < SMALLEST_FACTOR

    @property
    def chunk(self) -> int:
        """Steps between two looks at what they did."""
        return 1 if self.core.num_vars > 400 else 5

    @property
    def patience(self) -> int:
        """Steps after which a node that is not closed is better split."""
        return ENOUGH

    @property
    def num_fixed(self) -> int:
        """Variables whose two bounds have met."""
        return int(np.count_nonzero(self.lower >= self.upper))

    def improve(self, steps: int) -> None:
        """Take steps, fewer if the bound closes or gets stuck."""
        for _ in range(steps):
            if self.steps == 0:
                self._first()
            else:
                self._step()
            self.steps += 1
            if self.is_closed or self.is_stuck:
                return

    def _first(self) -> None:
        self._accept(self._proved(self._evaluate(self.best), self.best), self.best)
        self.earned[:], self.x[:] = self._newest, self._x

    def _accept(self, value: float, multipliers: Multipliers) -> None:
        self.value, self.best = value, multipliers
        self._price[:], self._price_error = self._reduced, 2.0 * self._error

    def _step(self) -> None:
        best, core = self.best, self.core
        lean = (self.earned - self.earned.T) / 2
        moment = self.moment()
        over = core.rows @ self.x - core.high
        under = core.low - core.rows @ self.x
        over[(best.high <= 0.0) & (over < 0.0)] = 0.0
        under[(best.low <= 0.0) & (under < 0.0)] = 0.0
        over[core.most_high <= 0.0] = under[core.most_low <= 0.0] = 0.0
        if self._lift_square < 0.0:
            values = np.linalg.eigvalsh(moment)
            self._lift_square = float(np.square(values[values < 0.0]).sum())
        square = float(np.vdot(lean, lean)) + self._lift_square
        square += float(((over * over + under * under) / self._square).sum())
        step = self.factor * max(self.value - self._target, 1e-6) / max(square, 1e-9)
        lift, lost = project(best.lift - step * moment, self._few)
        self._few = lost < FEW * len(lift)
        moved = lift - best.lift
        self._lift_square = float(np.vdot(moved, moved)) / (step * step)
        trial = Multipliers(
            best.lean - step * lean,
            (lift + lift.T) / 2,
            np.clip(best.high + step * over / self._square, 0.0, core.most_high),
            np.clip(best.low + step * under / self._square, 0.0, core.most_low),
            best.triangles,
        )
        value = self._evaluate(trial)
        self.earned += AVERAGE * (self._newest - self.earned)
        self.x += AVERAGE * (self._x - self.x)
        if value < self.value:
            value = self._proved(value, trial)
        if value < self.value:
            if self.value - value > 1e-3 * (self.value - self._target):
                self._worse = 0
            self._accept(value, trial)
            self.factor = min(self.factor * GROW, LARGEST_FACTOR)
            return
        self._worse += 1
        if self._worse >= PATIENCE:
            self._worse = 0
            self.factor *= SHRINK

    @property
    def _enough(self) -> float:
        """Price above which a decision is fixed by any bound of interest."""
        if self.objective is None or self.value == math.inf:
            return 0.0
        return max(self.value - self.cutoff, 0.0)

    @property
    def _target(self) -> float:
        if self.objective is not None:
            return self.cutoff
        return self.value - max(1.0, 0.05 * abs(self.value))

    def moment(self) -> Floats:
        """Return the average primal point as a matrix over ``(1, x)``."""
        b = self.core.num_pairable
        moment = np.empty((1 + b, 1 + b))
        moment[1:, 1:] = (self.earned + self.earned.T) / 2
        inner = self.x[:b]
        moment[0, 0] = 1.0
        moment[0, 1:] = moment[1:, 0] = inner
        np.fill_diagonal(moment[1:, 1:], inner)
        return moment

    def _evaluate(self, multipliers: Multipliers) -> float:
        """Return the bound of some multipliers, if their lift is semidefinite."""
        core, b = self.core, self.core.num_pairable
        lift, form = multipliers.lift, 0.0
        if len(multipliers.triangles):
            added = multipliers.triangles.form(b)
            lift, form = lift + added, float(np.abs(added).sum())
        split = lift[1:, 1:] + multipliers.lean
        split += core.quadratic / 2
        split[core.clash] = 0.0
        np.fill_diagonal(split, 0.0)
        dual = multipliers.high - multipliers.low
        paid = multipliers.high @ core.high - multipliers.low @ core.low
        cost = core.worth - dual @ core.rows
        cost[:b] += np.diag(lift)[1:] + 2.0 * lift[0, 1:]
        value, error = evaluate_dense(
            split,
            core.weight,
            core.group,
            core.capacity,
            cost,
            core.upper,
            _table(),
            self._newest,
            self._x,
            self._reduced,
            self._enough,
        )
        # The kernel's own rounding, and that of what it was given. No entry of the lift
        # is larger than the root of its two diagonal entries' product.
        roots = np.sqrt(np.abs(np.diag(multipliers.lift)))
        terms = self._terms + 8.0 * float(roots.sum()) ** 2 + 8.0 * form
        terms += 2.0 * float(np.abs(multipliers.lean).sum())
        terms += float((multipliers.high + multipliers.low) @ self._reach)
        self._error = error + terms * (len(dual) + 8) * ROUNDING
        return float(value + paid + lift[0, 0] + self._error)

    def _proved(self, value: float, multipliers: Multipliers) -> float:
        """Return the bound with the lift shifted to be semidefinite; fix what it allows."""
        value += least_shift(multipliers.lift) * (1 + self.core.num_pairable)
        if not value < self.cutoff + 1.0:
            self._fix(value + self._error)
        return value

    def fix_by_form(self) -> None:
        """Fix variables by what the lift's form costs them, see `form_prices`.

        Adds to the prices of `improve`, mostly far above them; one inverse of the lift, so
        nothing is done until the gap has shrunk by a tenth since the last time.
        """
        gap = self.value - self.cutoff
        if self.objective is None or self.is_closed or gap > CLOSER * self._looked:
            return
        self._looked = gap
        b = self.core.num_pairable
        # f <= V + epsilon |(1, x)|^2 - (1, x)' (lift + epsilon I) (1, x)
        spread = SHARE * gap / (1 + self.core.most_chosen)
        shift = least_shift(self.best.lift)
        spread = max(spread, 4.0 * shift)
        matrix = self.best.lift.copy()
        matrix.flat[:: b + 2] += spread
        prices = form_prices(matrix, (spread - shift) / 2)
        if prices is None:
            return
        spread += 4 * ROUNDING * float(np.abs(np.diag(matrix)).max())
        value = self.value + spread * (1 + self.core.most_chosen) + self._price_error
        self.losses[0] = np.maximum(self._price[:b], 0.0) + prices.out
        self.losses[1] = np.maximum(-self._price[:b], 0.0) + prices.into
        out, into = value - self.losses < self.cutoff + 1.0
        self.lower[:b][out] = 1.0
        self.upper[:b][into] = 0.0

    def _fix(self, value: float) -> None:
        reduced = self._reduced
        two = self.core.upper == 1.0
        loses = two & (value - np.abs(reduced) < self.cutoff + 1.0)
        self.lower[loses & (reduced > 0.0)] = 1.0
        self.upper[loses & (reduced <= 0.0)] = 0.0


_room = threading.local()


def _table() -> Floats:
    """Return this thread's room for dynamic programs."""
    if not hasattr(_room, "table"):
        _room.table = np.empty(MOST_CELLS)
    table: Floats = _room.table
    return table


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.dense_lagrangian import warm_up as compile_kernels
    from bundlesolve.kernels.low_rank import warm_up as compile_low_rank

    compile_kernels()
    compile_low_rank()

"""Branch and bound with the Lagrangian bound, on what reduction leaves."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exact(Solver):
    """Reduce by the Lagrangian bound, then branch depth first with warm multipliers.

    After Caprara, Pisinger and Toth, "Exact solution of the quadratic knapsack problem",
    INFORMS J. Computing 11 (1999), for any program: see ``docs/bounds.md``.

    Parameters
    ----------
    root_steps
        Most subgradient steps of each round of reduction. Default 600.
    node_steps
        Most subgradient steps in a node of the tree. Default 20.
    """

    name: ClassVar[str] = "exact"
    summary: ClassVar[str] = "own branch and bound with Lagrangian bounds and fixing"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one node of the search tree"
    starts_from: ClassVar[str] = "local"

    root_steps: int = 600
    node_steps: int = 20

    def __post_init__(self) -> None:
        for name in ("root_steps", "node_steps"):
            if getattr(self, name) < 1:
                found = getattr(self, name)
                raise InvalidParameter(f"expected {name} of 1 or more, found {found}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.bounds.lagrangian import warm_up
        from bundlesolve.kernels.propagate import warm_up as warm_up_propagate

        warm_up()
        warm_up_propagate()

    def search(self, program: Program, run: Run) -> Proof:
        """Reduce, then walk through the tree; complete unless the run ends it."""
        from bundlesolve.reduce.fixing import fix_variables
        from bundlesolve.reduce.restrict import restrict
        from bundlesolve.solvers.tree import Tree

        def keep_going() -> bool:
            return not run.should_stop()

        if run.objective is None:
            core = restrict(program, program.lower, program.upper)
        else:
            core = fix_variables(
                program, run.objective, keep_going, self.root_steps, run.offer_bound
            )
        if core.program is not None:
            logger.info("%d of %d variables left", len(core.free), program.num_vars)
            tree = Tree(core, run, self.node_steps)
            if not tree.walk():
                return Proof(bound=tree.bound)
        return Proof(bound=run.objective, infeasible=run.objective is None)

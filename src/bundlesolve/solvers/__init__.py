"""The solvers, one file each; `base` has the registry."""

from bundlesolve.solvers.base import SOLVERS, Proof, Solver, get_solver

__all__ = ["SOLVERS", "Proof", "Solver", "get_solver"]

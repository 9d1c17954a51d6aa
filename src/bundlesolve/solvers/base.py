"""What a solver is, and the registry of all of them."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from bundlesolve.errors import InvalidParameter, MissingExtra
from bundlesolve.model.program import Program
from bundlesolve.run import Run


@dataclass(frozen=True)
class Proof:
    """What a search proved, besides what it offered to its run.

    Parameters
    ----------
    bound
        An upper bound on the objective. Default None: no bound.
    infeasible
        True when no feasible point exists. Default False.
    """

    bound: int | None = None
    infeasible: bool = False


@dataclass(frozen=True)
class Solver(ABC):
    """A method with its parameters; it only searches.

    A subclass is a frozen dataclass of its own parameters, validated in
    ``__post_init__``. Everything a run needs besides (clock, generator, incumbent, traces)
    is in the `Run` it is given.
    """

    name: ClassVar[str]
    """How `SOLVERS` calls it."""
    summary: ClassVar[str]
    """One line for people."""
    proves: ClassVar[tuple[str, ...]] = ()
    """What it can prove: any of ``optimal``, ``infeasible``, ``bound``."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Import names of the packages it runs on."""
    extra: ClassVar[str | None] = None
    """The extra of this package that brings them; None when the base install does."""
    step: ClassVar[str]
    """What one step of ``Stop.steps`` is."""
    starts_from: ClassVar[str] = "greedy"
    """Whose point it gets as incumbent: ``greedy``, or ``local`` (greedy, then a burst of
    local search)."""
    takes_segments: ClassVar[bool] = False
    """Whether instances of many bundles go to `bundlesolve.solvers.segments` instead."""

    def refuses(self, program: Program) -> str | None:
        """Return why this solver declines the program, None if it takes it."""
        return None

    def warm_up(self) -> None:  # noqa: B027 - most solvers have nothing to warm
        """Compile kernels (outside the clock) and send for engines, without waiting."""

    @abstractmethod
    def search(self, program: Program, run: Run) -> Proof:
        """Search until ``run.should_stop()`` or nothing is left to try.

        Feasible points go to ``run.offer``, bounds to ``run.offer_bound``, work done to
        ``run.step``. ``run.incumbent`` may hold a point to start from.
        """

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return dataclasses.asdict(self)


SOLVERS: dict[str, str] = {
    "auto": "bundlesolve.solvers.auto:Auto",
    "brute": "bundlesolve.solvers.brute:Brute",
    "cpsat": "bundlesolve.solvers.cpsat:CpSat",
    "cut": "bundlesolve.solvers.cut:Cut",
    "exact": "bundlesolve.solvers.exact:Exact",
    "genetic": "bundlesolve.solvers.genetic:Genetic",
    "greedy": "bundlesolve.solvers.greedy:Greedy",
    "local": "bundlesolve.solvers.local:Local",
    "mip": "bundlesolve.solvers.mip:Mip",
    "scip": "bundlesolve.solvers.scip:Scip",
}
"""Every solver by name, as ``module:class``; imported when asked for."""


def solver_class(name: str) -> type[Solver]:
    """Return a solver's class without checking that its packages are there.

    Raises
    ------
    InvalidParameter
        If there is no solver of that name.
    """
    if name not in SOLVERS:
        known = ", ".join(sorted(SOLVERS))
        raise InvalidParameter(f"expected a method out of {known}, found {name!r}")
    module, _, attribute = SOLVERS[name].partition(":")
    found: type[Solver] = getattr(import_module(module), attribute)
    return found


def missing_packages(solver: type[Solver]) -> list[str]:
    """Return which of the packages a solver needs are not installed; imports none."""
    return [name for name in solver.needs if not _is_installed(name)]


@cache
def _is_installed(name: str) -> bool:
    return find_spec(name) is not None


def get_solver(method: str | Solver) -> Solver:
    """Return the solver for a name (with default parameters) or the solver itself.

    Raises
    ------
    InvalidParameter
        If there is no solver of that name.
    MissingExtra
        If a package it needs is not installed.
    """
    solver = solver_class(method)() if isinstance(method, str) else method
    missing = missing_packages(type(solver))
    if missing:
        raise MissingExtra(missing[0], solver.extra or solver.name)
    return solver

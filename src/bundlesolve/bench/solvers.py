"""A solver of ours as a contender."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import msgspec

from bundlesolve.bench.claim import Call, Claim, Contender, steps_of
from bundlesolve.errors import BundlesolveError, InvalidParameter
from bundlesolve.generate import Small
from bundlesolve.model.instance import Instance
from bundlesolve.solve import solve
from bundlesolve.solvers import rare_kernels
from bundlesolve.solvers.base import Solver, missing_packages, solver_class
from bundlesolve.stop import Stop

PRACTICE = Stop(seconds=0.2, steps=10)
"""Limits of the practice run before the clock starts."""


class OurSolver(Contender):
    """A solver of ours.

    Parameters
    ----------
    name
        Its name.
    parameters
        Its parameters, as TOML or JSON hold them.
    threads
        Threads it may use, where it has a parameter for that.

    Raises
    ------
    InvalidParameter
        If there is no such solver or parameter.
    """

    def __init__(self, name: str, parameters: dict[str, Any], threads: int) -> None:
        self._kind = solver_class(name)
        self._solver = _made(self._kind, parameters, threads)

    def absent(self) -> str | None:
        """Return which packages are missing."""
        missing = missing_packages(self._kind)
        return ", ".join(missing) or None

    def warm_up(self, call: Call) -> None:
        """Practise, so that all is imported and compiled."""
        practise(self._solver, call.instance)

    def solve(self, call: Call) -> Claim:
        """Call `bundlesolve.solve.solve`."""
        solution = solve(call.instance, self._solver, stop=call.stop, seed=call.seed)
        return Claim(
            status=solution.status,
            units=solution.units,
            objective=solution.objective,
            bound=solution.bound,
            incumbents=steps_of(solution.trace, "objective"),
            bounds=steps_of(solution.bound_trace, "bound"),
            stop_reason=solution.stop_reason.value,
            split={k: v for k, v in solution.timings.items() if k != "total"},
            versions=dict(solution.versions),
        )

    def parameters(self) -> dict[str, Any]:
        """Return the solver's parameters."""
        return self._solver.parameters()


def practise(solver: Solver, instance: Instance) -> None:
    """Solve a tiny instance, and load what this one may need beyond that."""
    tiny = Small(items=4).make(0)
    with contextlib.suppress(BundlesolveError):
        solve(tiny, solver, stop=PRACTICE)
    if solver.name != "greedy":
        rare_kernels.warm_up(instance)


def _made(kind: type[Solver], parameters: dict[str, Any], threads: int) -> Solver:
    known = {field.name for field in dataclasses.fields(kind) if field.init}
    for name in parameters:
        if name not in known:
            expected = f"a parameter out of {', '.join(sorted(known)) or 'none'}"
            raise InvalidParameter(f"expected {expected}, found {name!r}")
    given = dict(parameters)
    if "threads" in known:
        given.setdefault("threads", threads)
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"{kind.name}: {error}") from None

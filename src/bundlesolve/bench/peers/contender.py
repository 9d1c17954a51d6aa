"""A peer as a contender: our greedy point as start, our books, its search."""

from __future__ import annotations

import time
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from bundlesolve.bench.claim import Call, Claim, Contender, Step, versions_of
from bundlesolve.bench.peers import PEERS
from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.errors import InvalidParameter
from bundlesolve.generate import Small
from bundlesolve.model.compile import compile
from bundlesolve.model.solution import Status
from bundlesolve.run import Run
from bundlesolve.solvers.base import get_solver
from bundlesolve.stop import Stop

PRACTICE = Stop(seconds=0.2)


class PeerContender(Contender):
    """A peer.

    Parameters
    ----------
    name
        Its name.

    Raises
    ------
    InvalidParameter
        If there is no such peer.
    """

    def __init__(self, name: str) -> None:
        if name not in PEERS:
            known = ", ".join(sorted(PEERS))
            raise InvalidParameter(f"expected a peer out of {known}, found {name!r}")
        self._peer: Any = import_module(PEERS[name])

    def absent(self) -> str | None:
        """Return which packages are missing."""
        names = zip(self._peer.NEEDS, self._peer.MODULES, strict=True)
        missing = [package for package, module in names if not _is_there(module)]
        return ", ".join(missing) or None

    def warm_up(self, call: Call) -> None:
        """Solve a tiny instance, so that all is imported and compiled."""
        tiny = Small(items=4).make(0)
        self._run(Call(tiny, PRACTICE, 0, call.limits))

    def solve(self, call: Call) -> Claim:
        """Give it our start, let it search."""
        return self._run(call)

    def _run(self, call: Call) -> Claim:
        began = time.perf_counter()
        compiled = compile(call.instance)
        program = compiled.program
        built = time.perf_counter()
        run = PeerRun(program, call.stop, call.seed, call.limits.threads, began)
        greedy = Run(program, Stop(), np.random.default_rng(call.seed), "greedy")
        get_solver("greedy").search(program, greedy)
        if greedy.incumbent is not None:
            run.start = greedy.incumbent
            run.point(greedy.incumbent)
        ready = time.perf_counter()
        end: PeerEnd = self._peer.solve_peer(run)
        split = {
            "compile": built - began,
            "start": ready - built,
            "search": time.perf_counter() - ready,
        }
        bound = run.bounds[-1].value if run.bounds else None
        if end.optimal and run.objective is not None:
            bound = run.objective
            run.bounds.append(Step(run.seconds, 0, bound))
        return Claim(
            status=_status(run, end),
            units=None if run.best is None else compiled.decode(run.best),
            objective=run.objective,
            bound=bound,
            incumbents=tuple(run.incumbents),
            bounds=tuple(run.bounds),
            split=split,
            stop_reason="proved" if end.optimal or end.infeasible else "",
            versions=versions_of(*self._peer.NEEDS),
            note=_note(run, end),
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package above it
        return False


def _status(run: PeerRun, end: PeerEnd) -> Status:
    if end.infeasible:
        return Status.INFEASIBLE
    if run.objective is None:
        return Status.UNKNOWN
    return Status.OPTIMAL if end.optimal else Status.FEASIBLE


def _note(run: PeerRun, end: PeerEnd) -> str:
    told = end.words
    if run.broken:
        told += f"; {run.broken} of its points break a limit"
    return told

"""From a suite's method to who takes part."""

from __future__ import annotations

from bundlesolve.bench.claim import Contender
from bundlesolve.bench.suite import MethodSpec


def contender(spec: MethodSpec, threads: int) -> Contender:
    """Return who takes part.

    Raises
    ------
    InvalidParameter
        If there is no such solver, peer or parameter.
    """
    if spec.method is not None:
        from bundlesolve.bench.solvers import OurSolver

        return OurSolver(spec.method, spec.parameters, threads)
    if spec.peer is not None:
        from bundlesolve.bench.peers.contender import PeerContender

        return PeerContender(spec.peer)
    from bundlesolve.bench.adapter import CommandContender

    assert spec.command is not None
    return CommandContender(spec.command)

"""D-Wave's tabu search on the penalised model."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.bench.peers.samplers import solve_by_samples

SUMMARY = "D-Wave tabu search, penalised model"
NEEDS = ("dwave-samplers", "dimod")
MODULES = ("dwave.samplers", "dimod")

SLICE = 200
"""Milliseconds of one read, less where less is left."""


def solve_peer(run: PeerRun) -> PeerEnd:
    """Search in slices, each from another state."""
    dwave: Any = import_module("dwave.samplers")

    def sample(model: Any, seed: int, state: Any) -> Any:
        left = max(1, min(SLICE, int(1000 * run.remaining)))
        start = None if state is None else [state]
        return dwave.TabuSampler().sample(
            model, initial_states=start, timeout=left, num_reads=1, seed=seed
        )

    return solve_by_samples(run, "tabu", sample)

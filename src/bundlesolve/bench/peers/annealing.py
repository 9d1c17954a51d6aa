"""D-Wave's simulated annealing on the penalised model."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bundlesolve.bench.peers.run import PeerEnd, PeerRun
from bundlesolve.bench.peers.samplers import solve_by_samples

SUMMARY = "D-Wave simulated annealing, penalised model"
NEEDS = ("dwave-samplers", "dimod")
MODULES = ("dwave.samplers", "dimod")


def solve_peer(run: PeerRun) -> PeerEnd:
    """Anneal, read after read, from random states as annealing does."""
    dwave: Any = import_module("dwave.samplers")

    def sample(model: Any, seed: int, state: Any) -> Any:
        return dwave.SimulatedAnnealingSampler().sample(
            model,
            num_reads=1,
            seed=seed,
            interrupt_function=lambda: run.remaining <= 0.02,
        )

    return solve_by_samples(run, "annealing", sample)

"""D-Wave's samplers on the penalised model: reads until the time is up."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from bundlesolve.bench.peers.penalty import Penalised
from bundlesolve.bench.peers.run import PeerEnd, PeerRun

MOST_READS = 1 << 40
STRENGTHS = (0.1, 0.01, 1.0, 0.001)
"""Of the penalties, in turn: what is best depends on the instance, and a user tries."""

Sample = Callable[[Any, int, Any], Any]
"""From a model, a seed and a state to start from (None: any) to samples."""


def solve_by_samples(run: PeerRun, name: str, sample: Sample) -> PeerEnd:
    """Sample again and again, each strength for the first time from the start.

    Parameters
    ----------
    run
        The peer's run.
    name
        The peer's name.
    sample
        The sampler.

    Raises
    ------
    Refused
        If the program is not of 0-1 variables.
    """
    dimod: Any = import_module("dimod")

    penalised = Penalised(name, run.program)
    models: list[Any] = []
    rng = np.random.default_rng(run.seed)
    reads, most = 0, run.stop.steps or MOST_READS
    while run.remaining > 0.02 and reads < most:
        if len(models) < len(STRENGTHS):
            costs = penalised.quadratic(STRENGTHS[len(models)])
            models.append(dimod.BinaryQuadraticModel(*costs, 0.0, "BINARY"))
        model = models[reads % len(STRENGTHS)]
        state = None
        if reads < len(STRENGTHS) and run.start is not None:
            state = completed(run, model.num_variables)
        found = sample(model, int(rng.integers(1 << 31)), state)
        reads += 1
        order = np.argsort([int(v) for v in found.variables])
        for row in found.record.sample:
            run.point(row[order][: run.program.num_vars], reads)
    return PeerEnd(words=f"{name}: {reads} reads")


def completed(run: PeerRun, size: int) -> dict[int, int]:
    """Return the start with slack bits of 0: the sampler finds theirs at once."""
    assert run.start is not None
    values = np.zeros(size, dtype=np.int64)
    values[: run.program.num_vars] = run.start
    return dict(enumerate(values.tolist()))

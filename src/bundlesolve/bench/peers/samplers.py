"""D-Wave's samplers on the penalised model: reads until the time is up."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from bundlesolve.bench.peers.penalty import Penalised
from bundlesolve.bench.peers.run import PeerEnd, PeerRun

STRENGTHS = (0.03, 0.1, 0.01)
"""Of the penalties, in turn: what is best depends on the instance, and a user tries."""

Sample = Callable[[Any, int, Any], Any]
"""From a model, a seed and a state to start from (None: any) to samples."""


def solve_by_samples(run: PeerRun, name: str, sample: Sample) -> PeerEnd:
    """Sample again and again, the first time from the start.

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
    models: list[tuple[Penalised, Any]] = []
    rng = np.random.default_rng(run.seed)
    reads = 0
    while run.remaining > 0.02 and reads < (run.stop.steps or 1 << 60):
        if len(models) < len(STRENGTHS):
            penalised = Penalised(name, run.program, STRENGTHS[len(models)])
            singles = dict(enumerate(penalised.singles().tolist()))
            model = dimod.BQM(singles, penalised.products(), 0.0, "BINARY")
            models.append((penalised, model))
        penalised, model = models[reads % len(STRENGTHS)]
        for v, cost in enumerate(penalised.singles().tolist()):
            model.set_linear(v, cost)
        state = None
        if reads < len(STRENGTHS) and run.start is not None:
            state = dict(enumerate(run.start.tolist()))
        found = sample(model, int(rng.integers(1 << 31)), state)
        reads += 1
        order = np.argsort([int(v) for v in found.variables])
        for row in found.record.sample:
            x = row[order].astype(np.int64)
            run.point(x, reads)
            penalised.follow(x)
    return PeerEnd(words=f"{name}: {reads} reads")

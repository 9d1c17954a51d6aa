"""A part of a run that is held while better points come."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.generate.retail import Retail
from bundlesolve.model import compile
from bundlesolve.run import Run
from bundlesolve.solvers import held_run
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.held_run import HeldRun
from bundlesolve.stop import Stop, StopReason
from tests.kernels.programs import program_of


def steps_of(gains: dict[int, int], probes: bool = False, whole: int = 10_000) -> int:
    """Return after how many steps a part of 100 ends, with gains at some steps.

    ``gains`` maps steps to objectives, which are those of points of the program.
    """
    program = program_of(1)
    run = Run(program, Stop(steps=whole), np.random.default_rng(0), "local")
    part = HeldRun(run, Stop(steps=100), Stop(steps=1000), "local", probes)
    while not part.should_stop():
        part.step()
        if part.steps in gains:
            # What `offer` does, without a point.
            part._gained = part.seconds, part.steps
    assert part.stop_reason is StopReason.STEP_LIMIT or run.stop_reason is not None
    return part.steps


def test_ends_at_its_first_limit_without_late_gains() -> None:
    """No gain, or one in the first half."""
    assert steps_of({}) == 100
    assert steps_of({10: 1, 50: 2}) == 100


def test_is_held_while_better_points_come() -> None:
    """Twice the step of the last gain, and no further than the last limit."""
    assert steps_of({80: 1}) == 160
    assert steps_of({80: 1, 150: 2, 290: 3}) == 580
    assert steps_of({90: 1, 170: 2, 330: 3, 650: 4}) == 1000


def test_the_whole_run_ends_it() -> None:
    """Limits of the whole run hold whatever comes."""
    assert steps_of({80: 1}, whole=120) == 120


def test_a_wide_gap_holds_it_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No point is known: the gap is infinite."""
    monkeypatch.setattr(held_run, "LEAST_STEPS", 300)
    assert steps_of({}, probes=True) == 300
    assert steps_of({50: 1}, probes=True) == 400


def test_auto_is_local_while_better_points_come() -> None:
    """Bug: `auto` was 0.5 % behind `local` in shops at one second."""
    program = compile(Retail(items=150, synergies=1500).make(3)).program
    traces = []
    for method in ("local", "auto"):
        run = Run(program, Stop(steps=3000), np.random.default_rng(5), method)
        get_solver("greedy").search(program, run.prelude("greedy", Stop()))
        get_solver(method).search(program, run)
        traces.append([(i.steps, i.objective) for i in run.trace])
    local, auto = ([t for t in trace if t[0] <= 0.9 * 3000] for trace in traces)
    assert local == auto
    assert len(local) > 2

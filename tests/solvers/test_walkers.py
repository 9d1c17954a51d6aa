"""Several searches side by side: the same whatever the number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bundlesolve.generate.kind import Kind
from bundlesolve.generate.mkp import Mkp
from bundlesolve.generate.mmkp import Mmkp
from bundlesolve.generate.qkp import Qkp
from bundlesolve.generate.retail import Retail
from bundlesolve.model import Instance, compile
from bundlesolve.run import Run
from bundlesolve.solvers import local_rounds, walkers
from bundlesolve.solvers.elites import Elites
from bundlesolve.solvers.greedy import Greedy
from bundlesolve.solvers.held_run import HeldRun
from bundlesolve.solvers.local import Local
from bundlesolve.solvers.local_rounds import Rounds
from bundlesolve.stop import Stop, StopReason
from tests.referee import best_by_brute
from tests.strategies import instances

FORMS = [
    Retail(items=120, synergies=1200),
    Qkp(items=60),
    Mkp(items=40, resources=5),
    Mmkp(classes=8, items_each=5),
]


def walked(instance: Instance, steps: int, solver: Local, greedy: bool = False) -> Run:
    """Search under a limit of steps, and return the run."""
    program = compile(instance).program
    run = Run(program, Stop(steps=steps), np.random.default_rng(3), "local")
    if greedy:
        Greedy().search(program, run.prelude("greedy", Stop()))
    solver.search(program, run)
    return run


def trace(run: Run) -> list[tuple[int, int | None]]:
    """Return when the incumbent got better, in steps."""
    return [(i.steps, i.objective) for i in run.trace]


@pytest.fixture
def short_legs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let walkers meet often."""
    monkeypatch.setattr(walkers, "LEG_WORK", 1)


@pytest.mark.usefixtures("short_legs")
@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("number", [2, 3])
def test_threads_make_no_difference(kind: Kind, number: int) -> None:
    """One seed, one limit of steps, one trace and one answer."""
    instance = kind.make(1)
    runs = [
        walked(instance, 2500, Local(walkers=number, threads=threads), True)
        for threads in (1, 2, 3)
    ]
    assert trace(runs[0]) == trace(runs[1]) == trace(runs[2])
    for run in runs[1:]:
        np.testing.assert_array_equal(run.incumbent, runs[0].incumbent)


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_under_a_limit_of_steps_one_walks(threads: int) -> None:
    """However many threads there are, unless more walkers are asked for."""
    instance = Qkp(items=50).make(1)
    alone = walked(instance, 800, Local(walkers=1))
    assert trace(walked(instance, 800, Local(threads=threads))) == trace(alone)


@pytest.mark.usefixtures("short_legs")
def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the clock cuts a leg changes neither moves nor meetings."""
    instance = Retail(items=120, synergies=1200).make(2)
    traces = []
    for seconds in (0.0, 1e-4, 10.0):
        monkeypatch.setattr(local_rounds, "CHUNK_SECONDS", seconds)
        traces.append(trace(walked(instance, 3000, Local(walkers=2, patience=40), True)))
    assert traces[0] == traces[1] == traces[2]


@pytest.mark.usefixtures("short_legs")
@pytest.mark.parametrize("steps", [1, 2, 3, 17, 1000])
def test_step_limit_is_exact(steps: int) -> None:
    """All walkers together make as many moves as they may."""
    run = walked(Qkp(items=30).make(1), steps, Local(walkers=3, threads=2, patience=5))
    assert run.steps == steps
    assert run.stop_reason is StopReason.STEP_LIMIT


def test_stall_ends_it() -> None:
    """So many steps without improvement; more walkers only when asked for."""
    program = compile(Qkp(items=30).make(1)).program
    for number in (0, 2):
        run = Run(program, Stop(stall=300), np.random.default_rng(0), "local")
        Local(walkers=number, threads=2).search(program, run)
        assert run.stop_reason is StopReason.STALLED


def test_a_held_run_goes_on_where_its_limit_was() -> None:
    """The limit of steps may move while walkers walk; they get their shares of it."""
    program = compile(Retail(items=120, synergies=1200).make(2)).program
    whole = Run(program, Stop(steps=5000), np.random.default_rng(0), "local")
    part = HeldRun(whole, Stop(steps=100), Stop(steps=4000), "local", False)
    Local(walkers=2, threads=2).search(program, part)
    assert 100 <= part.steps <= 4000


@settings(max_examples=25)
@given(instances())
def test_finds_the_best_of_tiny_instances(instance: Instance) -> None:
    """From nothing and with every part of the model: brute's value, never more."""
    best = best_by_brute(instance)
    found = walked(instance, 3000, Local(walkers=2, threads=2)).objective
    assert (found is None) == (best is None)
    assert found == best


def test_nothing_to_choose_ends_at_once() -> None:
    """Without a free variable the only point is offered, without a step."""
    instance = Instance(items=("a",), utility=np.array([3]), max_units=np.array([0]))
    run = walked(instance, 10, Local(walkers=2))
    assert (run.objective, run.steps) == (0, 0)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_goes_wrong_in_a_thread_is_raised(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a walker that fell."""

    def fall(self: Rounds) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Rounds, "_steps", fall)
    with pytest.raises(ZeroDivisionError):
        walked(Qkp(items=30).make(1), 100, Local(walkers=2, threads=threads))


def test_elites_are_put_together_in_order() -> None:
    """The best of both; of two near ones of equal worth the first stays."""
    one, other = Elites(), Elites()
    near = np.array([1, 0, 0, 0, 0])
    one.add(5, near)
    other.add(5, 1 - near)
    other.add(5, np.array([1, 1, 0, 0, 0]))
    other.add(9, np.array([0, 1, 1, 1, 0]))
    together = Elites.merged([one, other])
    assert together.worths == sorted(together.worths, reverse=True)
    assert together.worths[0] == 9
    assert any(np.array_equal(x, near) for x in together.points)
    copy = together.copy()
    copy.add(100, np.array([1, 1, 1, 1, 1]))
    assert together.worths[0] == 9

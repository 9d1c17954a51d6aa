"""Local search: honest, repeatable however it is cut, and good."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from bundlesolve.errors import InvalidParameter
from bundlesolve.files import read
from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.generate.qkp import Qkp
from bundlesolve.generate.small import Small
from bundlesolve.model import Category, Instance, Synergies, compile
from bundlesolve.run import Run
from bundlesolve.solvers import local_rounds
from bundlesolve.solvers.local import Local
from bundlesolve.stop import Stop, StopReason
from tests.referee import best_by_brute
from tests.strategies import instances


def local(
    instance: Instance, steps: int, seed: int = 0, solver: Local | None = None
) -> Run:
    """Run local search alone, from nothing, and return its run."""
    program = compile(instance).program
    run = Run(program, Stop(steps=steps), np.random.default_rng(seed), "local")
    (solver or Local()).search(program, run)
    return run


def trace(run: Run) -> list[tuple[int, int | None]]:
    """Return when the incumbent got better, in steps."""
    return [(i.steps, i.objective) for i in run.trace]


@settings(max_examples=40)
@given(instances())
def test_finds_the_best_of_tiny_instances(instance: Instance) -> None:
    """From nothing and with every part of the model: brute's value, never more."""
    best = best_by_brute(instance)
    found = local(instance, 2000).objective
    assert (found is None) == (best is None)
    assert found == best


@pytest.mark.parametrize("seed", range(15))
def test_cut_into_chunks_of_any_size_it_is_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the clock cuts the search makes no difference to moves or trace."""
    instance = Small(items=15, most_points=1 << 40).draw(np.random.default_rng(seed))
    traces = []
    for seconds in (0.0, 1e-4, 10.0):
        monkeypatch.setattr(local_rounds, "CHUNK_SECONDS", seconds)
        run = local(instance, 1234, seed, Local(patience=70))
        assert run.steps == 1234 or run.stop_reason is None
        traces.append(trace(run))
    assert traces[0] == traces[1] == traces[2]


def test_more_steps_only_add_to_the_trace() -> None:
    """A longer run begins as the shorter one did, but for the last offer."""
    instance = Qkp(items=80).draw(np.random.default_rng(1))
    short, long = trace(local(instance, 500)), trace(local(instance, 3000))
    assert [t for t in long if t[0] < 500] == short[: len([t for t in long if t[0] < 500])]


@pytest.mark.parametrize("steps", [1, 2, 17, 1000])
def test_step_limit_is_exact(steps: int) -> None:
    """It makes as many moves as it may, restarts included."""
    instance = Qkp(items=30).draw(np.random.default_rng(1))
    run = local(instance, steps, solver=Local(patience=5))
    assert run.steps == steps
    assert run.stop_reason is StopReason.STEP_LIMIT


def test_stall_ends_it() -> None:
    """So many steps without improvement, and it stops there."""
    program = compile(Qkp(items=30).draw(np.random.default_rng(1))).program
    run = Run(program, Stop(stall=200), np.random.default_rng(0), "local")
    Local().search(program, run)
    assert run.stop_reason is StopReason.STALLED


def test_exactly_so_many_items_stay() -> None:
    """Exactly 4 of 12: swaps keep the count, and find the best."""
    rng = np.random.default_rng(5)
    pairs = {(i, j): int(rng.integers(100)) for i in range(12) for j in range(i + 1, 12)}
    size = Category(name="size", items=np.arange(12), at_least=4, at_most=4)
    instance = Instance(
        items=tuple(f"i{i}" for i in range(12)),
        utility=np.zeros(12, dtype=np.int64),
        synergies=Synergies.of(pairs),
        categories=(size,),
    )
    run = local(instance, 500)
    assert run.incumbent is not None
    assert run.incumbent.sum() == 4
    assert run.objective == best_by_brute(instance)


def test_starts_from_the_incumbent() -> None:
    """A good point given before is where it goes on."""
    program = compile(Qkp(items=60).draw(np.random.default_rng(2))).program
    first = Run(program, Stop(steps=3000), np.random.default_rng(0), "local")
    Local().search(program, first)
    run = Run(program, Stop(steps=1), np.random.default_rng(0), "local")
    assert first.incumbent is not None
    run.offer(first.incumbent, "start")
    Local().search(program, run)
    assert run.objective == first.objective


def test_nothing_to_choose_ends_at_once() -> None:
    """Without a free variable the only point is offered, without a step."""
    instance = Instance(items=("a",), utility=np.array([3]), max_units=np.array([0]))
    run = local(instance, 10)
    assert (run.objective, run.steps) == (0, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"tenure": -1}, {"patience": 0}, {"strength": 1001}, {"return_share": 0.5}],
)
def test_parameters_reject_nonsense(wrong: dict[str, int]) -> None:
    """Out of range, or not whole."""
    with pytest.raises(InvalidParameter, match=next(iter(wrong))):
        Local(**wrong)


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("jeu_100_25_1", 18558), ("jeu_200_75_1", 442894), ("jeu_300_50_1", 513379)],
)
def test_published_optima(benchmarks: Path, name: str, optimum: int) -> None:
    """Published optima of Billionnet and Soutif, within a few thousand steps."""
    file = benchmarks / "billionnet_soutif" / f"{name}.txt.gz"
    assert local(read(file), 20_000).objective == optimum


def test_local_finds_what_no_swap_does() -> None:
    """Bug: `local` lost 2 to 10 % where 200 items exclude each other."""
    run = local(Conflicts(items=200).make(2), 3000)
    assert run.objective is not None
    assert run.objective >= 0.99 * 36858

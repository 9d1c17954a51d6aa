"""The doubly nonnegative bound, against enumeration and numbers known from graph theory."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.bounds import low_rank, tightening
from bundlesolve.bounds.core import Core, make_core
from bundlesolve.bounds.doubly_nonnegative import (
    DoublyNonnegative,
    Placed,
    placed_near,
    suits,
)
from bundlesolve.bounds.kinds import choose_kind
from bundlesolve.bounds.lagrangian import lagrangian_bound
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.splitting import INNER, Splitting, place_near
from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.generate.qkp import Qkp
from bundlesolve.kernels.types import Floats
from bundlesolve.model import compile
from bundlesolve.model.program import Program
from tests.bounds.cores import (
    check_by_enumeration,
    core_of,
    feasible_worths,
    worths,
)


def graph_core(edges: list[tuple[int, int]], nodes: int, worth: float) -> Core:
    """Return nodes of one worth of which neighbours clash; no rows."""
    core = core_of(np.random.default_rng(0), nodes, 0, 0, 0)
    clash = np.zeros((nodes, nodes), dtype=np.bool_)
    for i, j in edges:
        clash[i, j] = clash[j, i] = True
    return replace(
        core,
        quadratic=np.zeros((nodes, nodes)),
        clash=clash,
        worth=np.full(nodes, worth),
        constant=0,
    )


def closes_to(core: Core, rounds: int = 20) -> float:
    """Return the bound after some rounds without a known point."""
    relaxation = DoublyNonnegative(core, None)
    relaxation.improve(rounds)
    return relaxation.value


RING = [(k, (k + 1) % 5) for k in range(5)]
PETERSEN = [
    *RING,
    *((k, k + 5) for k in range(5)),
    *((5 + k, 5 + (k + 2) % 5) for k in range(5)),
]


@pytest.mark.parametrize(
    ("edges", "nodes", "number"),
    [
        (RING, 5, 5**0.5),
        (PETERSEN, 10, 4.0),
        (list(itertools.combinations(range(6), 2)), 6, 1.0),
        ([(0, 1), (2, 3)], 4, 2.0),
    ],
    ids=["ring", "Petersen", "complete", "two edges"],
)
def test_numbers_of_graphs(edges: list[tuple[int, int]], nodes: int, number: float) -> None:
    """Lovász' number, which Schrijver's equals here: the root of 5, 4, 1 and 2."""
    value = closes_to(graph_core(edges, nodes, 1000.0))
    assert 1000.0 * number <= value + 1e-6
    assert value <= 1000.0 * number * 1.002


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 9),
    st.integers(0, 1),
    st.integers(0, 2),
    st.integers(0, 6),
)
def test_never_below_enumeration(
    seed: int, b: int, groups: int, rows: int, clashes: int
) -> None:
    """The bound holds after every round, and no fixing loses a better point."""
    core = core_of(np.random.default_rng(seed), b, groups, rows, clashes)
    check_by_enumeration(DoublyNonnegative, core)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.integers(0, 1), st.integers(0, 6))
def test_parts_are_bounded_too(seed: int, b: int, groups: int, clashes: int) -> None:
    """What a part takes over of multipliers and place is valid, then and after rounds."""
    rng = np.random.default_rng(seed)
    core = core_of(rng, b, groups, 0, clashes)
    parent = DoublyNonnegative(core, None)
    parent.improve(3)
    lower, upper = np.zeros(b), np.ones(b)
    for j in rng.choice(b, 2, replace=False):
        lower[j] = upper[j] = float(rng.integers(0, 2))
    points, worth = worths(core)
    inside = np.all((points >= lower) & (points <= upper), axis=1)
    small, free = core.restrict(lower, upper)
    multipliers = parent.best.restrict(core, lower, free)
    assert isinstance(multipliers, Placed)
    child = DoublyNonnegative(small, None, multipliers)
    for _ in range(3):
        child.improve(1)
        if np.any(inside):
            assert child.bound is not None
            assert child.bound >= worth[inside].max()


@pytest.mark.parametrize("seed", range(4))
def test_not_above_the_splits_alone(seed: int) -> None:
    """Not above the Lagrangian bound of the splits, which the relaxation implies."""
    rng = np.random.default_rng(seed)
    program = compile(Qkp(items=40, density=25).draw(rng)).program
    lagrangian = lagrangian_bound(program, None, lambda: True)
    relaxation = DoublyNonnegative(make_core(program), None)
    relaxation.improve(12)
    assert lagrangian is not None
    assert relaxation.bound is not None
    assert relaxation.bound <= lagrangian * 1.001


def test_the_point_keeps_everything_in_the_end() -> None:
    """Semidefinite, no negative entry, nothing where two clash, the knapsack's products."""
    core = core_of(np.random.default_rng(3), 9, 1, 0, 6)
    splitting = Splitting(core)
    splitting.iterate(400)
    point = splitting.place.point[:10, :10].copy()
    point[0] /= INNER
    point[1:] /= INNER**2
    point[1:, 0] *= INNER
    point[0, 0] *= INNER
    tight = 5e-3
    assert point[0, 0] == 1.0
    np.testing.assert_allclose(point, point.T, atol=1e-12)
    assert np.linalg.eigvalsh(point).min() > -tight
    assert point.min() >= 0.0
    assert not point[1:, 1:][core.clash].any()
    np.testing.assert_allclose(np.diag(point)[1:], point[0, 1:])
    room = core.capacity[0] * point[0, 1:] - core.weight @ point[1:, 1:]
    assert room.min() > -tight * core.capacity[0]


def test_which_cores_suit() -> None:
    """Soft rows do not, and neither do variables of more than two values."""
    core = core_of(np.random.default_rng(0), 5, 1, 1, 0)
    assert suits(core)
    assert not suits(replace(core, most_high=np.array([3.0])))
    assert not suits(replace(core, quadratic=core.quadratic[:4, :4]))


def test_the_tree_takes_it_where_variables_clash() -> None:
    """In every node, however few of the pairs left clash."""
    ring = graph_core(RING, 5, 10.0)
    kind = choose_kind(ring)
    free: Floats = np.ones(5)
    small, _ = ring.restrict(np.zeros(5), np.where(np.arange(5) < 2, free, 0.0))
    assert kind(ring, is_root=True) is DoublyNonnegative
    assert kind(small) is DoublyNonnegative
    assert choose_kind(replace(ring, clash=np.zeros((5, 5), np.bool_)))(ring) is not (
        DoublyNonnegative
    )
    assert choose_kind(ring, rounds=True)(ring) is not Semidefinite


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(0, 2))
def test_rounds_after_steps(seed: int, b: int, rows: int) -> None:
    """From a place near other multipliers: valid, and never worse than these."""
    core = core_of(np.random.default_rng(seed), b, 1, rows, 3)
    _, worth = worths(core)
    if len(worth) == 0:
        return
    before = Semidefinite(core, None)
    before.improve(8)
    after = DoublyNonnegative(core, None, placed_near(core, before.best, before.moment()))
    for _ in range(4):
        after.improve(1)
        assert after.value <= before.value + 1e-6 * (1.0 + abs(before.value))
        assert after.bound is not None
        assert after.bound >= worth.max()


def test_near_multipliers_the_prices_are_theirs() -> None:
    """Without iterations the place gives the lift back that it was made from."""
    core = core_of(np.random.default_rng(5), 8, 1, 1, 3)
    before = Semidefinite(core, None)
    before.improve(30)
    place = place_near(core, before.best, before.moment())
    again = Splitting(core, place).multipliers()
    size = np.abs(before.best.lift).max()
    np.testing.assert_allclose(again.lift, before.best.lift, atol=1e-9 * size)
    np.testing.assert_allclose(again.high, before.best.high, atol=1e-9 * size)


def watch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by a core's size with every round that is taken."""
    rounds: list[int] = []
    improve = DoublyNonnegative.improve

    def spy(self: DoublyNonnegative, steps: int) -> None:
        rounds.append(self.core.num_vars)
        improve(self, steps)

    monkeypatch.setattr(DoublyNonnegative, "improve", spy)
    return rounds


def tightens(program: Program) -> None:
    """Check bound and box against enumeration, the known point one below the best."""
    points, values = feasible_worths(program)
    best = int(values.max())
    box = tightening.tighten(program, best - 1, lambda: True, 40)
    inside = np.all((points >= box.lower) & (points <= box.upper), axis=1)
    assert not box.closed
    assert box.bound is not None
    assert box.bound >= best
    assert values[inside].max() == best


def test_tightening_turns_to_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where steps are slow: in the end the bound is one of rounds, and a proof."""
    monkeypatch.setattr(low_rank, "LEAST_VARIABLES", 5)
    monkeypatch.setattr(tightening, "PACE_STEPS", 1)
    monkeypatch.setattr(tightening, "PACE_GAP", 0.0)
    rounds = watch(monkeypatch)
    for seed in range(6):
        kind = Qkp(items=11, density=50)
        tightens(compile(kind.draw(np.random.default_rng(seed))).program)
    assert rounds


def test_tightening_begins_with_rounds_where_variables_clash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many rounds as it takes, nothing else."""
    rounds = watch(monkeypatch)
    for seed in range(6):
        kind = Conflicts(items=10, conflict_density=20)
        tightens(compile(kind.draw(np.random.default_rng(seed))).program)
    assert rounds

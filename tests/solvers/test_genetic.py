"""The genetic solver: exact, repeatable, and alone with its generator."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from deap import creator

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.generate.kind import Kind
from bundlesolve.generate.mkp import Mkp
from bundlesolve.generate.mmkp import Mmkp
from bundlesolve.generate.qkp import Qkp
from bundlesolve.generate.retail import Retail
from bundlesolve.model import compile
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.genetic import Genetic
from bundlesolve.solvers.genetic_operators import cross, mutate, sprinkle, tournament
from bundlesolve.solvers.genetic_strategy import Breeding, Individual, Strategy
from bundlesolve.solvers.supply_rounds import supply_of
from bundlesolve.stop import Stop, StopReason
from tests.kernels.programs import program_of
from tests.solvers.test_supply import demanding


def search(
    program: Program, steps: int | None = 600, seed: int = 0, solver: Genetic | None = None
) -> Run:
    """Return the run after a genetic search without any start."""
    run = Run(program, Stop(steps=steps), np.random.default_rng(seed), "genetic")
    proof = (solver or Genetic()).search(program, run)
    assert proof.bound is None
    assert not proof.infeasible
    return run


def tiny(seed: int) -> Program:
    """Return the program of a tiny instance that uses every part of the model."""
    from bundlesolve.generate.small import Small

    return compile(Small().draw(np.random.default_rng(seed))).program


def test_equals_brute_on_nearly_all_tiny_programs() -> None:
    """Never above the referee, never where nothing is feasible, and hardly ever below."""
    missed = 0
    for seed in range(60):
        program = tiny(seed)
        referee = Run(program, Stop(), np.random.default_rng(0), "brute")
        get_solver("brute").search(program, referee)
        run = search(program, 200)
        if referee.objective is None:
            assert run.objective is None
        elif run.objective != referee.objective:
            assert run.objective is None or run.objective < referee.objective
            missed += 1
    assert missed <= 2


@pytest.mark.parametrize("steps", [1, 7, 24, 25, 100])
def test_step_limits_are_kept_to_the_step(steps: int) -> None:
    """A step is a child: not one more is raised."""
    run = search(program_of(1), steps)
    assert run.steps == steps
    assert run.stop_reason is StopReason.STEP_LIMIT


def test_same_seed_same_trace() -> None:
    """Steps and objectives repeat; another seed walks another way."""
    program = compile(Qkp(items=60).make(3)).program
    traces = [
        [(moment.steps, moment.objective) for moment in search(program, 200, seed).trace]
        for seed in (5, 5, 6)
    ]
    assert traces[0] == traces[1]
    assert traces[0] != traces[2]
    objectives = [objective for _, objective in traces[0]]
    assert objectives == sorted(set(objectives))  # type: ignore[type-var]


def global_state() -> tuple[object, str, set[str]]:
    """Return what no solver may touch."""
    numpy_state = str(np.random.get_state())  # noqa: NPY002
    return random.getstate(), numpy_state, set(vars(creator))


def test_leaves_global_generators_and_creator_alone() -> None:
    """Neither `random`, nor NumPy's global state, nor DEAP's creator module changes."""
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the state that must not change
    before = global_state()
    search(program_of(2))
    after = global_state()
    assert before == after


def test_ends_by_itself() -> None:
    """Without limits it ends when new populations bring nothing."""
    run = search(tiny(4), None, solver=Genetic(patience=2, restarts=2))
    assert run.stop_reason is None
    assert run.steps >= 3 * 2 * 6


def test_starts_from_the_incumbent() -> None:
    """The point in the run is the first child; it can only get better."""
    program = compile(Qkp(items=40).make(1)).program
    run = Run(program, Stop(steps=1), np.random.default_rng(0), "genetic")
    get_solver("greedy").search(program, run.part(Stop()))
    start, run.steps = run.objective, 0
    Genetic().search(program, run)
    assert start is not None
    assert run.objective is not None
    assert run.objective >= start


def test_time_limit() -> None:
    """A thousand items, a third of a second: it looks at the clock often enough."""
    program = compile(Qkp(items=1000, density=25).make(0)).program
    solver = Genetic()
    solver.warm_up()
    run = Run(program, Stop(seconds=0.3), np.random.default_rng(0), "genetic")
    began = time.perf_counter()
    solver.search(program, run)
    assert time.perf_counter() - began < 0.3 + 0.5
    assert run.stop_reason is StopReason.TIME_LIMIT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("population", 3),
        ("population", 24.0),
        ("population", True),
        ("elite", 1.5),
        ("elite", float("nan")),
        ("tournament", 0),
        ("crossover", -0.1),
        ("segments", 2),
        ("mutation", -1),
        ("passes", -1),
        ("effort", 0),
        ("patience", 0),
        ("restarts", -1),
        ("restarts", "many"),
        ("brood", 0),
        ("immigration", 2),
        ("tabu", -1),
    ],
)
def test_parameters_reject_nonsense(name: str, value: object) -> None:
    """The error names the parameter and what came."""
    with pytest.raises(InvalidParameter, match=rf"{name}.*found"):
        Genetic(**{name: value})  # type: ignore[arg-type]


def test_other_parameters_work_too() -> None:
    """The corners of the ranges: no elite, no crossover, no improvement, big brood."""
    for solver in (
        Genetic(elite=0.0, crossover=0.0, passes=0),
        Genetic(population=4, mutation=0.0, segments=1.0, tournament=9),
        Genetic(population=300, effort=1),
        Genetic(brood=24, passes=20, tabu=0),
        Genetic(brood=1, immigration=1.0, tabu=1),
    ):
        run = search(program_of(7), 650, solver=solver)
        assert run.steps == 650


def test_goes_on_under_a_limit() -> None:
    """Bug: it ended when its populations had converged, with most of the time left."""
    run = search(tiny(4), 3000, solver=Genetic(patience=1, restarts=0))
    assert run.steps == 3000


@pytest.mark.parametrize("kind", ["mmkp", "retail", "mkp", "conflicts"])
def test_children_are_improved_in_every_form(kind: str) -> None:
    """Classes, communities, resources, conflicts: better than before."""
    made: dict[str, Kind] = {
        "mmkp": Mmkp(classes=12, items_each=5),
        "retail": Retail(items=120, synergies=1200),
        "mkp": Mkp(items=40, resources=5),
        "conflicts": Conflicts(items=40),
    }
    program = compile(made[kind].make(1)).program
    alone = search(program, 30, solver=Genetic(tabu=0, immigration=0.0))
    improved = search(program, 30)
    assert improved.objective is not None
    assert alone.objective is None or improved.objective >= alone.objective


def test_units_follow_in_a_dispersion() -> None:
    """Children are sets of items; their units are filled in and the answer holds."""
    rng = np.random.default_rng(2)
    n = 12
    distance = rng.integers(0, 30, n * (n - 1) // 2).tolist()
    fixed, unit, stock = (rng.integers(1, 9, n).tolist() for _ in range(3))
    program = compile(demanding(distance, fixed, unit, stock, 60, 12)).program
    assert supply_of(program) is not None
    run, local = search(program, 60), Run(program, Stop(steps=3000), rng, "local")
    get_solver("local").search(program, local)
    assert run.objective == local.objective
    assert run.objective is not None


def test_shops_are_searched_as_by_local() -> None:
    """Bug: `genetic` knew no communities and lost 10 % in shops."""
    program = compile(Retail(items=300, synergies=4000).make(3)).program
    found = []
    for method, steps in (("local", 4000), ("genetic", 60)):
        run = Run(program, Stop(steps=steps), np.random.default_rng(0), method)
        get_solver("greedy").search(program, run.prelude("greedy", Stop()))
        get_solver(method).search(program, run)
        assert run.objective is not None
        found.append(run.objective)
    assert found[1] >= 0.999 * found[0]


def test_tournaments_prefer_the_better() -> None:
    """With size 1 all are equally likely, with a large size the first wins."""
    rng = np.random.default_rng(0)
    assert set(tournament(rng, 3, 200, 1)) == {0, 1, 2}
    assert set(tournament(rng, 3, 200, 50)) == {0}


@pytest.mark.parametrize("segments", [0.0, 1.0])
def test_crossover_keeps_blocks_whole(segments: float) -> None:
    """Every block of every child is one parent's; both parents have their part."""
    rng = np.random.default_rng(1)
    first, second = np.zeros((50, 9), dtype=np.int64), np.ones((50, 9), dtype=np.int64)
    block = np.array([0, 0, 0, 1, 2, 2, 3, 3, 4])
    children = cross(rng, first, second, block, segments)
    for number in range(5):
        part = children[:, block == number]
        assert np.all(part == part[:, :1])
    assert 0 < children.mean() < 1
    if segments == 1.0:
        changes = np.abs(np.diff(children, axis=1)).sum(axis=1)
        assert changes.max() <= 2


def test_mutation_keeps_bounds_and_balance() -> None:
    """As many variables go up as down whatever the density; fixed ones stay."""
    rng = np.random.default_rng(2)
    lower, upper = np.zeros(200, dtype=np.int64), np.ones(200, dtype=np.int64)
    upper[:20] = 5
    upper[-1] = lower[-1] = 1
    points = np.zeros((300, 200), dtype=np.int64)
    points[:, 150:] = 1
    mutants = mutate(rng, points, (lower, upper), 4.0)
    assert np.all((mutants >= lower) & (mutants <= upper))
    assert np.all(mutants[:, -1] == 1)
    assert (mutants > points).sum() / 300 == pytest.approx(4, abs=0.5)
    assert (mutants < points).sum() / 300 == pytest.approx(4, abs=0.5)
    assert set(np.unique(mutants[:, :20])) == {0, 1, 2, 3, 4, 5}
    np.testing.assert_array_equal(mutate(rng, points, (lower, upper), 0.0), points)


def test_random_points_follow_the_typical_density() -> None:
    """Points within the bounds, of densities up to three times the typical one."""
    rng = np.random.default_rng(3)
    bounds = np.full(400, 2), np.full(400, 4)
    points = sprinkle(rng, 200, bounds, 0.1)
    shares = (points > 2).mean(axis=1)
    assert points.min() == 2
    assert points.max() == 4
    assert shares.max() < 0.4
    assert shares.mean() == pytest.approx(0.15, abs=0.03)
    assert (sprinkle(rng, 200, bounds, None) > 2).mean() == pytest.approx(0.5, abs=0.1)


def test_population_is_sorted_and_without_duplicates() -> None:
    """Less violation comes first, then more worth; a point stands there once."""
    breeding = Breeding(3, 3, 3, 2, 0.9, 0.2, 1.0, 0.0)
    bounds = np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64)
    strategy = Strategy(breeding, np.random.default_rng(0), bounds, np.arange(2))
    assert strategy.best is None
    assert strategy.leader is None
    children = []
    for point, merit in (
        ([0, 0], (0.0, 1)),
        ([1, 1], (2.0, 99)),
        ([0, 1], (0.0, 5)),
        ([0, 1], (0.0, 5)),
        ([1, 0], (1.0, 7)),
    ):
        child = Individual(np.array(point))
        child.fitness.values = merit
        children.append(child)
    strategy.update(children)
    assert [one.point.tolist() for one in strategy.members] == [[0, 1], [0, 0], [1, 0]]
    strategy.update([])
    assert len(strategy.members) == 3
    assert len(strategy.generate()) == 3


def test_restarts_grow_around_the_seed_or_away_from_it() -> None:
    """Around: the seed is the first child, mutants follow; away: it is not among them."""
    breeding = Breeding(20, 20, 20, 2, 0.9, 0.2, 1.0, 0.0)
    bounds = np.zeros(40, dtype=np.int64), np.ones(40, dtype=np.int64)
    strategy = Strategy(breeding, np.random.default_rng(0), bounds, np.arange(40))
    seed = np.array([1] * 10 + [0] * 30)
    strategy.restart(seed)
    children = [child.point for child in strategy.generate()]
    assert len(children) == 20
    assert children[0].tolist() == seed.tolist()
    assert np.mean([np.sum(child != seed) for child in children[1:10]]) < 12
    strategy.restart(seed, around=False)
    away = [child.point.tolist() for child in strategy.generate()]
    assert len(away) == 20
    assert seed.tolist() not in away
    strategy.restart(None)
    assert len(strategy.generate()) == 20

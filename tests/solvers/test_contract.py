"""One suite, every solver: what the interface means is what this file enforces."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import pickle
import random
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings

from bundlesolve.errors import InvalidParameter, Refused
from bundlesolve.model import Amounts, Budget, Instance, Synergies, compile
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS, missing_packages, solver_class
from bundlesolve.stop import Stop, StopReason
from tests.referee import best_by_brute, disagreements
from tests.solvers.nasty import NASTY
from tests.strategies import instances

STEPS = {
    "local": 2000,
    "cut": 2000,
    "genetic": 600,
    "auto": 2000,
    "greedy": 1000,
    "brute": 1 << 20,
}
"""Steps that are plenty for a tiny instance; the engines count nodes."""
PROVERS = ["auto", "brute", "exact", "mip", "cpsat", "scip"]


def enough(method: str) -> Stop:
    """Return limits within which a tiny instance is solved, a clock only as a net."""
    return Stop(seconds=60, steps=STEPS.get(method, 100_000))


@pytest.fixture(params=sorted(SOLVERS))
def method(request: pytest.FixtureRequest) -> str:
    """Name of every solver in turn; skips those whose packages are not installed."""
    name: str = request.param
    missing = missing_packages(solver_class(name))
    if missing:
        pytest.skip(f"{name} needs {', '.join(missing)}")
    return name


def classic(n: int, seed: int = 0, density: float = 0.5) -> Instance:
    """Return a random quadratic knapsack after Gallo, Hammer and Simeone (1980)."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    used = rng.random(len(first)) < density
    weights = rng.integers(1, 51, n)
    money = Budget(
        name="weight",
        per_unit=Amounts.dense(weights),
        at_most=int(rng.integers(50, weights.sum())),
    )
    return Instance(
        items=tuple(str(i) for i in range(n)),
        utility=rng.integers(1, 101, n),
        synergies=Synergies(first[used], second[used], rng.integers(1, 101, used.sum())),
        budgets=(money,),
        name=f"classic {n}",
    )


def run_of(solution: Solution) -> list[tuple[int, int | None]]:
    """Return the part of a trace that a seed must reproduce."""
    return [(moment.steps, moment.objective) for moment in solution.trace]


@pytest.mark.parametrize("story", NASTY)
def test_nasty_instances(method: str, story: str) -> None:
    """No claim on a nasty instance is refuted; whoever proves must prove these.

    Engines in floating point may not claim more than their tolerance can hold.
    """
    instance, optimum = NASTY[story]
    solution = solve(instance, method, stop=enough(method))
    assert disagreements(solution, optimum) == []
    beyond_doubles = story == "numbers near the limit" and method in ("mip", "scip")
    if method in PROVERS and not beyond_doubles:
        expected = Status.OPTIMAL if optimum is not None else Status.INFEASIBLE
        assert solution.status is expected
        assert solution.stop_reason is StopReason.PROVED


@given(instance=instances())
@settings(max_examples=25)
def test_no_claim_is_refuted(instance: Instance) -> None:
    """On random instances of the whole model every method agrees with enumeration."""
    truth = best_by_brute(instance)
    for name in sorted(SOLVERS):
        if not missing_packages(solver_class(name)):
            solution = solve(instance, name, stop=enough(name))
            assert disagreements(solution, truth) == []


def test_same_seed_same_trace(method: str) -> None:
    """Twice the same seed and step limit: the same points after the same steps."""
    instance = classic(18)
    runs = [
        solve(instance, method, stop=Stop(steps=STEPS.get(method, 50)), seed=7)
        for _ in range(2)
    ]
    assert run_of(runs[0]) == run_of(runs[1])
    assert runs[0].chosen() == runs[1].chosen()


IN_ANOTHER_PROCESS = """
import json, sys
from bundlesolve.solve import solve
from bundlesolve.stop import Stop
from tests.solvers.test_contract import classic, run_of
method, steps = sys.argv[1], int(sys.argv[2])
solution = solve(classic(18), method, stop=Stop(steps=steps), seed=7)
print(json.dumps([hash("bundle"), run_of(solution), solution.units.tolist()]))
"""


def test_same_seed_same_trace_in_another_process(method: str) -> None:
    """Other hash seeds change nothing but hashes."""
    steps = str(STEPS.get(method, 50))
    answers = []
    for hash_seed in ("1", "2"):
        out = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS, method, steps],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(json.loads(out.stdout))
    assert answers[0][0] != answers[1][0]
    assert answers[0][1:] == answers[1][1:]


def test_global_generators_are_left_alone(method: str) -> None:
    """Python's and NumPy's global generators are where they were."""
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 - the generator under guard
    solve(classic(14), method, stop=enough(method))
    drawn = (random.random(), np.random.random())  # noqa: NPY002
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    assert drawn == (random.random(), np.random.random())  # noqa: NPY002


def test_silent_and_harmless(method: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing on stdout, also not from C; the instance is what it was."""
    instance = classic(14)
    before = instance.fingerprint
    solve(instance, method, stop=enough(method))
    assert capfd.readouterr().out == ""
    assert instance.replace().fingerprint == before


def test_trace_rises_and_bounds_fall(method: str) -> None:
    """Every point in the trace is better than the one before, every bound smaller."""
    solution = solve(classic(18), method, stop=enough(method))
    points = [i.objective for i in solution.trace if i.objective is not None]
    bounds = [i.bound for i in solution.bound_trace if i.bound is not None]
    assert len(points) == len(solution.trace)
    assert all(a < b for a, b in itertools.pairwise(points))
    assert all(a > b for a, b in itertools.pairwise(bounds))


@pytest.mark.parametrize("limit", [0.5, 1.0])
def test_time_limit_holds(method: str, limit: float) -> None:
    """The whole call overruns by at most max(0.25 s, 5 %) at n=100, kernels compiled."""
    instance = classic(100)
    if solver_class(method)().refuses(compile(instance).program):
        pytest.skip(f"{method} refuses 100 items")
    solve(classic(8), method, stop=Stop(seconds=5))
    began = time.perf_counter()
    solution = solve(instance, method, stop=Stop(seconds=limit))
    assert time.perf_counter() - began <= limit + max(0.25, 0.05 * limit)
    assert solution.status in (Status.FEASIBLE, Status.OPTIMAL)


def test_never_worse_than_the_start(method: str) -> None:
    """The optimum as start and one step: it is still there."""
    instance = classic(14)
    best = solve(instance, "brute", stop=Stop())
    solution = solve(instance, method, stop=Stop(steps=1), start=best)
    assert solution.objective == best.objective
    chosen = solve(instance, method, stop=Stop(steps=1), start=best.chosen())
    assert chosen.objective == best.objective


def test_never_worse_than_greedy(method: str) -> None:
    """One step of any method keeps greedy's point."""
    instance = classic(18)
    greedy = solve(instance, "greedy")
    solution = solve(instance, method, stop=Stop(steps=1))
    assert greedy.objective is not None
    assert solution.objective is not None
    assert solution.objective >= greedy.objective


def test_target_ends_the_search(method: str) -> None:
    """Good enough is good enough: the empty choice's worth."""
    solution = solve(classic(18), method, stop=Stop(seconds=60, target=0))
    assert solution.objective is not None
    assert solution.objective >= 0
    assert solution.stop_reason in (StopReason.TARGET_REACHED, StopReason.PROVED)


def test_solver_pickles(method: str) -> None:
    """A solver is data: it comes back equal, with its parameters."""
    solver = solver_class(method)()
    assert pickle.loads(pickle.dumps(solver)) == solver
    assert json.loads(json.dumps(solver.parameters())) == solver.parameters()


def test_describes_itself(method: str) -> None:
    """Name, summary, step and parameters are told."""
    solver = solver_class(method)
    assert solver.name == method
    assert solver.summary
    assert solver.step
    assert set(solver.proves) <= {"optimal", "infeasible", "bound"}
    doc = solver.__doc__ or ""
    assert all(field.name in doc for field in dataclasses.fields(solver))


def test_parameters_reject_nonsense(method: str) -> None:
    """No number parameter takes minus a million."""
    solver = solver_class(method)
    for field in dataclasses.fields(solver):
        if field.type in ("int", "float"):
            with pytest.raises(InvalidParameter, match=field.name):
                dataclasses.replace(solver(), **{field.name: -1_000_000})


def test_refusal_has_a_reason() -> None:
    """Brute declines a hundred items and says how many points it would take."""
    with pytest.raises(Refused, match=r"brute.*points to try"):
        solve(classic(100), "brute")


def test_unknown_method_names_the_known() -> None:
    """A typo is answered with the list."""
    with pytest.raises(InvalidParameter, match=r"auto, brute.*'gredy'"):
        solve(classic(4), "gredy")

"""The wiring: start, floor, certificate, verdict and report of one solve."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from bundlesolve.errors import InvalidInstance, WrongAnswer
from bundlesolve.model import Bundle, Category, Instance
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.program import Program
from bundlesolve.model.solution import Status
from bundlesolve.run import Run
from bundlesolve.solve import solve
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.stop import Stop, StopReason
from tests.solvers.test_contract import classic


@dataclass(frozen=True)
class Liar(Solver):
    """A solver that tells lies of a chosen kind."""

    name: ClassVar[str] = "liar"
    summary: ClassVar[str] = "lies"
    step: ClassVar[str] = "one lie"

    lie: str = "nothing"

    def search(self, program: Program, run: Run) -> Proof:
        """Lie."""
        if self.lie == "bound":
            return Proof(bound=1)
        if self.lie == "infeasible":
            return Proof(infeasible=True)
        if self.lie == "point":
            run.offer(program.upper + 1)
        return Proof()


@pytest.mark.parametrize("lie", ["bound", "infeasible", "point"])
def test_lies_are_caught_and_named(tea: Instance, lie: str) -> None:
    """A bound below greedy's point, infeasibility beside it, a point out of bounds."""
    with pytest.raises(WrongAnswer, match="liar"):
        solve(tea, Liar(lie))


def test_an_honest_solver_that_does_nothing(tea: Instance) -> None:
    """Greedy's point is the floor, its gap is certified, it stopped for want of ideas."""
    solution = solve(tea, Liar())
    assert solution.objective == 9
    assert solution.bound is not None
    assert solution.gap is not None
    assert solution.trace[0].source == "greedy"


def test_certificate_can_be_left_out() -> None:
    """Without it the bound is the quick one; with it, it is tighter."""
    instance = classic(30)
    with_it = solve(instance, "greedy")
    without = solve(instance, "greedy", certify=False)
    assert with_it.objective == without.objective
    assert with_it.bound is not None
    assert without.bound is not None
    assert with_it.bound < without.bound


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"nothing": 1}, "an item of the instance"),
        ([[1, 1, 1]], "money"),
        ([[1, 1]], "shape"),
    ],
)
def test_a_wrong_start_is_an_error(tea: Instance, start: object, message: str) -> None:
    """Unknown items, broken limits, other shapes: said before any search."""
    with pytest.raises(InvalidInstance, match=message):
        solve(tea, "greedy", start=start)  # type: ignore[arg-type]


def test_listener_hears_the_whole_story(tea: Instance) -> None:
    """What the listener heard is what the traces hold."""
    heard: list[Improvement] = []
    solution = solve(tea, "brute", on_improve=heard.append)
    assert [h for h in heard if h in solution.trace] == list(solution.trace)
    assert len(heard) == len(solution.trace) + len(solution.bound_trace)


def test_report(tea: Instance) -> None:
    """Status, timings, versions, uses, table and text of a proved answer."""
    solution = solve(tea, "brute", stop=Stop(seconds=9), seed=4)
    assert solution.status is Status.OPTIMAL
    assert solution.stop_reason is StopReason.PROVED
    assert (solution.seed, solution.stop) == (4, Stop(seconds=9))
    assert {"compile", "start", "search", "certify", "check", "total"} == set(
        solution.timings
    )
    assert {"bundlesolve", "numpy", "numba"} == set(solution.versions)
    assert [(u.name, u.used, u.slack) for u in solution.uses] == [("money", 5, 1)]
    assert solution.chosen() == {"tea": 1, "cake": 1}
    table = solution.to_pandas()
    assert table["item"].tolist() == ["tea", "cake"]
    assert str(solution).startswith("optimal (proved) by brute\nworth     9\nbound     9")
    assert "<pre>optimal" in solution._repr_html_()
    assert repr(solution) == "<Solution optimal 9 by brute>"
    assert pickle.loads(pickle.dumps(solution)).units.tolist() == [[1, 1, 0]]


def test_report_of_no_answer(impossible: Instance) -> None:
    """Infeasible: no units, no bound, nothing chosen, nothing verified."""
    solution = solve(impossible, "brute")
    assert solution.status is Status.INFEASIBLE
    assert (solution.units, solution.objective, solution.bound) == (None, None, None)
    assert solution.chosen() == {}
    assert not solution.verified
    assert solution.worth is None
    assert len(solution.to_pandas()) == 0
    assert "infeasible" in str(solution)


def test_worth_is_in_the_users_unit(tea: Instance) -> None:
    """900 hundredths are 9.00."""
    assert str(solve(tea.replace(decimals=2), "brute").worth) == "0.09"


def test_several_bundles_are_listed(tea: Instance) -> None:
    """Each bundle has its line; many items are cut short."""
    two = tea.replace(bundles=(Bundle("first"), Bundle("second", 2)))
    text = str(solve(two, "brute"))
    assert "first     tea, cake" in text
    assert "second    tea, cake" in text
    wide = Instance(
        items=tuple(f"i{i}" for i in range(20)),
        utility=np.ones(20, dtype=np.int64),
        categories=(Category(name="size", items=np.arange(20), at_most=15),),
    )
    assert "and 3 more" in str(solve(wide, "greedy"))


def test_step_limit_is_told(tea: Instance) -> None:
    """A search that ran out of steps says so."""
    solution = solve(classic(40), "local", stop=Stop(steps=3), certify=False)
    assert solution.stop_reason is StopReason.STEP_LIMIT

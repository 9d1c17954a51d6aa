"""The judge believes nothing that can be recomputed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bundlesolve.bench.claim import Claim, Step
from bundlesolve.bench.judge import judged, told_value
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.record import Moment, Record, RunStatus
from bundlesolve.model import Amounts, Budget, Instance
from bundlesolve.model.solution import Status

INSTANCE = Instance(
    items=("a", "b"),
    utility=np.array([150, 250]),
    budgets=(Budget(name="money", per_item=Amounts.dense(np.array([1, 1])), at_most=1),),
    decimals=2,
)
"""One of two items, worth 1.50 and 2.50."""
RUN = Record("s", "i", "", "m", 1, 0, RunStatus.FAILED, limits=Limits(seconds=5, grace=1))


def verdict(
    units: list[list[int]] | None = None, run: Record = RUN, **claimed: Any
) -> Record:
    """Judge a claim about the two items, made after a second."""
    status = claimed.pop("status", Status.FEASIBLE if units else Status.UNKNOWN)
    table = None if units is None else np.array(units)
    return judged(run, INSTANCE, Claim(status, table, **claimed), 1.0)


def test_sound_claim_stands() -> None:
    """Objective and bound come out as decimals, the trace ends with the objective."""
    record = verdict(
        [[0, 1]], objective=250, bound=250, incumbents=(Step(0.5, 1, 150),), note="n"
    )
    assert (record.error, record.note) == ("", "n")
    assert record.status is RunStatus.OPTIMAL
    assert (record.objective, record.bound, record.seconds) == ("2.50", "2.50", 1.0)
    assert record.incumbents == (Moment(0.5, 1, "1.50"), Moment(1.0, 1, "2.50"))
    assert record.bounds == (Moment(1.0, 0, "2.50"),)


def test_minimised_values_keep_their_sense() -> None:
    """Of a minimisation the record has the minimised number."""
    assert told_value(250, INSTANCE.replace(minimise=True)) == "-2.50"
    assert told_value(0, INSTANCE.replace(minimise=True)) == "0.00"


@pytest.mark.parametrize(
    ("units", "claimed", "told"),
    [
        ([[1, 1]], {"objective": 400}, "breaks"),
        ([[1, 0]], {"objective": 151}, "recomputed 150"),
        ([[1, 0]], {"bound": 149}, "bound 149"),
        ([[1, 0]], {"incumbents": (Step(0.1, 0, 250),)}, "trace says 250"),
        ([[1, 0]], {"status": Status.INFEASIBLE}, "has an answer"),
        (None, {"status": Status.FEASIBLE}, "has no answer"),
        (None, {"objective": 3}, "recomputed None"),
        ([[1]], {}, "shape"),
    ],
)
def test_contradictions_are_found(
    units: list[list[int]] | None, claimed: dict[str, Any], told: str
) -> None:
    """What contradicts itself counts for nothing, and says why."""
    record = verdict(units, **claimed)
    assert record.status is RunStatus.UNVERIFIED
    assert told in record.error
    assert record.objective is None


@pytest.mark.parametrize(
    ("best", "rounding", "bound", "stands"),
    [("2.50", "0", 249, False), ("2.54", "0.05", 250, True), ("2.50", "0", 250, True)],
)
def test_bound_is_held_against_the_best_known(
    best: str, rounding: str, bound: int, stands: bool
) -> None:
    """A bound below a known answer is wrong, but for the rounding of that."""
    run = replace(RUN, best_known=best, rounding=rounding)
    record = verdict(None, run, bound=bound)
    wanted = RunStatus.UNKNOWN if stands else RunStatus.UNVERIFIED
    assert record.status is wanted


def test_infeasible_is_held_against_the_best_known() -> None:
    """Nobody proves that there is no answer where one is known."""
    record = verdict(None, status=Status.INFEASIBLE)
    assert record.status is RunStatus.INFEASIBLE
    known = replace(RUN, best_known="1.50")
    record = verdict(None, known, status=Status.INFEASIBLE)
    assert record.status is RunStatus.UNVERIFIED


def test_better_than_optimal_is_remarked() -> None:
    """A verified answer above a listed optimum shows that the list is wrong."""
    known = replace(RUN, best_known="1.50", best_known_proved=True)
    record = verdict([[0, 1]], known)
    assert record.status is RunStatus.FEASIBLE
    assert "listed as optimal" in record.error
    none = replace(RUN, known_infeasible=True, best_known_proved=True)
    assert "infeasible" in verdict([[0, 1]], none).error


def test_late_answer_is_lost() -> None:
    """An answer after limit and grace is none."""
    claim = Claim(Status.FEASIBLE, np.array([[0, 1]]))
    record = judged(RUN, INSTANCE, claim, 6.5)
    assert record.status is RunStatus.LATE
    assert record.objective is None


def test_trace_is_put_in_order() -> None:
    """Steps that are no better, or outside the measured time, are left out."""
    steps = (Step(-1.0, 0, 10), Step(0.2, 1, 150), Step(0.1, 2, 200), Step(0.3, 3, 150))
    record = verdict([[0, 1]], incumbents=(*steps, Step(9.0, 4, 250)))
    assert [moment.value for moment in record.incumbents] == ["1.50", "2.50"]

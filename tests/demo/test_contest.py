"""The contest: every method has its line, and nobody judges itself."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bundlesolve import SOLVERS, Instance, Stop, StopReason
from bundlesolve.demo import contest
from bundlesolve.demo.contest import COLUMNS, Entry, best, compete, row
from bundlesolve.errors import Refused
from bundlesolve.solve import solve


def test_every_method_takes_part(tea: Instance) -> None:
    """On a tiny instance all of them find tea and cake, each announced."""
    told: list[str] = []
    entries = compete(tea, Stop(seconds=2, steps=500), 0, told.append)
    assert [entry.method for entry in entries] == sorted(SOLVERS)
    assert len(told) == len(SOLVERS)
    assert all(entry.verified for entry in entries if entry.solution is not None)
    found = best(entries)
    assert found is not None
    assert found.objective == 9


def test_a_method_that_declines_says_why(
    tea: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line has the reason instead of numbers."""

    def declines(*_: object, **__: object) -> None:
        raise Refused("brute", "too many points")

    monkeypatch.setattr(contest, "solve", declines)
    entry = compete(tea, Stop(steps=1), 0, lambda _: None)[0]
    assert entry.solution is None
    assert row(entry)[1] == "takes no part: too many points"
    assert len(row(entry)) == len(COLUMNS)
    assert len(row(entry, Decimal(9))) == len(COLUMNS) + 1


def test_an_interrupted_contest_ends(
    tea: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next method does not start."""
    stopped = solve(tea, "brute").replace(stop_reason=StopReason.INTERRUPTED)
    monkeypatch.setattr(contest, "solve", lambda *_, **__: stopped)
    with pytest.raises(KeyboardInterrupt):
        compete(tea, Stop(steps=1), 0, lambda _: None)


def test_rows_tell_the_distance_to_the_optimum(tea: Instance) -> None:
    """In the user's unit."""
    entry = Entry("brute", solve(tea, "brute"), verified=True)
    assert row(entry, Decimal(9))[-1] == "reached"
    assert row(entry, Decimal(11))[-1] == "2 below"
    assert row(entry)[2:5] == ["9", "9", "0.00 %"]
    assert row(entry)[-1] == "yes"
    assert row(Entry("brute", entry.solution, verified=False))[-1] == "NO"


def test_without_an_answer_nothing_is_verified(impossible: Instance) -> None:
    """A proof of infeasibility is a result all the same."""
    entry = Entry("brute", solve(impossible, "brute"))
    assert row(entry, Decimal(1))[1:3] == ["infeasible (proved)", "-"]
    assert best([entry]) is None

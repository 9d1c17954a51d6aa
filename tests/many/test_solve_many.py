"""Many instances: each answer that of a single solve, each accident its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import bundlesolve as bs
from bundlesolve.errors import EngineFailed, InvalidParameter
from bundlesolve.generate import Qkp, Small
from bundlesolve.isolated.processes import all_processes, carries
from bundlesolve.many.answer import Answer, AnswerStatus, read_answers
from tests.many.trouble import (
    EXIT,
    HANG,
    RAISE,
    SEGFAULT,
    SWELL,
    Stillborn,
    Trouble,
    troubled,
)

STEPS = bs.Stop(steps=500)


def some(count: int) -> list[bs.Instance]:
    """Return small instances of every kind of limit."""
    return [Small(items=6).make(seed) for seed in range(count)]


def told(answer: Answer) -> tuple[object, ...]:
    """Return what of an answer does not depend on the clock."""
    fixed = (answer.index, answer.name, answer.fingerprint, answer.status, answer.error)
    found = answer.solution
    if found is None:
        return fixed
    return (*fixed, found.objective, found.bound, found.units, found.stop_reason)


def test_each_answer_is_that_of_solve() -> None:
    """Same arguments, same answer, told in the order of the instances."""
    instances = some(12)
    answers = list(bs.solve_many(instances, "local", stop=STEPS, seed=3, jobs=2))
    assert [answer.index for answer in answers] == list(range(12))
    for instance, answer in zip(instances, answers, strict=True):
        alone = bs.solve(instance, "local", stop=STEPS, seed=3)
        assert answer.status.value == alone.status.value
        assert answer.objective == alone.worth
        assert answer.fingerprint == instance.fingerprint
        assert answer.solved == (alone.units is not None)
        if alone.units is not None:
            assert answer.units == {
                bundle.id: alone.chosen(k) for k, bundle in enumerate(instance.bundles)
            }


def test_workers_make_no_difference() -> None:
    """Under a limit of steps one worker, two and three give the same, in whatever order."""
    instances = [Qkp(items=20).make(seed) for seed in range(9)]
    ways = [(1, True), (2, True), (3, False)]
    found = [
        list(bs.solve_many(instances, "cut", stop=STEPS, jobs=jobs, ordered=ordered))
        for jobs, ordered in ways
    ]
    tellings = [sorted(map(told, answers)) for answers in found]
    assert tellings[0] == tellings[1] == tellings[2]
    assert len({answer.index for answer in found[2]}) == 9


def test_accidents_are_their_own(tmp_path: Path) -> None:
    """Whoever exits, segfaults, raises, hangs or swells is told so; all others go on."""
    fine = some(1)[0]
    kinds = [EXIT, SEGFAULT, RAISE, HANG, SWELL]
    instances: list[bs.Instance | Path] = []
    for kind in kinds:
        instances += [fine, troubled(fine, kind)]
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    instances += [broken, tmp_path / "absent.json", fine]
    answers = list(
        bs.solve_many(
            instances,
            Trouble(),
            stop=bs.Stop(seconds=4),
            certify=False,
            grace=1,
            jobs=2,
            memory=700_000_000,
            output=tmp_path / "answers.jsonl",
        )
    )
    status = [answer.status for answer in answers]
    assert status[1::2][:5] == [
        AnswerStatus.CRASHED,
        AnswerStatus.CRASHED,
        AnswerStatus.FAILED,
        AnswerStatus.LATE,
        AnswerStatus.CRASHED,
    ]
    assert status[10:12] == [AnswerStatus.UNREAD, AnswerStatus.UNREAD]
    assert all(answers[k].solved for k in (0, 2, 4, 6, 8, 12))
    assert "exit code 3; those were its last words" in answers[1].error
    assert "signal 11" in answers[3].error
    assert "ValueError: it did not feel like it (trouble.py:" in answers[5].error
    assert "bytes of 700000000" in answers[9].error
    assert answers[1].fingerprint == troubled(fine, EXIT).fingerprint
    assert [told(a) for a in read_answers(tmp_path / "answers.jsonl")] == [
        told(a) for a in answers
    ]


def test_workers_that_cannot_start_are_an_error() -> None:
    """Not one crash after the other."""
    with pytest.raises(EngineFailed, match="exit code 4"):
        list(bs.solve_many(some(2), Stillborn(), stop=STEPS, jobs=2))


def test_instances_are_drawn_as_needed_and_workers_end() -> None:
    """An endless iterator is fine; who stops listening leaves no process behind."""
    drawn: list[int] = []

    def endless() -> object:
        while True:
            drawn.append(len(drawn))
            yield Small(items=4).make(len(drawn))

    # Engines of earlier tests may be waiting for work.
    before = set(children())
    answers = bs.solve_many(endless(), "greedy", stop=STEPS, jobs=2)  # type: ignore[arg-type]
    assert next(answers).index == 0
    workers = set(children()) - before
    assert workers
    answers.close()  # type: ignore[attr-defined]
    assert len(drawn) < 1000
    assert not workers & set(children())


def children() -> list[int]:
    """Return the workers that are there."""
    import os

    return [
        process.pid
        for process in all_processes()
        if process.parent == os.getpid() and not process.is_zombie
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_killed_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the parent has no chance to end them."""
    monkeypatch.setenv("BUNDLESOLVE_TEST", "orphans")
    code = (
        "import bundlesolve as bs, itertools\n"
        "from bundlesolve.generate import Small\n"
        "many = (Small().make(s) for s in itertools.count())\n"
        "for _ in bs.solve_many(many, 'greedy', jobs=2): print(1, flush=True)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    parent.kill()
    parent.communicate()
    for _ in range(100):
        left = [p for p in all_processes() if carries(p.pid, b"BUNDLESOLVE_TEST=orphans")]
        if not left:
            break
        time.sleep(0.1)
    assert not left


@pytest.mark.parametrize(
    ("words", "what"),
    [({"jobs": 0}, "jobs"), ({"grace": -1}, "grace"), ({"memory": 0}, "memory")],
)
def test_nonsense_is_refused_at_once(words: dict[str, int], what: str) -> None:
    """Before anything is started."""
    with pytest.raises(InvalidParameter, match=what):
        bs.solve_many([], "greedy", **words)  # type: ignore[arg-type]


def test_nothing_to_do() -> None:
    """No instance, no answer."""
    assert list(bs.solve_many([], "greedy")) == []

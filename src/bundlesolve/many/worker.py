"""A worker: ``python -m bundlesolve.many.worker``, one instance after the other.

Setup and tasks come as frames of pickles on stdin (both ends are ours, the pipe is
private), lines of answers go out as frames; an empty one says that it is ready.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import traceback
from pathlib import PurePath
from typing import NoReturn

from bundlesolve.errors import BundlesolveError, Refused
from bundlesolve.generate import Small
from bundlesolve.isolated.frames import Frames, packed
from bundlesolve.isolated.guest import end_with, leave, say, take_pipe
from bundlesolve.many.answer import Answer, AnswerStatus, error_line, line_of
from bundlesolve.many.question import Question, Setup, Task
from bundlesolve.many.source import identity, load, name_of
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

PRACTICE = Stop(seconds=0.2, steps=10)
"""Limits of the practice run that imports and compiles everything."""


def main() -> NoReturn:
    """Answer until stdin ends."""
    out = take_pipe(bound=False)
    frames = Frames()
    question: Question | None = None
    while data := os.read(0, 1 << 20):
        for body in frames.feed(data):
            if question is None:
                setup: Setup = pickle.loads(body)
                question = setup.question
                end_with(setup.parent)
                _practise(question)
                say(out, packed(b""))
            else:
                say(out, packed(answered(pickle.loads(body), question)))
    leave()


def _practise(question: Question) -> None:
    with contextlib.suppress(BundlesolveError):
        solve(Small(items=4).make(0), question.solver, stop=PRACTICE)


def answered(task: Task, question: Question) -> bytes:
    """Return the line of a task's answer, whatever happens."""
    status = AnswerStatus.UNREAD
    try:
        instance = load(task.source)
        status = AnswerStatus.FAILED
        solution = solve(
            instance,
            question.solver,
            stop=question.stop,
            seed=question.seed,
            certify=question.certify,
        )
        name = name_of(task.source, instance)
        return line_of(task.number, name, solution, question)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is an answer
        if isinstance(error, Refused):
            status = AnswerStatus.REFUSED
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{PurePath(last.filename).name}:{last.lineno}"
        told = f"{type(error).__name__}: {error} ({where})"
        name, fingerprint = identity(task.source)
        wrong = Answer(task.number, name, fingerprint, status, question.digest, told)
        return error_line(wrong)


if __name__ == "__main__":
    main()

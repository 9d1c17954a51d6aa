"""The wiring: hand out instances, take in answers, write them down, tell them."""

from __future__ import annotations

import contextlib
import os
import select
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from bundlesolve.errors import InvalidParameter
from bundlesolve.isolated.appender import Appender
from bundlesolve.isolated.tree import adopting
from bundlesolve.many.answer import Answer, AnswerStatus, answer_of, read_answers
from bundlesolve.many.crew import Worker
from bundlesolve.many.question import Question, Task
from bundlesolve.many.source import Given, identity, source_of
from bundlesolve.solvers.base import Solver, get_solver
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.stop import Stop

PAUSE_SECONDS = 0.1
SYNC_SECONDS = 1.0
"""Most that a power cut may take away; a kill takes nothing."""


def solve_many(  # noqa: PLR0913 - as many as there are things to say
    instances: Iterable[Given],
    method: str | Solver = "auto",
    *,
    stop: Stop = Stop(seconds=10),  # noqa: B008 - frozen
    seed: int = 0,
    certify: bool = True,
    jobs: int | None = None,
    output: str | os.PathLike[str] | None = None,
    resume: bool = False,
    ordered: bool = True,
    grace: float = 10.0,
    memory: int | None = None,
) -> Iterator[Answer]:
    """Solve many instances in processes of their own, one for each core.

    Each answer is that of `bundlesolve.solve` with the same arguments. An instance that
    ends its process (``os._exit``, a segmentation fault, the memory limit) or cannot be
    read is an answer with that status, and the others go on. The work is done while the
    answers are taken: take them all, by a loop or by ``list``.

    Parameters
    ----------
    instances
        Instances, or paths of files that hold one each; an iterator is read as far as the
        workers need.
    method, stop, seed, certify
        As in `bundlesolve.solve`, for every instance.
    jobs
        Workers. Default: as many as there are cores.
    output
        A file of JSON lines to which each answer is appended when it is there. Default
        None: no file. See `bundlesolve.many.answer.Answer`.
    resume
        Go on with ``output``: what it answers already, by index, fingerprint and what was
        asked, is taken from there. A torn last line is cut off. Default False.
    ordered
        Tell answers in the order of the instances; False: as they come. Default True.
    grace
        Seconds after the time limit at which a worker is ended. Default 10.
    memory
        Bytes that a worker may hold. Default None: no limit.

    Returns
    -------
    Iterator[Answer]
        One for each instance.

    Raises
    ------
    InvalidParameter
        If ``output`` exists and ``resume`` is False, somebody else writes it, or a number
        makes no sense.
    InvalidFile
        If ``output`` holds something else.
    MissingExtra
        If a package that the method needs is not there.
    EngineFailed
        If workers cannot start.
    """
    question = Question(get_solver(method), stop, seed, certify)
    workers = usable_cpus() if jobs is None else jobs
    if workers < 1:
        raise InvalidParameter(f"expected jobs of 1 or more, found {jobs}")
    if not grace >= 0:
        raise InvalidParameter(f"expected a grace of 0 or more, found {grace}")
    if memory is not None and memory < 1:
        raise InvalidParameter(f"expected memory of 1 or more bytes, found {memory}")
    if output is not None and not resume and Path(output).exists():
        found = f"{os.fspath(output)}, which is there (resume goes on with it)"
        raise InvalidParameter(f"expected a new file of answers, found {found}")
    pool = _Pool(question, workers, grace, memory)
    told = _answers(instances, question, pool, output)
    return _in_order(told) if ordered else told


def _in_order(answers: Generator[Answer, None, None]) -> Iterator[Answer]:
    waiting: dict[int, Answer] = {}
    following = 0
    with contextlib.closing(answers):
        for answer in answers:
            waiting[answer.index] = answer
            while following in waiting:
                yield waiting.pop(following)
                following += 1


def _answers(
    instances: Iterable[Given],
    question: Question,
    pool: _Pool,
    output: str | os.PathLike[str] | None,
) -> Generator[Answer, None, None]:
    with contextlib.ExitStack() as stack:
        known: dict[int, Answer] = {}
        appender = None
        if output is not None:
            appender = stack.enter_context(Appender(output, SYNC_SECONDS))
            known = {answer.index: answer for answer in read_answers(output)}
        skipped: deque[Answer] = deque()
        tasks = _tasks(instances, question, known, skipped)
        lines = stack.enter_context(contextlib.closing(pool.lines(tasks)))
        for line in lines:
            if line is not None:
                if appender is not None:
                    appender.append(line)
                yield answer_of(line)
            while skipped:
                yield skipped.popleft()
        yield from skipped


def _tasks(
    instances: Iterable[Given],
    question: Question,
    known: dict[int, Answer],
    skipped: deque[Answer],
) -> Iterator[Task | None]:
    """Yield what is to be done; None for an instance whose answer is known."""
    for index, given in enumerate(instances):
        source = source_of(given)
        answer = known.get(index)
        if answer is not None:
            key = (index, identity(source)[1], question.digest)
            if answer.key == key:
                skipped.append(answer)
                yield None
                continue
        yield Task(index, source)


class _Pool:
    """The workers of one call."""

    def __init__(
        self, question: Question, jobs: int, grace: float, memory: int | None
    ) -> None:
        self._start = (question, grace, memory)
        self._jobs = jobs
        self._workers: list[Worker] = []
        self._again: deque[Task] = deque()
        self._exhausted = False

    def lines(self, tasks: Iterator[Task | None]) -> Generator[bytes | None, None, None]:
        """Yield lines as they come, None now and then when a task was skipped."""
        with adopting():
            try:
                while True:
                    yield from self._hand_out(tasks)
                    busy = [worker for worker in self._workers if not worker.idle]
                    if not busy and self._exhausted and not self._again:
                        return
                    yield from self._listen()
            finally:
                for worker in self._workers:
                    worker.end()

    def _next(self, tasks: Iterator[Task | None]) -> Iterator[Task | None]:
        if self._again:
            yield self._again.popleft()
            return
        for task in tasks:
            yield task
            return
        self._exhausted = True

    def _hand_out(self, tasks: Iterator[Task | None]) -> Iterator[bytes | None]:
        """Give everybody enough to do, the idle first."""
        while not (self._exhausted and not self._again):
            worker = min(self._workers, key=lambda one: one.load, default=None)
            full = len(self._workers) >= self._jobs
            if full and worker is not None and not worker.hungry:
                return
            for task in self._next(tasks):
                if task is None:
                    yield None
                    continue
                if worker is None or (not full and not worker.idle):
                    worker = Worker(*self._start)
                    self._workers.append(worker)
                worker.give(task)

    def _listen(self) -> Iterator[bytes]:
        """Wait for what the workers say, and look after them."""
        reading = {worker.pipe: worker for worker in self._workers}
        writing = {worker.stdin: worker for worker in self._workers if worker.writing}
        ready, writable, _ = select.select([*reading], [*writing], [], PAUSE_SECONDS)
        for pipe in writable:
            writing[pipe].write()
        for pipe in ready:
            worker = reading[pipe]
            lines, alive = worker.read()
            yield from lines
            if not alive:
                yield from self._bury(worker, None)
        for worker in [*self._workers]:
            trouble = worker.trouble()
            if trouble is not None:
                yield from self._bury(worker, trouble)

    def _bury(
        self, worker: Worker, trouble: tuple[AnswerStatus, str] | None
    ) -> Iterator[bytes]:
        self._workers.remove(worker)
        line, left = worker.bury(trouble)
        self._again.extend(left)
        if line is not None:
            yield line

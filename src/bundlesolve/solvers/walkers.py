"""Several searches of one program in legs of steps, side by side, that share elites."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from bundlesolve.kernels import memory as notes_of
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.elites import Elites
from bundlesolve.solvers.forms import rounds_of
from bundlesolve.solvers.local_rounds import Rounds
from bundlesolve.solvers.portfolio_rounds import PortfolioRounds
from bundlesolve.solvers.side_by_side import side_by_side
from bundlesolve.stop import Stop

LEG_WORK = 1 << 20
"""Steps of a leg times free variables: some ten milliseconds."""
LEAST_LEG, MOST_LEG = 50, 20_000
"""Steps of a leg, at least and at most."""


class WalkerRun(Run):
    """What one walker is given: a generator, a share of the steps, the clock of the whole.

    Nothing that another thread does in the same leg can be seen here, so that a walker's
    moves follow from its generator and the legs before.

    Parameters
    ----------
    whole
        The run that all walk for; it is told of points between legs only.
    rng
        The walker's own generator.
    lock
        Held while the clock of the whole is put back.
    """

    def __init__(self, whole: Run, rng: np.random.Generator, lock: threading.Lock) -> None:
        super().__init__(whole.program, Stop(), rng, whole.method)
        self._whole, self._lock = whole, lock
        self._told = 0
        self._found: IntArray | None = None

    def grant(self, steps: int | None) -> None:
        """Allow so many more steps; None: any number."""
        self.stop = Stop(steps=None if steps is None else self.steps + steps)

    def report(self) -> None:
        """Tell the whole of the steps and the best point since it was last told."""
        self._whole.step(self.steps - self._told)
        self._told = self.steps
        if self._found is not None:
            self._whole.offer(self._found)
            self._found = None

    @property
    def incumbent(self) -> IntArray | None:
        """The whole's, which changes between legs only."""
        return self._whole.incumbent

    @property
    def remaining(self) -> float:
        """Seconds left of the whole."""
        return self._whole.remaining

    def should_stop(self) -> bool:
        """Tell whether to end the leg: own steps, the clock, or an interrupt."""
        whole = self._whole
        return self.remaining_steps == 0 or whole.remaining <= 0 or whole.interrupted

    def offer(self, x: IntArray, source: str | None = None) -> bool:
        """Keep a point for the end of the leg; a walker offers only better ones."""
        self._found = x.copy()
        return True

    def aside(self, work: Callable[[], object]) -> None:
        """Do what no clock counts, one walker after the other."""
        with self._lock:
            self._whole.aside(work)


class Walkers:
    """Several tabu searches of one program that meet after every leg.

    Each has its own point, memory and random numbers. A *leg* is a number of steps that
    follows from the program alone. When all have made one they hand in their best points in
    the order of their numbers; their elites are put together, and every one goes on with
    these and with the best point. Threads only execute legs: one seed and one limit of
    steps give one answer, whatever their number. (Cooperating tabu searches that meet at
    fixed times: Crainic, Toulouse, Gendreau, "Toward a taxonomy of parallel tabu search
    heuristics", INFORMS Journal on Computing 9(1), 1997.)

    Parameters
    ----------
    program, run
        What is searched, and who keeps the books; steps of all walkers count.
    manner
        Tenure, patience and strength; see `bundlesolve.solvers.local.Local`.
    number
        Walkers, 1 or more.
    threads
        Threads that walk, the caller's included, 1 or more.
    """

    def __init__(
        self,
        program: Program,
        run: Run,
        manner: tuple[int, int, int],
        number: int,
        threads: int,
    ) -> None:
        self.run, self.threads = run, min(threads, number)
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self.runs = [WalkerRun(run, rng, self._lock) for rng in run.rng.spawn(number)]
        self.rounds = [rounds_of(program, own, manner) for own in self.runs]
        free = max(1, self.rounds[0].free)
        self.leg = max(LEAST_LEG, min(MOST_LEG, LEG_WORK // free))

    def search(self, return_share: int) -> None:
        """Search until the run says stop; at once if nothing can move."""
        first, *others = self.rounds
        self.runs[0].grant(self.run.remaining_steps)
        first.begin()
        for k, rounds in enumerate(others, 1):
            rounds.begin_beside(first, k, len(self.rounds))
        if isinstance(first, PortfolioRounds):
            first.keep_share(len(self.rounds))
        self._meet()
        while first.free and not self.run.should_stop():
            self._walk(return_share)
            self._meet()

    def _walk(self, return_share: int) -> None:
        """Let everyone make a leg, or what the limit of steps leaves each of them."""
        left, number = self.run.remaining_steps, len(self.runs)
        awake = []
        for k, (rounds, own) in enumerate(zip(self.rounds, self.runs, strict=True)):
            share = None if left is None else (left + number - 1 - k) // number
            if share != 0:
                own.grant(share)
                awake.append(rounds)
        waiting = iter(awake)

        def work() -> None:
            try:
                while (rounds := self._next(waiting)) is not None:
                    rounds.go_on(return_share, self.leg)
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
                self._fail(error)

        side_by_side(work, self._fail, self.threads)
        if self._failure is not None:
            raise self._failure

    def _next(self, waiting: Iterator[Rounds]) -> Rounds | None:
        with self._lock:
            return None if self._failure is not None else next(waiting, None)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._failure = error

    def _meet(self) -> None:
        """Hand in what was found, and share it."""
        for own in self.runs:
            own.report()
        best = max(self.rounds, key=_worth)
        for rounds in self.rounds:
            if _worth(rounds) < _worth(best):
                rounds.adopt(best)
        many = [r.openings for r in self.rounds if isinstance(r, PortfolioRounds)]
        if many:
            together = Elites.merged([openings.elites for openings in many])
            for openings in many:
                openings.elites = together.copy()


def _worth(rounds: Rounds) -> tuple[bool, int]:
    """Return what a search's best point is worth; it may have none."""
    notes = rounds.notes
    return bool(notes[notes_of.HAS_BEST]), int(notes[notes_of.BEST])

"""Tabu search with restarts: good answers in milliseconds, for every program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.stop import Stop

WIDE = 0.005
"""Relative gap beyond which large programs are not reduced by cuts."""
PART_STALL = 2_000
"""Steps without improvement that end the search of one part of a large program."""


@dataclass(frozen=True)
class Local(Solver):
    """Tabu search over flips, swaps and units, with restarts from perturbed points.

    Programs whose variables all take two values are searched among feasible points
    (`bundlesolve.kernels.swap`). Where there is no feasible point yet, or there are units
    to choose, rows may be broken at adaptive weights (`bundlesolve.kernels.weighted`).
    Programs of tens of thousands of variables are searched in parts
    (`bundlesolve.solvers.focus`), sparse ones after an annealing of the whole
    (`bundlesolve.solvers.annealing`).

    Parameters
    ----------
    tenure
        Steps for which a moved variable may not move again, and up to as many more at
        random (Glover, ORSA Journal on Computing 1(3), 1989). Default 4: on the 49 public
        instances of Billionnet and Soutif 3, 4 and 5 found every optimum, 2 missed one and
        20 missed six in 1.5 s each.
    patience
        Steps without improvement that end a round. Default 500.
    strength
        Largest perturbation that begins a round, in thousandths of the variables that are
        in. Default 300.
    return_share
        Share of rounds that begin at the best point, in thousandths; the others begin
        where the last one ended. Default 500.
    walkers
        Searches that go on side by side and share elites between legs of some thousand
        steps (`bundlesolve.solvers.walkers`). Steps of all of them count. Default 0: one
        under a limit of steps or of stalling, else one for each thread.
    threads
        Threads that execute the walkers. What is found under a limit of steps does not
        depend on it. 0: one a core. Default 1.
    """

    name: ClassVar[str] = "local"
    summary: ClassVar[str] = "tabu search with restarts; the best answers for their time"
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one move: a flip, a swap or some units"
    takes_segments: ClassVar[bool] = True

    tenure: int = 4
    patience: int = 500
    strength: int = 300
    return_share: int = 500
    walkers: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        for name, least, most in (
            ("tenure", 0, 1_000_000),
            ("patience", 1, 1_000_000_000),
            ("strength", 0, 1000),
            ("return_share", 0, 1000),
            ("walkers", 0, 64),
            ("threads", 0, 1000),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise InvalidParameter(f"expected a whole {name}, found {value!r}")
            if not least <= value <= most:
                raise InvalidParameter(f"expected {name} in {least}..{most}, found {value}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.warm import warm_up
        from bundlesolve.solvers.cut_core import warm_up as warm_up_cuts

        warm_up()
        warm_up_cuts()

    def search(self, program: Program, run: Run) -> Proof:
        """Search from the run's incumbent, or from the lower bounds, until told to stop.

        A sparse program first gets its bound, two starts and its core by minimum cuts
        (`bundlesolve.solvers.cut_core`), and the search walks in the core alone.
        """
        from bundlesolve.bounds.mincut import MOST_AGAIN, known_bound, remember
        from bundlesolve.solvers.core_run import CoreRun
        from bundlesolve.solvers.cut_core import CutCore, sparse_closure
        from bundlesolve.solvers.focus import LEAST_VARIABLES

        closure = None
        if not run.should_stop() and known_bound(program) is None:
            closure = sparse_closure(program)
        if closure is not None:
            cuts = CutCore(program, run, closure)
            # A wide gap fixes next to nothing, which takes long to find out in large ones.
            done = cuts.prepare()
            narrow = program.num_vars < LEAST_VARIABLES or (run.gap or 0.0) < WIDE
            core = cuts.core() if done and narrow else None
            large = program.num_pairs > MOST_AGAIN
            if done and large and cuts.cut.bound is not None:
                # Once is enough: neither another turn nor the certificate cuts again.
                remember(program, cuts.cut.bound)
            # The network is as large as all the rest.
            del cuts, closure
            if core is not None and core.program is not None:
                self._walk(core.program, CoreRun(core, run, Stop()))
                return Proof()
        self._walk(program, run)
        return Proof()

    def _walk(self, program: Program, run: Run) -> None:
        """Search the whole, or where that is too large one part after the other."""
        from bundlesolve.solvers import annealing
        from bundlesolve.solvers.focus import LEAST_VARIABLES, Focus, PartRun

        if program.num_vars < LEAST_VARIABLES or run.incumbent is None:
            return self.rounds(program, run)
        if annealing.suits(program, run):
            annealing.anneal(program, run)
        focus = Focus(program, run)
        while not run.should_stop():
            run.step()
            part = focus.part()
            if part.program is not None:
                within = PartRun(part, run, Stop(stall=PART_STALL))
                self.rounds(part.program, within)
                within.close()
        return None

    def rounds(self, program: Program, run: Run) -> None:
        """Search without minimum cuts."""
        from bundlesolve.solvers.forms import rounds_of
        from bundlesolve.solvers.walkers import Walkers

        if run.should_stop():
            return
        manner = (self.tenure, self.patience, self.strength)
        threads = self.threads or usable_cpus()
        repeats = run.remaining_steps is not None or run.stop.stall is not None
        walkers = self.walkers or (1 if repeats else threads)
        if walkers > 1:
            Walkers(program, run, manner, walkers, threads).search(self.return_share)
        else:
            rounds_of(program, run, manner).search(self.return_share)

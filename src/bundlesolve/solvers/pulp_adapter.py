"""The one place that speaks PuLP: builds the problem, runs an engine, reads the outcome.

Written to what PuLP 3.0 and 4 have in common. What it works around, each with a test:

* PuLP 3 resets the bounds of ``Binary`` variables to 0..1, so ours are ``Integer``.
* PuLP 3 says ``Optimal`` when the time was up; only ``sol_status`` tells. PuLP 4 returns
  an object instead.
* Engines differ in the sign of bounds when maximising, so we minimise, whatever the engine.
* PuLP 3 drops the objective's constant for some engines, so the problem has none.
* PuLP 3 hands HiGHS every row by a call of its own; `_StreamingHiGHS` does it in one.
* ``msg=False`` does not silence every engine; `bundlesolve.solvers.worker` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.solvers.linearise import Linear
from bundlesolve.solvers.scaling import Scaled

STATUS_OPTIMAL = 1
STATUS_INFEASIBLE = -1
"""The same numbers under different names in PuLP 3 and 4."""


class Ending(Enum):
    """How an engine under PuLP ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"  #: by a limit, with or without a point


class Outcome(NamedTuple):
    """What an engine under PuLP found.

    Parameters
    ----------
    ending
        How it ended.
    values
        Values of the columns; None without a point. Shape ``[c]``.
    objective
        Objective of the point, to be minimised, as the engine reports it.
    """

    ending: Ending
    values: NDArray[np.float64] | None
    objective: float | None


class Watch(NamedTuple):
    """What HiGHS tells while it runs.

    Parameters
    ----------
    point
        Takes the values of all columns of a point.
    progress
        Takes the lower bound of the minimisation and the number of nodes.
    """

    point: Callable[[NDArray[np.float64]], object]
    progress: Callable[[float, int], object]


class Problem:
    """A linear model as a PuLP problem, minimising minus the worth.

    Parameters
    ----------
    linear
        The model, products included.
    numbers
        Its numbers in doubles.
    start
        Values of all columns to start from, scaled like the numbers; default None.
    """

    def __init__(
        self, linear: Linear, numbers: Scaled, start: NDArray[np.float64] | None = None
    ) -> None:
        import pulp

        self.linear = linear
        self.numbers = numbers
        self.start = start
        self.problem = pulp.LpProblem("bundlesolve", pulp.LpMinimize)
        kinds = np.where(linear.is_integer, "Integer", "Continuous").tolist()
        bounds = zip(numbers.lower.tolist(), numbers.upper.tolist(), kinds, strict=True)
        # PuLP 3 sorts variables by name; the zeros keep the columns' order.
        self.variables = [
            self.problem.add_variable(f"c{c:09d}", low, high, cat=kind)
            for c, (low, high, kind) in enumerate(bounds)
        ]
        if start is not None:
            for variable, value in zip(self.variables, start.tolist(), strict=True):
                variable.setInitialValue(value, check=False)
        costs = (-numbers.worth).tolist()
        self.problem.setObjective(
            _expression([(v, c) for v, c in zip(self.variables, costs, strict=True)])
        )
        self._add_rows()

    def _add_rows(self) -> None:
        begin = self.linear.row_start.tolist()
        var, coef = self.linear.row_var.tolist(), self.numbers.row_coef.tolist()
        sides = zip(
            self.numbers.row_low.tolist(), self.numbers.row_high.tolist(), strict=True
        )
        variables, add = self.variables, self.problem.addConstraint
        for r, (low, high) in enumerate(sides):
            here = range(begin[r], begin[r + 1])
            left = _expression([(variables[var[e]], coef[e]) for e in here])
            if low == high:
                add(left == low)
            elif high < np.inf:
                add(left <= high)
            else:
                add(left >= low)

    def solve(self, engine: Any) -> Outcome:
        """Run a PuLP solver and return what it found."""
        stats = self.problem.solve(engine)
        return _outcome(self.problem, stats, self.variables)


def _expression(terms: list[tuple[Any, float]]) -> Any:
    import pulp

    make = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)
    return make(terms)


def _outcome(problem: Any, stats: Any, variables: list[Any]) -> Outcome:
    """Read the outcome out of PuLP 3's problem, or out of PuLP 4's statistics."""
    import pulp

    if hasattr(stats, "has_solution"):
        status, found = int(stats.status), bool(stats.has_solution)
        optimal = found and status == STATUS_OPTIMAL
    else:
        status = problem.status
        optimal = problem.sol_status == pulp.LpSolutionOptimal
        found = problem.sol_status in (
            pulp.LpSolutionOptimal,
            pulp.LpSolutionIntegerFeasible,
        )
    values = [variable.varValue for variable in variables]
    if not found or any(value is None for value in values):
        infeasible = not found and status == STATUS_INFEASIBLE
        return Outcome(Ending.INFEASIBLE if infeasible else Ending.STOPPED, None, None)
    ending = Ending.OPTIMAL if optimal else Ending.STOPPED
    return Outcome(
        ending, np.array(values, dtype=np.float64), pulp.value(problem.objective)
    )


def missing_engine(name: str) -> str | None:
    """Return why PuLP cannot run an engine of this name, None if it can."""
    import pulp

    known = pulp.listSolvers()
    if name not in known:
        return f"PuLP knows {', '.join(known)}, not {name!r}"
    if name not in pulp.listSolvers(onlyAvailable=True):
        return f"PuLP does not find {name!r} on this machine"
    return None


def make_engine(name: str, options: dict[str, Any]) -> Any:
    """Return a silent PuLP solver with those options that it takes and are not None."""
    import pulp

    kind = type(pulp.getSolver(name, msg=False))
    takes = inspect.signature(kind).parameters
    options = {k: v for k, v in options.items() if v is not None and k in takes}
    return kind(msg=False, **options)


class HighsEnd(NamedTuple):
    """How HiGHS ended, in its own words.

    Parameters
    ----------
    status
        Name of its model status, such as ``kOptimal``.
    bound
        Lower bound of the minimisation.
    nodes
        Nodes of the search tree.
    """

    status: str
    bound: float
    nodes: int


def run_highs(problem: Problem, options: dict[str, Any], watch: Watch) -> HighsEnd:
    """Run HiGHS through PuLP's solver class, with a start point and callbacks.

    Parameters
    ----------
    problem
        What to solve.
    options
        HiGHS options by name.
    watch
        What is told on the way.
    """
    solver = _streaming_highs()(problem, watch, msg=False, **options)
    solver.actualSolve(problem.problem)
    end: HighsEnd = solver.end
    return end


_ENDINGS = {
    "kOptimal",
    "kInfeasible",
    "kTimeLimit",
    "kSolutionLimit",
    "kIterationLimit",
    "kInterrupt",
    "kObjectiveBound",
}
"""After any other the numbers that HiGHS reports mean nothing: a bound of 0, -1 nodes."""


class _Threads:
    """How many threads HiGHS used last, in this process."""

    value: int | None = None


_threads = _Threads()


@cache
def _streaming_highs() -> Any:
    """Return the class, made late because its base needs PuLP."""
    import highspy
    import pulp

    events = highspy.cb.HighsCallbackType
    telling = (
        events.kCallbackMipSolution,
        events.kCallbackMipImprovingSolution,
        events.kCallbackMipInterrupt,
    )

    class _StreamingHiGHS(pulp.HiGHS):  # type: ignore[misc]
        """PuLP's HiGHS that starts from a point and tells on the way."""

        def __init__(self, ours: Problem, watch: Watch, **options: Any) -> None:
            super().__init__(**options)
            self.ours = ours
            self.watch = watch
            self.end: HighsEnd | None = None

        def buildSolverModel(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
            """Hand over all columns and all rows in one call each."""
            linear, numbers = self.ours.linear, self.ours.numbers
            highs, c = lp.solverModel, linear.num_columns
            none = np.zeros(0, dtype=np.int32)
            highs.addCols(
                c,
                -numbers.worth,
                numbers.lower,
                numbers.upper,
                0,
                none,
                none,
                none.astype(np.float64),
            )
            whole = np.flatnonzero(linear.is_integer).astype(np.int32)
            kind = np.full(len(whole), highspy.HighsVarType.kInteger)
            highs.changeColsIntegrality(len(whole), whole, kind)
            highs.addRows(
                linear.num_rows,
                numbers.row_low,
                numbers.row_high,
                len(linear.row_var),
                linear.row_start[:-1].astype(np.int32),
                linear.row_var.astype(np.int32),
                numbers.row_coef,
            )

        def callSolver(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
            """Run from the start point, listening."""
            highs, start = lp.solverModel, self.ours.start
            if _threads.value not in (None, self.threads):
                # HiGHS refuses to run on another number of threads than the time before.
                highspy.Highs.resetGlobalScheduler(True)
            _threads.value = self.threads
            if start is not None:
                columns = np.arange(len(start), dtype=np.int32)
                highs.setSolution(len(start), columns, start)
            highs.setCallback(self._hear, None)
            for event in telling:
                highs.startCallback(event)
            ran = highs.run()
            info = highs.getInfo()
            status = highs.getModelStatus().name
            if ran == highspy.HighsStatus.kError or status not in _ENDINGS:
                raise RuntimeError(f"HiGHS ended with {ran.name} and {status}")
            self.end = HighsEnd(status, info.mip_dual_bound, info.mip_node_count)
            if status == "kOptimal":
                self.watch.point(np.array(highs.getSolution().col_value))

        def _hear(self, event: Any, text: str, out: Any, into: Any, data: Any) -> None:
            if event != events.kCallbackMipInterrupt:
                self.watch.point(np.array(out.mip_solution))
            self.watch.progress(out.mip_dual_bound, out.mip_node_count)

        def findSolutionValues(self, lp: Any) -> tuple[int, int]:  # noqa: N802
            """Leave PuLP's variables alone: everything has been told."""
            return (0, 0)

        def actualSolve(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
            """Solve; PuLP 3 and 4 differ only in what they note afterwards."""
            self.createAndConfigureSolver(lp)
            self.buildSolverModel(lp)
            self.callSolver(lp)

    return _StreamingHiGHS

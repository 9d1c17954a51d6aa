"""Every method on one instance, each answer judged once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bundlesolve.errors import BundlesolveError
from bundlesolve.model.check import check
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS
from bundlesolve.stop import Stop, StopReason

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Entry:
    """How one method did.

    Parameters
    ----------
    method
        Its name.
    solution
        What it found; None when it did not take part.
    verified
        Whether the judge, called once more, agrees with the answer.
    reason
        Why it did not take part. Default empty.
    """

    method: str
    solution: Solution | None
    verified: bool = False
    reason: str = ""

    @property
    def objective(self) -> int | None:
        """Objective of its answer."""
        return None if self.solution is None else self.solution.objective


def compete(instance: Instance, stop: Stop, seed: int, tell: Tell) -> list[Entry]:
    """Solve an instance with every method, in the order of their names.

    Parameters
    ----------
    instance
        The problem.
    stop
        Each method's limits.
    seed
        Each method's seed.
    tell
        Called with a line before each method's turn.

    Raises
    ------
    KeyboardInterrupt
        If a method was interrupted.
    """
    entries = []
    for method in sorted(SOLVERS):
        tell(f"{instance.name}: {method}, {stop}")
        entries.append(_entry(instance, method, stop, seed))
    return entries


def _entry(instance: Instance, method: str, stop: Stop, seed: int) -> Entry:
    try:
        solution = solve(instance, method, stop=stop, seed=seed)
    except BundlesolveError as error:
        # Refused, not installed, or an engine that failed: all worth a line.
        return Entry(method, None, reason=getattr(error, "reason", str(error)))
    if solution.stop_reason is StopReason.INTERRUPTED:
        raise KeyboardInterrupt
    if solution.units is None:
        return Entry(method, solution)
    verdict = check(instance, solution.units)
    agrees = verdict.feasible and verdict.objective == solution.objective
    return Entry(method, solution, agrees)


def best(entries: list[Entry]) -> Solution | None:
    """Return the answer of greatest worth, the first of equals; None if there is none."""
    answers = [
        entry.solution
        for entry in entries
        if entry.solution is not None and entry.solution.objective is not None
    ]
    return max(answers, key=lambda found: found.objective or 0, default=None)


COLUMNS = ("method", "status", "worth", "bound", "gap", "seconds", "verified")


def row(entry: Entry, optimum: Decimal | None = None) -> list[str]:
    """Return an entry as the texts of `COLUMNS`, behind them the distance to an optimum.

    Parameters
    ----------
    entry
        How a method did.
    optimum
        The known optimum, in the user's unit. Default None: no such column.
    """
    found = entry.solution
    if found is None:
        return [entry.method, f"takes no part: {entry.reason}", *[""] * 5] + (
            [] if optimum is None else [""]
        )
    bound = to_decimal(found.bound, found.instance.decimals)
    cells = [
        entry.method,
        f"{found.status.value} ({found.stop_reason.value})",
        _text(found.worth),
        _text(bound),
        "-" if found.gap is None else f"{100 * found.gap:.2f} %",
        f"{found.timings['total']:.2f}",
        "yes" if entry.verified else "-" if found.units is None else "NO",
    ]
    if optimum is not None:
        missing = None if found.worth is None else optimum - found.worth
        cells.append("reached" if missing == 0 else _text(missing) + " below")
    return cells


def _text(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:f}"

"""What the runs on one problem are measured against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bundlesolve.bench.record import Record, RunStatus


@dataclass(frozen=True)
class Reference:
    """The best values of one problem, as numbers of which more is better.

    Parameters
    ----------
    known
        Best value known before; None where none is.
    found
        Best verified answer of the runs; None without one.
    proved
        True where ``known`` is proved to be optimal, or a run proved ``found``.
    rounding
        Half a unit of ``known``'s last published digit: differences up to it are none.
    minimise
        Sense of the problem, for showing values.
    infeasible
        True where there is no answer: known, or claimed by a run, and contradicted by
        neither an answer nor a best known value.
    """

    known: Decimal | None = None
    found: Decimal | None = None
    proved: bool = False
    rounding: Decimal = Decimal(0)
    minimise: bool = False
    infeasible: bool = False

    @property
    def best(self) -> Decimal | None:
        """The better of known and found; primal gaps and targets refer to it."""
        values = [value for value in (self.known, self.found) if value is not None]
        return max(values, default=None)

    @property
    def compared(self) -> Decimal | None:
        """What deviations refer to: known, and found where nothing is known."""
        return self.found if self.known is None else self.known

    def told(self, value: Decimal) -> str:
        """Return a value as the user means it."""
        return f"{-value if self.minimise and value else value:f}"


def value_of(record: Record) -> Decimal | None:
    """Return the answer's worth as a number of which more is better; None without one."""
    return None if record.objective is None else record.signed(record.objective)


def reference_of(records: Iterable[Record]) -> Reference:
    """Return what the runs on one problem are measured against."""
    runs = list(records)
    # A run that ended before the instance was read does not know its sense.
    minimise = any(run.minimise for run in runs)
    texts = [run.best_known for run in runs if run.best_known is not None]
    sign = -1 if minimise else 1
    known = max((sign * Decimal(text) for text in texts), default=None)
    values = [value for run in runs if (value := value_of(run)) is not None]
    found = max(values, default=None)
    claimed = any(
        run.known_infeasible or run.status is RunStatus.INFEASIBLE for run in runs
    )
    settled = any(
        run.status is RunStatus.OPTIMAL and value_of(run) == found for run in runs
    )
    return Reference(
        known=known,
        found=found,
        proved=settled or any(run.best_known_proved for run in runs),
        rounding=max((Decimal(run.rounding) for run in runs), default=Decimal(0)),
        minimise=minimise,
        infeasible=claimed and known is None and found is None,
    )

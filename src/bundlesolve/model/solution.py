"""The outcome of a solve: what was found, what is proved, how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bundlesolve.model.check import Use
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.frozen import Frozen, IntArray
from bundlesolve.model.improvement import Improvement, relative_gap
from bundlesolve.model.instance import Instance
from bundlesolve.stop import Stop, StopReason

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """What you hold."""

    OPTIMAL = "optimal"  #: an answer, and the proof that none is better
    FEASIBLE = "feasible"  #: an answer
    INFEASIBLE = "infeasible"  #: the proof that there is no answer
    UNKNOWN = "unknown"  #: neither


@dataclass(frozen=True, eq=False)
class Solution(Frozen):
    """A verified answer with its proof and its history.

    Parameters
    ----------
    instance
        The problem that was solved.
    status, stop_reason
        What you hold, and why the search ended.
    units
        Units of each item in one copy of each bundle, shape ``[K, n]``; None without an
        answer.
    objective, bound
        Exact objective of the answer and proved upper bound, in the instance's smallest
        unit of worth; None where there is none.
    method, parameters, seed, stop
        What was run.
    trace, bound_trace
        The moments at which the incumbent, and the bound, got better.
    timings
        Seconds of ``compile``, ``start``, ``certify``, ``search``, ``check``, and
        ``total``.
    uses
        How the answer uses every limit.
    versions
        Versions of this package and of what the method ran on.
    """

    instance: Instance
    status: Status
    stop_reason: StopReason
    units: IntArray | None
    objective: int | None
    bound: int | None
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    stop: Stop = field(default_factory=Stop)
    trace: tuple[Improvement, ...] = ()
    bound_trace: tuple[Improvement, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    uses: Sequence[Use] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """Proved relative gap ``(bound - objective) / max(1, |objective|)``."""
        return relative_gap(self.objective, self.bound)

    @property
    def verified(self) -> bool:
        """True when there is an answer: every answer has passed the judge."""
        return self.units is not None

    @property
    def worth(self) -> Decimal | None:
        """The objective in the user's unit."""
        return to_decimal(self.objective, self.instance.decimals)

    def chosen(self, bundle: int = 0) -> dict[str, int]:
        """Return units by item id of what is in a bundle; empty without an answer."""
        if self.units is None:
            return {}
        row = self.units[bundle]
        return {self.instance.items[i]: int(row[i]) for i in row.nonzero()[0]}

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per chosen item: bundle, item, label, units."""
        import pandas as pd

        rows = [
            (bundle.id, item, self.instance.label(self.instance.item_number[item]), units)
            for k, bundle in enumerate(self.instance.bundles)
            for item, units in self.chosen(k).items()
        ]
        return pd.DataFrame(rows, columns=["bundle", "item", "label", "units"])

    def __str__(self) -> str:
        lines = [f"{self.status.value} ({self.stop_reason.value}) by {self.method}"]
        if self.units is not None:
            lines.append(f"worth     {self.worth}")
        if self.bound is not None:
            proved = to_decimal(self.bound, self.instance.decimals)
            gap = "" if self.gap is None else f"  (gap {100 * self.gap:.3g} %)"
            lines.append(f"bound     {proved}{gap}")
        if "total" in self.timings:
            lines.append(f"seconds   {self.timings['total']:.2f}")
        for k, bundle in enumerate(self.instance.bundles[:10]):
            if self.units is not None:
                lines.append(f"{bundle.id:<9} {_listed(self.chosen(k))}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def __repr__(self) -> str:
        return f"<Solution {self.status.value} {self.worth} by {self.method}>"


def _listed(chosen: Mapping[str, int], most: int = 12) -> str:
    words = [i if u == 1 else f"{u} x {i}" for i, u in list(chosen.items())[:most]]
    more = len(chosen) - len(words)
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")

"""When a search ends, as data: frozen, reusable, translatable to every engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from bundlesolve.errors import InvalidParameter


class StopReason(StrEnum):
    """Why a search ended."""

    PROVED = "proved"  #: nothing is left to find
    TIME_LIMIT = "time_limit"
    STEP_LIMIT = "step_limit"
    GAP_LIMIT = "gap_limit"
    TARGET_REACHED = "target_reached"
    STALLED = "stalled"  #: the method has nothing more to try
    INTERRUPTED = "interrupted"
    MEMORY_LIMIT = "memory_limit"


@dataclass(frozen=True)
class Stop:
    """Limits of one search; the first one met ends it. All default to None: no limit.

    Parameters
    ----------
    seconds
        Wall clock, from the call to the answer, compiling kernels left out.
    steps
        The method's own units of work (``bundlesolve solvers`` says which).
    gap
        Proved relative gap, ``(bound - objective) / max(1, |objective|)``.
    target
        Objective that is good enough, in the instance's smallest unit of worth.
    stall
        Steps without improvement.
    """

    seconds: float | None = None
    steps: int | None = None
    gap: float | None = None
    target: int | None = None
    stall: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0 < self.seconds < 1e9:
            raise InvalidParameter(f"expected seconds in (0, 1e9), found {self.seconds}")
        for name in ("steps", "stall"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InvalidParameter(f"expected {name} of 1 or more, found {value}")
        if self.gap is not None and not self.gap >= 0:
            raise InvalidParameter(f"expected a gap of 0 or more, found {self.gap}")

    def __str__(self) -> str:
        limits = {k: v for k, v in asdict(self).items() if v is not None}
        return ", ".join(f"{k}={v:g}" for k, v in limits.items()) or "no limit"

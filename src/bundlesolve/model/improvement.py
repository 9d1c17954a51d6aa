"""A moment of a search at which the incumbent or the bound got better."""

from __future__ import annotations

from typing import NamedTuple


class Improvement(NamedTuple):
    """The incumbent or the bound got better.

    ``seconds`` since the start, ``steps`` so far, ``objective`` and ``bound`` as they
    stand now (None: none yet), ``source`` who found it.
    """

    seconds: float
    steps: int
    objective: int | None
    bound: int | None
    source: str


def relative_gap(objective: int | None, bound: int | None) -> float | None:
    """Return ``(bound - objective) / max(1, |objective|)``; None if either is unknown."""
    if objective is None or bound is None:
        return None
    return (bound - objective) / max(1, abs(objective))

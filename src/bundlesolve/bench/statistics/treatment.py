"""How runs that hold no answer count. No statistic drops one silently."""

from __future__ import annotations

from bundlesolve.bench.record import RunStatus

TOOK_NO_PART = frozenset({RunStatus.ABSENT})
"""Runs that say nothing about the method: what it needs is not on this machine."""

BROKEN = frozenset(
    {RunStatus.LATE, RunStatus.UNVERIFIED, RunStatus.CRASHED, RunStatus.FAILED}
)
"""Runs that ended in a way no run should end."""

TREATMENT = (
    "Every run is counted in 'runs'. Without an answer (unknown, late, unverified, "
    "crashed, failed, refused): primal gap 100 % from start to end, never at the target, "
    "never proved, last in the ranks, never within any factor of a profile; its deviation "
    "is no number, so means of deviations are over the answered runs and how many these "
    "are stands beside. In means of seconds what is not reached counts as the time limit. "
    "Absent runs (a package that is not installed) and runs that are not in the file say "
    "nothing about a method: they are listed, and tests between methods use only the "
    "problems on which all of them ran. Problems without any answer (infeasible) count for "
    "proofs only."
)
"""The same in words, for every report."""

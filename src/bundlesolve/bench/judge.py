"""The harness's own view of a claim: recomputed, and held against what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bundlesolve.bench.claim import Claim, Step
from bundlesolve.bench.record import Moment, Record, RunStatus
from bundlesolve.errors import BundlesolveError
from bundlesolve.model.check import check
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Status

SLIP = 0.25
"""Seconds by which a claimed time may lie outside the measured ones."""


def judged(record: Record, instance: Instance, claim: Claim, seconds: float) -> Record:
    """Return the record of a claim: what of it stands.

    Parameters
    ----------
    record
        The run so far: what is known about the instance is in it.
    instance
        The problem.
    claim
        What the contender says.
    seconds
        Measured by the harness.
    """
    facts = replace(
        record,
        stop_reason=claim.stop_reason,
        seconds=seconds,
        split=claim.split,
        versions={**claim.versions, **record.versions},
        note=claim.note,
    )
    limit = record.limits.seconds
    if limit is not None and seconds > limit + record.limits.grace:
        told = f"it took {seconds:.3f} s of {limit:g} s"
        return replace(facts, status=RunStatus.LATE, error=told)
    try:
        objective = _objective(instance, claim)
        wrong = _contradiction(facts, instance, claim, objective)
    except BundlesolveError as error:
        objective, wrong = None, str(error)
    if wrong is not None:
        return replace(facts, status=RunStatus.UNVERIFIED, error=wrong)
    found = [*claim.incumbents] if objective is not None else []
    ending = None if objective is None else Step(seconds, 0, objective)
    proof = None if claim.bound is None else Step(seconds, 0, claim.bound)
    return replace(
        facts,
        status=_status(claim, objective),
        objective=None if objective is None else told_value(objective, instance),
        bound=None if claim.bound is None else told_value(claim.bound, instance),
        incumbents=_moments(found, ending, seconds, instance, 1),
        bounds=_moments(claim.bounds, proof, seconds, instance, -1),
        error=_remark(facts, instance, objective),
    )


def told_value(value: int, instance: Instance) -> str:
    """Return a worth as an exact decimal in the user's unit and sense."""
    number = to_decimal(value, instance.decimals)
    number = -number if instance.minimise and number else number
    return f"{number:f}"


def _objective(instance: Instance, claim: Claim) -> int | None:
    """Return what the answer is worth; None without an answer."""
    if claim.units is None:
        return None
    verdict = check(instance, claim.units)
    if not verdict.feasible:
        raise BundlesolveError(f"its answer breaks {verdict.broken[0]}")
    return verdict.objective


def _contradiction(
    record: Record, instance: Instance, claim: Claim, objective: int | None
) -> str | None:
    """Return where the claim contradicts what is recomputed or known; None: nowhere."""
    if claim.objective is not None and objective != claim.objective:
        return f"it says objective {claim.objective}, recomputed {objective}"
    if claim.status in (Status.OPTIMAL, Status.FEASIBLE) and objective is None:
        return f"it says {claim.status.value} and has no answer"
    if claim.bound is not None and objective is not None and claim.bound < objective:
        return f"it says bound {claim.bound}, its answer is worth {objective}"
    if claim.status is Status.INFEASIBLE and objective is not None:
        return "it says infeasible and has an answer"
    highest = max((step.value for step in claim.incumbents), default=None)
    if highest is not None and objective is not None and highest > objective:
        return f"its trace says {highest}, its answer is worth {objective}"
    return _against_known(record, instance, claim)


def _against_known(record: Record, instance: Instance, claim: Claim) -> str | None:
    if record.best_known is None:
        return None
    if claim.status is Status.INFEASIBLE:
        return f"it says infeasible, {record.best_known} is known"
    if claim.bound is None:
        return None
    bound = record.signed(told_value(claim.bound, instance))
    if bound < record.signed(record.best_known) - Decimal(record.rounding):
        shown = told_value(claim.bound, instance)
        return f"it says bound {shown}, {record.best_known} is known"
    return None


def _remark(record: Record, instance: Instance, objective: int | None) -> str:
    """Say when a verified answer is better than what is listed as optimal."""
    if objective is None or not record.best_known_proved:
        return ""
    if record.known_infeasible:
        return "an answer to what is listed as infeasible"
    assert record.best_known is not None
    shown = told_value(objective, instance)
    best = record.signed(record.best_known) + Decimal(record.rounding)
    if record.signed(shown) > best:
        return f"better than {record.best_known}, which is listed as optimal"
    return ""


def _status(claim: Claim, objective: int | None) -> RunStatus:
    if objective is None:
        infeasible = claim.status is Status.INFEASIBLE
        return RunStatus.INFEASIBLE if infeasible else RunStatus.UNKNOWN
    return RunStatus.OPTIMAL if claim.bound == objective else RunStatus.FEASIBLE


def _moments(
    steps: Sequence[Step],
    last: Step | None,
    seconds: float,
    instance: Instance,
    direction: int,
) -> tuple[Moment, ...]:
    """Return a trace that gets better with every step and ends with the last value.

    Steps that are not better than one before, or lie outside the measured time, are left
    out.
    """
    if last is None:
        return ()
    kept: list[Step] = []
    for step in steps:
        better = not kept or direction * (step.value - kept[-1].value) > 0
        within = direction * (last.value - step.value) >= 0
        timed = 0 <= step.seconds <= seconds + SLIP
        timed = timed and (not kept or step.seconds >= kept[-1].seconds)
        if better and within and timed:
            kept.append(step)
    if not kept or kept[-1].value != last.value:
        kept.append(last._replace(steps=kept[-1].steps if kept else 0))
    return tuple(
        Moment(round(min(s.seconds, seconds), 6), s.steps, told_value(s.value, instance))
        for s in kept
    )

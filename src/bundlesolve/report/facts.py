"""Under which circumstances the runs took place."""

from __future__ import annotations

from collections.abc import Iterable

from bundlesolve.bench.record import Record
from bundlesolve.report.digest import Digest
from bundlesolve.report.words import NOTHING, listed, size, span


def facts(found: Digest) -> list[tuple[str, str]]:
    """Return names and values: suite, machine, versions, dates, limits."""
    records = found.runs.records
    started = sorted(run.started for run in records if run.started)
    dates = listed([text[:16].replace("T", " ") for text in started[:1] + started[-1:]])
    asked = "" if found.planned is None else f" of {found.planned} planned"
    return [
        ("Suite", listed(found.runs.suites)),
        ("Runs", f"{len(records)}{asked}"),
        ("Problems", str(len(found.runs.problems))),
        ("Methods", str(len(found.runs.methods))),
        ("Limits", _limits(records)),
        ("Started (UTC)", dates.replace(", ", " to ")),
        ("Machine", listed(_machine(run) for run in records)),
        ("System", listed(run.machine.system for run in records)),
        ("Python", listed(run.machine.python for run in records)),
        ("Runs at a time", listed(str(run.jobs) for run in records)),
        ("Load before a run", span(run.machine.load for run in records)),
        ("Fixed kernel", _calibration(records)),
        ("Versions", listed(_versions(records), 30)),
        ("Revision", listed(run.revision for run in records)),
    ]


def lead(found: Digest) -> str:
    """Return the most important of them in a sentence."""
    told = dict(facts(found))
    texts = [
        f"{told['Methods']} methods on {told['Problems']} problems, {told['Runs']} runs",
        told["Limits"],
        told["Machine"],
        told["Started (UTC)"],
        f"revision {listed(run.revision[:12] for run in found.runs.records)}",
    ]
    return " · ".join(text for text in texts if not text.endswith(NOTHING))


def _limits(records: Iterable[Record]) -> str:
    texts = []
    for run in records:
        limits = run.limits
        parts = [
            "" if limits.seconds is None else f"{limits.seconds:g} s",
            "" if limits.steps is None else f"{limits.steps} steps",
            "" if limits.gap is None else f"gap {limits.gap:g}",
            "" if limits.target is None else "a target",
            "" if limits.memory is None else size(limits.memory),
            f"{limits.threads} thread" + ("s" if limits.threads > 1 else ""),
            f"{limits.grace:g} s grace",
        ]
        texts.append(", ".join(part for part in parts if part))
    return "; or ".join(dict.fromkeys(texts)) or NOTHING


def _machine(run: Record) -> str:
    machine = run.machine
    if not machine.cpu:
        return ""
    memory = f", {size(machine.memory)}" if machine.memory else ""
    return f"{machine.cpu} ({machine.cores} processors to use{memory})"


def _calibration(records: Iterable[Record]) -> str:
    found = [1000 * run.machine.calibration for run in records if run.machine.calibration]
    return f"{span(found)} ms" if found else NOTHING


def _versions(records: Iterable[Record]) -> list[str]:
    found = {
        f"{name} {version}" for run in records for name, version in run.versions.items()
    }
    return sorted(found)

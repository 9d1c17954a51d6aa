"""Whether a solution's file says what is true of its answer."""

from __future__ import annotations

from bundlesolve.files.solution_document import (
    Contradiction,
    Document,
    contradictions,
)
from bundlesolve.model.check import Use, Verdict
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance


def disagreements(
    document: Document, instance: Instance, verdict: Verdict
) -> list[Contradiction]:
    """Return where a document says something else than the judge or than itself.

    Parameters
    ----------
    document
        What the file says.
    instance
        The problem.
    verdict
        What the judge says of the document's units.
    """
    wrong = [
        Contradiction("$.units", f"{limit_name(use)} kept", describe(instance, use))
        for use in verdict.broken
    ]
    objective = to_decimal(verdict.objective, instance.decimals)
    if document.objective != objective:
        found = document.objective
        wrong.append(Contradiction("$.objective", f"{objective}, recomputed", found))
    sense = "minimise" if instance.minimise else "maximise"
    if document.sense not in (None, sense):
        expected = f"{sense}, as in the instance"
        wrong.append(Contradiction("$.sense", expected, document.sense))
    return wrong + contradictions(document)


def limit_name(use: Use) -> str:
    """Return a limit as people call it."""
    return f"{use.kind} {use.name!r}"


def describe(instance: Instance, use: Use) -> str:
    """Return what a limit's use is, in its own unit."""
    decimals = 0
    if use.kind == "budgets":
        decimals = next(b.decimals for b in instance.budgets if b.name == use.name)
    words = [f"{to_decimal(use.used, decimals)} used"]
    if use.at_least is not None:
        words.append(f"at least {to_decimal(use.at_least, decimals)}")
    if use.at_most is not None:
        words.append(f"at most {to_decimal(use.at_most, decimals)}")
    return ", ".join(words)

"""The model everyone shares: the instance, its canonical form, the judge, the outcome."""

from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.check import Use, Verdict, check
from bundlesolve.model.compile import Compiled, compile
from bundlesolve.model.instance import Instance
from bundlesolve.model.origins import Origin
from bundlesolve.model.program import Program
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Requires,
    Scope,
)
from bundlesolve.model.synergies import Synergies

__all__ = [
    "Amounts",
    "Budget",
    "Bundle",
    "Category",
    "Compiled",
    "Conflict",
    "Exclude",
    "Include",
    "Instance",
    "Origin",
    "Program",
    "Requires",
    "Scope",
    "Synergies",
    "Use",
    "Verdict",
    "check",
    "compile",
]

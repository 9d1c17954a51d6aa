"""bundlesolve: decide which products belong together, and prove how well.

>>> import bundlesolve as bs
>>> shop = bs.Builder(name="tea time")
>>> shop.item("tea", utility=3).item("cake", utility=2).synergy("tea", "cake", 4)
<Builder 'tea time': 2 items>

Names are loaded when first used: ``import bundlesolve`` alone loads no numpy.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bundlesolve import generate, learn
    from bundlesolve.certificate.document import Certificate
    from bundlesolve.certificate.replay import replay
    from bundlesolve.errors import (
        BundlesolveError,
        EngineFailed,
        InvalidFile,
        InvalidInstance,
        InvalidParameter,
        MissingExtra,
        NotProved,
        Refused,
        WrongAnswer,
    )
    from bundlesolve.files import read, write
    from bundlesolve.live.live import Live
    from bundlesolve.live.open import open  # noqa: A004 - the word for it
    from bundlesolve.many.solve_many import solve_many
    from bundlesolve.model.amounts import Amounts
    from bundlesolve.model.builder import Builder
    from bundlesolve.model.bundle import Bundle
    from bundlesolve.model.check import check
    from bundlesolve.model.frames import from_pandas, to_pandas
    from bundlesolve.model.graph import from_networkx, to_networkx
    from bundlesolve.model.instance import Instance
    from bundlesolve.model.rules import (
        Budget,
        Category,
        Conflict,
        Exclude,
        Include,
        Requires,
        Scope,
    )
    from bundlesolve.model.solution import Solution, Status
    from bundlesolve.model.synergies import Synergies
    from bundlesolve.prove.certify import certify
    from bundlesolve.solve import solve
    from bundlesolve.solvers.base import SOLVERS, Solver, get_solver
    from bundlesolve.stop import Stop, StopReason

__version__ = "0.1.0"

__all__ = [
    "SOLVERS",
    "Amounts",
    "Budget",
    "Builder",
    "Bundle",
    "BundlesolveError",
    "Category",
    "Certificate",
    "Conflict",
    "EngineFailed",
    "Exclude",
    "Include",
    "Instance",
    "InvalidFile",
    "InvalidInstance",
    "InvalidParameter",
    "Live",
    "MissingExtra",
    "NotProved",
    "Refused",
    "Requires",
    "Scope",
    "Solution",
    "Solver",
    "Status",
    "Stop",
    "StopReason",
    "Synergies",
    "WrongAnswer",
    "certify",
    "check",
    "from_networkx",
    "from_pandas",
    "generate",
    "get_solver",
    "learn",
    "open",
    "read",
    "replay",
    "solve",
    "solve_many",
    "to_networkx",
    "to_pandas",
    "write",
]

_PLACES = {
    "bundlesolve.certificate.document": "Certificate",
    "bundlesolve.certificate.replay": "replay",
    "bundlesolve.errors": (
        "BundlesolveError EngineFailed InvalidFile InvalidInstance InvalidParameter "
        "MissingExtra NotProved Refused WrongAnswer"
    ),
    "bundlesolve.files": "read write",
    "bundlesolve.many.solve_many": "solve_many",
    "bundlesolve.live.live": "Live",
    "bundlesolve.live.open": "open",
    "bundlesolve.model": (
        "Amounts Budget Bundle Category Conflict Exclude Include Instance Requires Scope "
        "Synergies check"
    ),
    "bundlesolve.model.builder": "Builder",
    "bundlesolve.model.frames": "from_pandas to_pandas",
    "bundlesolve.model.graph": "from_networkx to_networkx",
    "bundlesolve.model.solution": "Solution Status",
    "bundlesolve.prove.certify": "certify",
    "bundlesolve.solve": "solve",
    "bundlesolve.solvers.base": "SOLVERS Solver get_solver",
    "bundlesolve.stop": "Stop StopReason",
}
_HOMES = {name: place for place, names in _PLACES.items() for name in names.split()}
_MODULES = ("generate", "learn")


class _Package(ModuleType):
    """The package itself: loads a public name when it is first asked for."""

    def __getattr__(self, name: str) -> object:
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # Importing the module `bundlesolve.solve` would put it where the function
        # `bundlesolve.solve` belongs.
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*__all__, *super().__dir__()})


sys.modules[__name__].__class__ = _Package

logging.getLogger(__name__).addHandler(logging.NullHandler())

"""bundlesolve: decide which products belong together, and prove how well.

>>> import bundlesolve as bs
>>> shop = bs.Builder(name="tea time")
>>> shop.item("tea", utility=3).item("cake", utility=2).synergy("tea", "cake", 4)
<Builder 'tea time': 2 items>
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bundlesolve.errors import (
    BundlesolveError,
    EngineFailed,
    InvalidFile,
    InvalidInstance,
    InvalidParameter,
    MissingExtra,
    Refused,
    WrongAnswer,
)
from bundlesolve.model import (
    Amounts,
    Budget,
    Bundle,
    Category,
    Conflict,
    Exclude,
    Include,
    Instance,
    Requires,
    Scope,
    Synergies,
    check,
)
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS, Solver, get_solver
from bundlesolve.stop import Stop, StopReason

logging.getLogger(__name__).addHandler(logging.NullHandler())

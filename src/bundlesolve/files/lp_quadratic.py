"""LP files (CPLEX's format) with a quadratic objective."""

from __future__ import annotations

from bundlesolve.files import lp
from bundlesolve.files.linear_form import linear_form
from bundlesolve.model.instance import Instance

NAME = "lp_quadratic"
SUMMARY = "LP file, pair worths as products in the objective"
EXTENSIONS: tuple[str, ...] = ()


def write(instance: Instance) -> bytes:
    """Return the file's content; comments say what the names stand for."""
    return lp.text(linear_form(instance, products=True))

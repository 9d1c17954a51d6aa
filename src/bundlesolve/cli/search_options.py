"""What `solve` and `solve-many` share: how to search, and when to stop."""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from bundlesolve.cli.parameters import build, split
from bundlesolve.solvers.base import SOLVERS, Solver, solver_class
from bundlesolve.stop import Stop

logger = logging.getLogger(__name__)

DEFAULT_SECONDS = 10.0
"""Time limit where neither seconds nor steps are given."""

SEARCH_OPTIONS = (
    click.option(
        "--method",
        "-m",
        default="auto",
        show_default=True,
        type=click.Choice(sorted(SOLVERS)),
        help="How to search; see `bundlesolve solvers`.",
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(0, 1e9, min_open=True, max_open=True),
        metavar="SECONDS",
        help="Wall clock of an instance."
        f"  [default: {DEFAULT_SECONDS:g}; none with --steps]",
    ),
    click.option(
        "--steps", type=click.IntRange(1), help="Limit on the method's own steps."
    ),
    click.option(
        "--gap",
        type=click.FloatRange(0),
        help="Enough when proved this near: (bound - objective) / objective.",
    ),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
    click.option(
        "--param",
        "-p",
        "assignments",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the method; see `bundlesolve solvers`.",
    ),
    click.option(
        "--certify/--no-certify",
        default=True,
        show_default=True,
        help="Prove a bound also where the method cannot.",
    ),
)


@dataclass(frozen=True)
class Search:
    """How to search, as the options tell.

    Parameters
    ----------
    method, assignments
        The method's name, its parameters as ``NAME=VALUE``.
    time_limit, steps, gap
        Limits; see `bundlesolve.stop.Stop`.
    seed
        Seed of all randomness.
    certify
        Whether a bound is proved also where the method proves none.
    """

    method: str
    assignments: tuple[str, ...]
    time_limit: float | None
    steps: int | None
    gap: float | None
    seed: int
    certify: bool

    @property
    def stop(self) -> Stop:
        """The limits; ten seconds where there is none."""
        seconds = self.time_limit
        if seconds is None and self.steps is None:
            seconds = DEFAULT_SECONDS
        return Stop(seconds=seconds, steps=self.steps, gap=self.gap)

    def solver(self, threads: int | None = None) -> Solver:
        """Return the method with its parameters.

        Raises
        ------
        InvalidParameter
            If a parameter is unknown or its value makes no sense.
        """
        kind, texts = solver_class(self.method), split(self.assignments)
        if threads is not None:
            if "threads" in {field.name for field in dataclasses.fields(kind)}:
                texts.setdefault("threads", str(threads))
            elif threads > 1:
                told = "method %r runs on one thread, whatever --threads"
                logger.warning(told, self.method)
        solver: Solver = build(kind, texts)
        return solver


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as one argument ``search``."""
    names = [field.name for field in dataclasses.fields(Search)]

    @functools.wraps(command)
    def gathered(*args: Any, **options: Any) -> Any:
        search = Search(**{name: options.pop(name) for name in names})
        return command(*args, search=search, **options)

    wrapped: Callable[..., Any] = gathered
    for option in reversed(SEARCH_OPTIONS):
        wrapped = option(wrapped)
    return wrapped

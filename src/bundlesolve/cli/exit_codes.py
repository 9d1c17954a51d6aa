"""Exit codes, and how an error becomes one line and a code."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import IO, Any

import click

from bundlesolve.errors import (
    BundlesolveError,
    InvalidFile,
    InvalidInstance,
    InvalidParameter,
    MissingExtra,
    NotProved,
    Refused,
    WrongAnswer,
)


class ExitCode(IntEnum):
    """What a script learns from the command's end."""

    VERIFIED = 0  #: a verified answer, or the command did what it was asked
    REGRESSION = 1  #: `bench compare` alone: something got significantly worse
    USAGE = 2  #: wrong options, or a method that cannot take the instance
    INVALID_INPUT = 3
    INFEASIBLE = 10  #: proved
    NO_ANSWER = 11  #: none found within the limit
    NOT_OPTIMAL = 12  #: with --require-optimal
    NOT_VERIFIED = 20
    BUG = 70  #: an unexpected exception, an engine that failed, a run that crashed
    INTERRUPTED = 130  #: by Ctrl-C or SIGTERM; an answer found before is written
    BROKEN_PIPE = 141  #: nobody reads our output any more


class Failure(click.ClickException):
    """An expected end other than success: one line on stderr, and a code."""

    def __init__(self, message: str, code: ExitCode) -> None:
        super().__init__(message)
        # click finds it here; its types mean it for a whole class.
        self.exit_code = code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line, if there is anything to say."""
        if self.message:
            click.echo(f"error: {self.message}", file=file or sys.stderr)


def failure_of(error: BundlesolveError) -> Failure:
    """Return how an error of ours ends a command."""
    code = ExitCode.BUG
    if isinstance(error, InvalidFile | InvalidInstance):
        code = ExitCode.INVALID_INPUT
    elif isinstance(error, InvalidParameter | MissingExtra | Refused):
        code = ExitCode.USAGE
    elif isinstance(error, WrongAnswer | NotProved):
        code = ExitCode.NOT_VERIFIED
    return Failure(" ".join(str(error).split()), code)

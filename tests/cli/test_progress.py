"""Progress: one line on a terminal, some lines elsewhere, and never in the way."""

from __future__ import annotations

import io
import logging

import pytest

from bundlesolve.cli.logs import CLEAR, logs, set_verbosity
from bundlesolve.cli.progress import Progress
from bundlesolve.model import Instance
from bundlesolve.model.improvement import Improvement


class Terminal(io.StringIO):
    """A terminal that remembers everything."""

    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A stream nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def found(seconds: float, objective: int | None, bound: int | None = None) -> Improvement:
    return Improvement(seconds, 1, objective, bound, "local")


def test_lines_are_rate_limited(tea: Instance) -> None:
    """The first improvement is told, then at most one a second."""
    stream = io.StringIO()
    with Progress(tea.replace(decimals=2), stream) as progress:
        for tenth in range(25):
            progress.improved(found(tenth / 10, tenth, 100))
    lines = stream.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["0.0", "1.0", "2.0"]
    assert lines[1].split("  ")[-4:] == ["best 0.10", "bound 1.00", "gap 900 %", "local"]


def test_a_terminal_has_one_line_wiped_at_the_end(tea: Instance) -> None:
    """The clock runs on without improvements."""
    stream = Terminal()
    with Progress(tea, stream) as progress:
        progress.improved(found(0.0, None, 7))
        while "bound 7" not in stream.getvalue():
            progress._end.wait(0.01)
    told = stream.getvalue()
    assert "\n" not in told
    assert told.endswith(CLEAR)
    assert "best -  bound 7  gap -" in told


def test_quiet_says_nothing(tea: Instance) -> None:
    """Not even on a terminal."""
    stream = Terminal()
    with Progress(tea, stream, quiet=True) as progress:
        progress.improved(found(0.0, 1))
    assert stream.getvalue() == ""


def test_a_closed_stderr_does_not_end_the_search(tea: Instance) -> None:
    """Progress falls silent."""
    with Progress(tea, Gone()) as progress:
        progress.improved(found(0.0, 1))
        progress.improved(found(5.0, 2))


@pytest.mark.parametrize(
    ("verbose", "quiet", "told"),
    [(0, False, "w"), (1, False, "wi"), (2, False, "wid"), (2, True, "")],
)
def test_verbosity(
    verbose: int, quiet: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings, information, everything, or nothing; afterwards as before."""
    logger = logging.getLogger("bundlesolve")
    before = (logger.level, list(logger.handlers))
    with logs():
        set_verbosity(verbose, quiet=quiet)
        logger.warning("w")
        logger.info("i")
        logger.debug("d")
    assert "".join(capsys.readouterr().err.split()[1::2]) == told
    assert (logger.level, list(logger.handlers)) == before

"""The library's log on stderr, as much of it as was asked for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CLEAR = "\r\x1b[2K"
"""Wipes the line of a terminal, on which progress may stand."""
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Stderr(logging.Handler):
    """Writes to whatever stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        wipe = CLEAR if sys.stderr.isatty() else ""
        try:
            sys.stderr.write(f"{wipe}{self.format(record)}\n")
            sys.stderr.flush()
        except OSError:
            return  # nobody reads it, which must not end the work


@contextmanager
def logs() -> Iterator[None]:
    """While inside, the library's warnings, or more, go to stderr."""
    logger = logging.getLogger("bundlesolve")
    level, handler = logger.level, _Stderr()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def set_verbosity(verbose: int, *, quiet: bool) -> None:
    """Log warnings (0), information (1) or everything (2); nothing when quiet."""
    level = logging.CRITICAL if quiet else LEVELS[min(verbose, 2)]
    logging.getLogger("bundlesolve").setLevel(level)

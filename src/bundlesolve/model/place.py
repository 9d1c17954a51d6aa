"""Errors said to be where the user wrote what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bundlesolve.errors import InvalidInstance


@contextmanager
def at(place: str) -> Iterator[None]:
    """Give every `InvalidInstance` from inside this place."""
    try:
        yield
    except InvalidInstance as error:
        raise InvalidInstance(error.expected, error.found, place) from None

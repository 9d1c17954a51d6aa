"""Packages that come with an extra."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bundlesolve.errors import MissingExtra


def find(package: str, extra: str) -> Any:
    """Return a package.

    Raises
    ------
    MissingExtra
        If it is not installed; says which extra brings it.
    """
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtra(package, extra) from None

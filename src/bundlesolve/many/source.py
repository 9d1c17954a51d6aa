"""Where one of many instances comes from."""

from __future__ import annotations

import os
from typing import NamedTuple

from bundlesolve.errors import BundlesolveError
from bundlesolve.files.read import read
from bundlesolve.files.source import display_name
from bundlesolve.model.instance import Instance


class Source(NamedTuple):
    """A file that holds an instance; see `bundlesolve.read`.

    Parameters
    ----------
    file
        Its path.
    format
        Name of its format; None: recognised by content.
    select
        Which of its problems; None: its only one.
    """

    file: str
    format: str | None = None
    select: str | None = None


Given = Instance | Source | str | os.PathLike[str]


def source_of(given: Given) -> Instance | Source:
    """Return an instance as it is, a path as a source."""
    if isinstance(given, Instance | Source):
        return given
    return Source(os.fspath(given))


def load(source: Instance | Source) -> Instance:
    """Return the instance.

    Raises
    ------
    InvalidFile
        If a file cannot be read.
    """
    if isinstance(source, Instance):
        return source
    return read(source.file, format=source.format, select=source.select)


def identity(source: Instance | Source) -> tuple[str, str]:
    """Return name and fingerprint, which is empty where a file cannot be read."""
    try:
        instance = load(source)
    except BundlesolveError:
        assert isinstance(source, Source)
        return display_name(source.file), ""
    return name_of(source, instance), instance.fingerprint


def name_of(source: Instance | Source, instance: Instance) -> str:
    """Return what an answer calls its instance."""
    return instance.name if isinstance(source, Instance) else display_name(source.file)

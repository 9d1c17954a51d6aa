"""An instance to a file."""

from __future__ import annotations

import os

from bundlesolve.errors import InvalidParameter
from bundlesolve.files.formats import WRITERS, writer
from bundlesolve.files.source import write_bytes
from bundlesolve.model.instance import Instance


def write(
    instance: Instance,
    file: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - what every user calls it
) -> None:
    """Write an instance.

    Parameters
    ----------
    instance
        What to write.
    file
        Where to; a name ending in ``.gz`` is compressed, ``-`` is standard output.
    format
        ``json``, ``lp`` or ``mps`` (linearised), or ``lp_quadratic``. Default: by the
        file's ending; ``json`` for standard output.

    Raises
    ------
    InvalidFile
        If the place cannot be written.
    InvalidParameter
        If there is no format of that name or for that ending.
    """
    name = format_of(os.fspath(file)) if format is None else format
    write_bytes(file, writer(name).write(instance))


def format_of(file: str) -> str:
    """Return the format that a file's ending asks for.

    Raises
    ------
    InvalidParameter
        If no format has that ending.
    """
    if file == "-":
        return "json"
    plain = file.removesuffix(".gz")
    for name in WRITERS:
        if plain.endswith(writer(name).EXTENSIONS):
            return name
    endings = ", ".join(e for name in WRITERS for e in writer(name).EXTENSIONS)
    raise InvalidParameter(f"expected a file ending in {endings}, found {file!r}")

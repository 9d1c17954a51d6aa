"""An instance from a file of any format we know."""

from __future__ import annotations

import os

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.files.formats import FORMATS, reader
from bundlesolve.files.source import display_name, read_bytes
from bundlesolve.model.instance import Instance


def read(
    file: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - what every user calls it
    select: str | None = None,
) -> Instance:
    """Read an instance.

    Parameters
    ----------
    file
        A path, gzipped or not, or ``-`` for standard input.
    format
        A name out of ``FORMATS``. Default: recognised by content.
    select
        Which problem of a file that holds several: its number from 1, or the share of
        the total weight that is the budget, such as ``2.5%``. Default: the only one.

    Raises
    ------
    InvalidFile
        If the file cannot be read, is of no known format, breaks its format, or holds
        several problems of which ``select`` does not name one.
    InvalidParameter
        If there is no format of that name.
    """
    chosen = None if format is None else reader(format)
    data = read_bytes(file)
    name = display_name(file)
    if chosen is None:
        chosen = reader(recognise(data, name))
    try:
        return chosen.read(data, name, select)
    except InvalidInstance as error:
        raise InvalidFile(name, error.place, error.expected, error.found) from error


def recognise(data: bytes, file: str) -> str:
    """Return the name of the format of a file's content.

    Raises
    ------
    InvalidFile
        If no format fits.
    """
    for name in FORMATS:
        if reader(name).recognise(data):
            return name
    known = ", ".join(FORMATS)
    start = repr(data[:30].decode("ascii", "replace")) if data else "an empty file"
    raise InvalidFile(file, "line 1", f"a file of one of the formats {known}", start)

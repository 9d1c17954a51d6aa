"""Bytes from a path, a gzip file or standard input, and bytes to a path, whole or not."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
import tempfile
import zlib
from pathlib import Path

from bundlesolve.errors import InvalidFile

MOST_BYTES = 2 << 30
"""Largest file that is read, after decompression."""
SMALL = 64 << 20
MOST_RATIO = 300
"""Decompressed size over compressed size beyond `SMALL` at which a gzip file is refused."""


def display_name(file: str | os.PathLike[str]) -> str:
    """Return the name of a source for messages; ``-`` is standard input."""
    return "<stdin>" if os.fspath(file) == "-" else os.fspath(file)


def read_bytes(file: str | os.PathLike[str]) -> bytes:
    """Return a file's content; ``-`` is standard input, gzip is undone by content.

    Raises
    ------
    InvalidFile
        If it cannot be read, is damaged, or grows past `MOST_BYTES` or `MOST_RATIO`.
    """
    name = display_name(file)
    try:
        raw = sys.stdin.buffer.read() if name == "<stdin>" else Path(file).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise InvalidFile(name, "$", "a readable file", what) from None
    if raw[:2] == b"\x1f\x8b":
        return _decompress(raw, name)
    if len(raw) > MOST_BYTES:
        raise InvalidFile(name, "$", f"at most {MOST_BYTES} bytes", len(raw))
    return raw


def _decompress(raw: bytes, name: str) -> bytes:
    most = min(MOST_BYTES, max(SMALL, MOST_RATIO * len(raw)))
    parts, left, size = [], raw, 0
    try:
        while left:
            member = zlib.decompressobj(wbits=31)
            part = member.decompress(left, most - size + 1)
            size += len(part)
            parts.append(part)
            if size > most:
                expected = f"at most {most} bytes after decompression"
                raise InvalidFile(name, "$", expected, f"more, from {len(raw)} bytes")
            if not member.eof:
                raise InvalidFile(name, "$", "a whole gzip file", "a truncated one")
            left = member.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise InvalidFile(name, "$", "a sound gzip file", error) from None
    return b"".join(parts)


def write_bytes(file: str | os.PathLike[str], data: bytes) -> None:
    """Write a file in one step: to a temporary neighbour, then renamed.

    A name ending in ``.gz`` is compressed; ``-`` is standard output.

    Raises
    ------
    InvalidFile
        If the place cannot be written.
    """
    name = os.fspath(file)
    if name == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    path = Path(file)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InvalidFile(name, "$", "a place to write", error.strerror) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        raise InvalidFile(name, "$", "a place to write", error.strerror) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()

"""Bytes from a path, a gzip file or standard input, and bytes to a path, whole or not."""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import shutil
import sys
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
        if name == "<stdin>":
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InvalidFile(name, "$", "a readable file", _reason(error)) from None
    if len(raw) > MOST_BYTES:
        raise InvalidFile(name, "$", f"at most {MOST_BYTES} bytes", "more")
    return _decompress(raw, name) if raw[:2] == b"\x1f\x8b" else raw


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

    A name ending in ``.gz`` is compressed; ``-`` is standard output. A symbolic link
    stays one and what it points to is written; a file that is there keeps its
    permissions; a device or a pipe is written to and never replaced.

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
    try:
        path = Path(file).resolve()
        if path.exists() and not path.is_file():
            # Renaming over a device would take it away from the whole machine.
            with path.open("wb") as stream:
                stream.write(data)
        else:
            _replace(path, data)
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidFile(name, "$", "a place to write", _reason(error)) from None


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}")
    # Made with the mode that the umask leaves to any new file.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

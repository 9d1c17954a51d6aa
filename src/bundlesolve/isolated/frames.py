"""Messages on a pipe: each its length (eight bytes, little endian) and its bytes."""

from __future__ import annotations

import struct

_LENGTH = struct.Struct("<Q")


def packed(body: bytes) -> bytes:
    """Return a message as it goes through the pipe."""
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes into the bodies of its frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take what was read; return the bodies that are complete now."""
        self._buffer += data
        bodies, at = [], 0
        while len(self._buffer) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, at)
            if len(self._buffer) - at < _LENGTH.size + length:
                break
            at += _LENGTH.size
            bodies.append(bytes(self._buffer[at : at + length]))
            at += length
        del self._buffer[:at]
        return bodies

"""Seeds out of names: the same for every method, whatever the order of the runs."""

from __future__ import annotations

import hashlib


def seed_of(suite: str, problem: str, repetition: int) -> int:
    """Return a seed in ``0 .. 2**32 - 1`` for one repetition on one problem of a suite.

    The first four bytes of SHA-256 over the three, a null byte between them.
    """
    text = "\0".join((suite, problem, str(repetition)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")

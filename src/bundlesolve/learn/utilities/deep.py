"""What the models that need torch share: finding it, and seeds that stay inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bundlesolve.learn.utilities.extras import find


def find_torch() -> Any:
    """Return the package torch; raises `MissingExtra` where it is not installed."""
    return find("torch", "deep")


@contextmanager
def seeded(torch: Any, seed: int) -> Iterator[None]:
    """Draw from a seed of our own; afterwards torch's generator is as it was before."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield

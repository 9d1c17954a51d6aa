"""The kernels' own random numbers."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.memory import SEED_MODULI, draw, new_memory
from tests.kernels.programs import layout_of, program_of


def test_draws_follow_the_paper() -> None:
    """The generator of L'Ecuyer (1988), recomputed with Python's integers."""
    seeds = np.array([12345, 67890], dtype=np.int64)
    a, b = 12345, 67890
    for _ in range(1000):
        a = a * 40014 % SEED_MODULI[0]
        b = b * 40692 % SEED_MODULI[1]
        assert draw(seeds, 1000) == (a - b) % 2147483562 % 1000


def test_draws_are_even() -> None:
    """Each of ten numbers comes up about as often."""
    seeds = np.array([1, 1], dtype=np.int64)
    counts = np.bincount([draw(seeds, 10) for _ in range(20_000)], minlength=10)
    assert counts.min() > 1800
    assert counts.max() < 2200


def test_any_seeds_will_do() -> None:
    """Neither generator may stand at 0, where it would stay."""
    layout = layout_of(program_of(0))
    for seed in (0, SEED_MODULI[0] - 1, 2**40):
        memory = new_memory(layout, seed, seed)
        assert np.all(memory.seeds > 0)
        assert memory.seeds[0] < SEED_MODULI[0]
        assert memory.seeds[1] < SEED_MODULI[1]

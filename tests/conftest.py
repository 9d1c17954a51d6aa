"""Named instances with a story each, and hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from bundlesolve.model import Amounts, Budget, Category, Instance, Synergies

settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.register_profile("long", parent=settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("BUNDLESOLVE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def benchmarks() -> Path:
    """Folder of the public instance sets; skips where they are absent."""
    folder = SHARED / "benchmarks"
    if not folder.is_dir():
        pytest.skip("the public benchmark sets are not on this machine")
    return folder


@pytest.fixture(scope="session")
def tea() -> Instance:
    """Tea and cake go together, the vase does not fit beside both: 5 of 6 to spend."""
    return Instance(
        items=("tea", "cake", "vase"),
        utility=np.array([3, 2, 4]),
        synergies=Synergies.of({(0, 1): 4, (0, 2): -1}),
        budgets=(Budget(name="money", per_unit=Amounts.of({0: 2, 1: 3, 2: 4}), at_most=6),),
        name="tea",
    )


@pytest.fixture(scope="session")
def twins() -> Instance:
    """Two items worth nothing alone and 7 together."""
    return Instance(
        items=("left", "right"),
        utility=np.array([0, 0]),
        synergies=Synergies.of({(0, 1): 7}),
        name="twins",
    )


@pytest.fixture(scope="session")
def poor(tea: Instance) -> Instance:
    """The tea shop with nothing to spend."""
    return tea.replace(budgets=(tea.budgets[0].replace(at_most=0),), name="poor")


@pytest.fixture(scope="session")
def impossible(tea: Instance) -> Instance:
    """All three items asked for, money for two."""
    three = Category(name="size", items=np.arange(3), at_least=3)
    return tea.replace(categories=(three,), name="impossible")

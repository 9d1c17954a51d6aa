"""The demo's data are where they should be and what they say they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bundlesolve.demo.data import find_folder, known_instances
from bundlesolve.errors import InvalidFile

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


def test_the_folder_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the current directory, or beside the source."""
    monkeypatch.chdir(INSTANCES.parent)
    assert find_folder(None).resolve() == INSTANCES
    monkeypatch.chdir(tmp_path)
    assert find_folder(None).resolve() == INSTANCES
    assert find_folder(str(INSTANCES)) == INSTANCES


def test_elsewhere_the_error_says_what_is_missing(tmp_path: Path) -> None:
    """And which option says where it is."""
    with pytest.raises(InvalidFile, match="--instances"):
        find_folder(str(tmp_path))


def test_public_instances_have_their_size_and_source() -> None:
    """A quadratic knapsack of 100 items and 15 classes of 10 items."""
    qkp, mmkp = known_instances(INSTANCES)
    assert (qkp.instance.n, len(qkp.instance.budgets)) == (100, 1)
    assert [qkp.optimum, mmkp.optimum] == [Decimal(18558), Decimal(1602)]
    assert (mmkp.instance.n, len(mmkp.instance.categories)) == (150, 15)
    assert "Billionnet and Soutif" in qkp.source
    assert "Khan" in mmkp.source

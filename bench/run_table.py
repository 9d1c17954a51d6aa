"""Runs as CSV. Not a script: `gaps.py` and `search_bars.py` share it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def write_runs(path: Path, runs: Sequence[DataclassInstance]) -> None:
    """Write a row a run, under the names of its fields. No runs: an empty file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if runs:
            writer.writerow([field.name for field in fields(runs[0])])
        writer.writerows(astuple(run) for run in runs)

"""A report of invented runs."""

from __future__ import annotations

import pytest

from bundlesolve.report.digest import Digest, digest
from tests.bench.made import crowd


@pytest.fixture(scope="session")
def found() -> Digest:
    """Six methods, of which one is absent, on 24 problems."""
    return digest(crowd(), planned=300)

"""The table of models in docs/learning.md is the command's."""

from __future__ import annotations

from bundlesolve.cli.models import describe, markdown_table
from bundlesolve.learn import SYNERGIES, UTILITIES
from bundlesolve.learn.synergies.registry import synergy_class
from bundlesolve.learn.utilities.registry import utility_class
from tests.conftest import ROOT


def test_the_table_of_models_is_the_commands() -> None:
    """`bundlesolve models --markdown` prints what the page shows."""
    page = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- models -->\n")[2].partition("\n<!-- models: end -->")[0]
    found = [describe("utility", n, utility_class(n)) for n in sorted(UTILITIES)]
    found += [describe("synergy", n, synergy_class(n)) for n in sorted(SYNERGIES)]
    assert shown == markdown_table(found)

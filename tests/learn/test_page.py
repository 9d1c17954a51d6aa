"""What docs/learning.md shows runs as it stands there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from bundlesolve.learn import read_rules
from tests.conftest import ROOT
from tests.learn.shop import write

PAGE = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [0, 1])
def test_examples_run(
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each Python block learns the committed sample, from the root of the repository."""
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[number]
    monkeypatch.chdir(ROOT)
    names = runpy.run_path(str(write(tmp_path, "example.py", code)))
    assert names["learned"].instance.n == 600
    assert number or "600 items" in capsys.readouterr().out


def test_the_rules_shown_can_be_read(tmp_path: Path) -> None:
    """The TOML block holds every part that the text names."""
    code = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    rules = read_rules(write(tmp_path, "rules.toml", code))
    assert rules.categories[1].penalty == 25
    assert rules.bundles[0].copies == 10

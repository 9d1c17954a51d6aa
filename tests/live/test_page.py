"""What docs/live.md shows runs as it stands there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")


def test_example_prints_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every printed line begins its comment."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    told = re.findall(r"print\(.*\) +# (.*?):", code)
    assert capsys.readouterr().out.splitlines() == told


def test_readme_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """At most 10 to spend and no scone leave tea and cake; tea and vase are worth 7.3."""
    ten, live = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    exec(compile(ten + live, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()[-1]
    assert printed == "{'tea': 1, 'cake': 1} 7.3"

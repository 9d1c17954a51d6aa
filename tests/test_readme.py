"""The README is true: its code runs, its table and its file are the real ones."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"^    bundlesolve ([\w-]+)", README, re.MULTILINE)))


def between(begin: str, end: str) -> str:
    """Return the README's text between two marks."""
    return README.split(begin, 1)[1].split(end, 1)[0].strip()


def cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line from the repository's root."""
    command = [sys.executable, "-m", "bundlesolve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_ten_lines_print_what_they_say() -> None:
    """The script runs; its output is the one shown, but for the seconds."""
    ((code, shown),) = re.findall(
        r"```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```", README, re.DOTALL
    )
    assert len([line for line in code.splitlines() if line.strip()]) == 10
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    seconds = re.compile(r"seconds .*")
    assert seconds.sub("", printed.getvalue()) == seconds.sub("", shown)


def test_file_shown_is_the_file() -> None:
    """The example of the format is the sample in the repository, letter by letter."""
    shown = between("<!-- file: instances/tea-time.json -->\n\n```json\n", "```")
    assert shown == (ROOT / "instances/tea-time.json").read_text("utf-8").strip()


def test_table_of_methods_is_the_registrys() -> None:
    """`bundlesolve solvers --markdown` prints the table."""
    table = between("<!-- methods: begin -->", "<!-- methods: end -->")
    assert table == cli("solvers", "--markdown").stdout.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    """Each sub-command the README names answers to --help."""
    assert cli(command, "--help").returncode == 0


def test_command_lines_run(tmp_path: Path) -> None:
    """Solve, certify and check of the sample, generate and convert, as written."""
    lines = re.findall(r"^    bundlesolve (.*?)(?:\s+#.*)?$", README, re.MULTILINE)
    begins = ("solve instances", "certify", "check", "generate")
    runnable = [x for x in lines if x.startswith(begins)]
    runnable += [x for x in lines if x.startswith("convert")]
    assert len(runnable) == 6
    for line in runnable:
        words = [
            str(tmp_path / word) if re.search(r"^(random|tea\.).*\.\w+$", word) else word
            for word in line.split()
        ]
        answer = cli(*words)
        assert answer.returncode == 0, answer.stderr

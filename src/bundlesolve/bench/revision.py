"""Which source this is."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import bundlesolve


@cache
def revision() -> str:
    """Return the git revision of the source that runs, with ``+changes`` if any.

    Empty where the source is not in a repository.
    """
    folder = Path(bundlesolve.__file__).resolve().parent
    commit = _git(folder, "rev-parse", "HEAD")
    # An installed package may lie in somebody else's repository.
    if not commit or not _git(folder, "ls-files", "errors.py"):
        return ""
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no", ".")
    return f"{commit}+changes" if changes else commit


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

"""The command line called in this process, and instances in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bundlesolve import Instance, write
from bundlesolve.cli.main import cli

Call = Callable[..., Result]


@pytest.fixture
def call() -> Call:
    """Run a command and return its end."""

    def run(*words: object, input: bytes | str | None = None) -> Result:  # noqa: A002
        return CliRunner().invoke(cli, [str(word) for word in words], input=input)

    return run


@pytest.fixture
def shop(tea: Instance, tmp_path: Path) -> Path:
    """The tea shop in a file."""
    return saved(tea, tmp_path)


@pytest.fixture
def stuck(impossible: Instance, tmp_path: Path) -> Path:
    """The shop that asks for three items with money for two, in a file."""
    return saved(impossible, tmp_path)


def saved(instance: Instance, folder: Path) -> Path:
    """Write an instance and return where."""
    file = folder / f"{instance.name}.json"
    write(instance, file)
    return file

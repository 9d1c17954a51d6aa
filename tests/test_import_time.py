"""What `import bundlesolve` and a glance at the help load, and what the names mean."""

from __future__ import annotations

import subprocess
import sys
from types import FunctionType, ModuleType

import pytest

import bundlesolve

HEAVY = "numpy numba scipy pandas pyarrow ortools pulp highspy deap sklearn networkx rich"


def loaded(code: str, modules: str = HEAVY) -> str:
    """Run code in a new process; return which modules it loaded."""
    code += f"\nprint([m for m in {modules.split()} if m in sys.modules])"
    command = [sys.executable, "-c", f"import sys\n{code}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return out.splitlines()[-1]


def test_import_loads_nothing_heavy() -> None:
    """Not even numpy: names are loaded when first used."""
    assert loaded("import bundlesolve", f"{HEAVY} click msgspec") == "[]"


def test_help_loads_no_command() -> None:
    """The help of the whole command line needs click alone."""
    code = "from bundlesolve.cli.main import cli\n"
    code += "cli.main(['--help'], standalone_mode=False)"
    assert loaded(code) == "[]"


@pytest.mark.parametrize("name", bundlesolve.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """What `__all__` promises can be had, and is listed by dir()."""
    assert getattr(bundlesolve, name) is not None
    assert name in dir(bundlesolve)


def test_unknown_names_are_refused() -> None:
    """The error is Python's own."""
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        bundlesolve.solv  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import bundlesolve.solve",
        "from bundlesolve.solve import Start",
        "import bundlesolve; bundlesolve.solve",
    ],
)
def test_solve_is_the_function_whoever_came_first(code: str) -> None:
    """Importing the module `bundlesolve.solve` does not hide the function."""
    code += "\nimport bundlesolve\nprint(type(bundlesolve.solve).__name__)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == FunctionType.__name__


def test_rooms_stay_modules() -> None:
    """`learn` and `generate` are the rooms of that name."""
    assert isinstance(bundlesolve.learn, ModuleType)
    assert isinstance(bundlesolve.generate, ModuleType)

"""The house's walls: imports go down the staircase, engines stay out, files stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bundlesolve

PACKAGE = Path(bundlesolve.__file__).parent
STAIRCASE = [
    {"errors"},
    {"stop"},
    {"model"},
    {"run"},
    {"interrupts"},
    {"files", "kernels", "generate"},
    {"isolated"},
    {"certificate"},
    {"bounds"},
    {"reduce"},
    {"prove"},
    {"solvers"},
    {"solve"},
    {"many", "live"},
    {"learn"},
    {"grouping"},
    {"bench"},
    {"report"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
"""Rooms from the ground up; a room may import its own and lower ones."""

FORBIDDEN = {
    "kernels": {"errors", "stop", "model", "run", "interrupts", "files", "bounds"},
    "learn": {"solvers", "solve", "run"},
    "bounds": {"run", "files"},
    "reduce": {"run", "files"},
    "files": {"kernels", "bounds", "run", "generate"},
    "generate": {"kernels", "bounds", "run", "files"},
    # What checks the engines shares nothing with them.
    "certificate": {"kernels", "generate", "run", "stop", "interrupts"},
    "prove": {"run", "generate"},
}
"""What a room may not import although it is lower."""

ENGINES = ["ortools", "pulp", "highspy", "deap", "numba", "sklearn", "pandas", "pyscipopt"]
HEAVY = [*ENGINES, "networkx", "scipy", "pyarrow", "rich", "click"]
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(name: str) -> str:
    """Return the room of a dotted module name inside the package."""
    return name.split(".")[1]


def level_of(room: str) -> int:
    """Return how high a room stands."""
    for level, rooms in enumerate(STAIRCASE):
        if room in rooms:
            return level
    raise AssertionError(f"{room} has no place on the staircase")


def imports_of(path: Path) -> list[tuple[int, str]]:
    """Return line and dotted name of our own imports, lazy ones too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom | ast.Import):
                    inner.names = []
        if isinstance(node, ast.ImportFrom) and node.names:
            assert node.level == 0, f"{path}: relative import"
            found.append((node.lineno, node.module or ""))
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
    return [(line, name) for line, name in found if name.startswith("bundlesolve.")]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    """No file imports a room above its own, or one that is forbidden to it."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    room = parts[0]
    if room == "__init__":
        return
    for line, name in imports_of(path):
        other = room_of(name)
        where = f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        assert level_of(other) <= level_of(room), where
        assert other not in FORBIDDEN.get(room, set()), where
        same_level = level_of(other) == level_of(room)
        assert other == room or not same_level, where


@pytest.mark.parametrize("path", sorted((PACKAGE / "certificate").glob("*.py")))
def test_certificates_are_replayed_in_plain_python(path: Path) -> None:
    """The room that replays proofs has no arrays and no floating-point numbers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {"numpy", "numba"} & {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in ("numpy", "numba")
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"{path.name}:{node.lineno}"
        if isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.Div), f"{path.name}:{node.lineno}"


def test_no_import_cycles() -> None:
    """The package's import graph, lazy imports included, has no cycle of modules."""
    import networkx as nx

    graph = nx.DiGraph()
    modules = {
        ".".join(("bundlesolve", *p.relative_to(PACKAGE).with_suffix("").parts))
        for p in FILES
    }
    for path in FILES:
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(("bundlesolve", *parts))
        for _, other in imports_of(path):
            target = other if other in modules else f"{other}.__init__"
            if target != name:
                graph.add_edge(name, target)
    knots = [c for c in nx.strongly_connected_components(graph) if len(c) > 1]
    assert knots == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_small(path: Path) -> None:
    """No file of the package is longer than 400 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_import_brings_no_engine() -> None:
    """`import bundlesolve` loads neither an engine nor anything heavy."""
    code = f"import bundlesolve, sys; print([m for m in {HEAVY} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"

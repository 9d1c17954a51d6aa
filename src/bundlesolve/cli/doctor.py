"""``bundlesolve doctor``: what is installed, and whether every method works here."""

from __future__ import annotations

import os
import pkgutil
import platform
from importlib import import_module, metadata
from pathlib import Path

import click

from bundlesolve import __version__
from bundlesolve.cli.exit_codes import ExitCode, Failure
from bundlesolve.cli.tables import Table, show
from bundlesolve.generate import Small
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS, missing_packages, solver_class
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.stop import Stop

SELF_CHECK = Stop(seconds=1.0)
SEED = 7
"""Of the instance of the self-check, a feasible one with every kind of limit."""
PACKAGES = (
    "numpy numba ortools pulp highspy deap scikit-learn pandas scipy networkx msgspec "
    "click rich pyarrow PySCIPOpt"
)


@click.command()
def doctor() -> None:
    """Show versions and the kernel cache, and check every method on a tiny instance."""
    show(Table(["what", "found"], [*system(), *versions()]))
    show(Table(["kernel cache", "state"], kernel_cache()))
    rows = self_check()
    show(Table(["method", "self-check"], rows))
    ill = [method for method, state in rows if state.startswith("ILL")]
    if ill:
        raise Failure(f"not working here: {', '.join(ill)}", ExitCode.NOT_VERIFIED)


def system() -> list[tuple[str, str]]:
    """Return what this machine is."""
    return [
        ("bundlesolve", __version__),
        ("python", platform.python_version()),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("cpus", str(usable_cpus())),
    ]


def versions() -> list[tuple[str, str]]:
    """Return the version of every package we may run on."""
    rows = []
    for package in PACKAGES.split():
        try:
            rows.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            rows.append((package, "not installed"))
    return rows


def kernel_cache() -> list[tuple[str, str]]:
    """Return for every folder with compiled kernels whether it is warm and writable."""
    from bundlesolve import kernels

    folders: dict[str, list[bool]] = {}
    for module in pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}."):
        for value in vars(import_module(module.name)).values():
            cache = getattr(value, "_cache", None)
            path = getattr(cache, "cache_path", None)
            if path is None or value.__module__ != module.name:
                continue
            stem = f"{module.name.rpartition('.')[2]}.{value.__name__}-"
            is_warm = any(Path(path).glob(f"{stem}*.nbi"))
            folders.setdefault(str(path), []).append(is_warm)
    rows = []
    for folder, warm in folders.items():
        there = Path(folder)
        while not there.exists():
            there = there.parent
        writable = "writable" if os.access(there, os.W_OK) else "not writable"
        rows.append((folder, f"{sum(warm)} of {len(warm)} kernels warm, {writable}"))
    return rows


def self_check() -> list[tuple[str, str]]:
    """Return for every method how it did on a tiny instance, beside ``brute``."""
    instance = Small().make(SEED)
    best = solve(instance, "brute")
    return [(method, diagnose(method, instance, best)) for method in sorted(SOLVERS)]


def diagnose(method: str, instance: Instance, best: Solution) -> str:
    """Return how one method did; ``ILL`` first where something is wrong."""
    missing = missing_packages(solver_class(method))
    if missing:
        return f"not installed: {', '.join(missing)}"
    try:
        found = solve(instance, method, stop=SELF_CHECK)
    except Exception as error:  # noqa: BLE001 - whatever it is, a doctor tells it
        return f"ILL: {type(error).__name__}: {error}"
    if found.objective is None or best.objective is None:
        return f"ILL: no answer ({found.status.value})"
    if found.objective > best.objective:
        return f"ILL: worth {found.worth} above the best, {best.worth}"
    if found.status is Status.OPTIMAL and found.objective != best.objective:
        return f"ILL: calls {found.worth} optimal, the best is {best.worth}"
    return f"well: {found.status.value}, worth {found.worth} of {best.worth}"

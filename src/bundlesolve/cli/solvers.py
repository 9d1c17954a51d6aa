"""``bundlesolve solvers``: every method, what it proves, needs and takes."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import click

from bundlesolve.cli.parameters import parameters_of
from bundlesolve.cli.tables import Table, show
from bundlesolve.solvers.base import SOLVERS, Solver, missing_packages, solver_class


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every parameter.")
@click.option("--markdown", is_flag=True, help="As the table of the README.")
def solvers(as_json: bool, markdown: bool) -> None:
    """List the methods of `solve --method`."""
    if as_json and markdown:
        raise click.UsageError("choose one of --json and --markdown")
    found = [describe(name, solver_class(name)) for name in sorted(SOLVERS)]
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif markdown:
        click.echo(markdown_table(found))
    else:
        show_table(found)


def describe(name: str, solver: type[Solver]) -> dict[str, Any]:
    """Return what there is to know about a method."""
    return {
        "name": name,
        "summary": solver.summary,
        "proves": list(solver.proves),
        "needs": list(solver.needs),
        "extra": solver.extra,
        "installed": not missing_packages(solver),
        "step": solver.step,
        "parameters": [
            {
                "name": parameter.name,
                "default": _plain(parameter.default),
                "type": parameter.type_name,
                "doc": parameter.doc,
            }
            for parameter in parameters_of(solver)
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return str(value)


def markdown_table(found: list[dict[str, Any]]) -> str:
    """Return the methods as a table for the README, nothing about this installation."""
    lines = ["| method | what it does | proves | runs on |", "|---|---|---|---|"]
    for solver in found:
        needs = ", ".join(solver["needs"]) or "-"
        if solver["extra"]:
            needs += f" (`bundlesolve[{solver['extra']}]`)"
        proves = ", ".join(solver["proves"]) or "-"
        lines.append(f"| `{solver['name']}` | {solver['summary']} | {proves} | {needs} |")
    return "\n".join(lines)


def show_table(found: list[dict[str, Any]]) -> None:
    """Print the methods and their parameters."""
    rows = []
    for solver in found:
        parameters = [f"{p['name']}={p['default']}" for p in solver["parameters"]]
        rows.append(
            [
                solver["name"],
                "yes" if solver["installed"] else f"no: [{solver['extra']}]",
                solver["summary"],
                ", ".join(solver["proves"]),
                solver["step"],
                ", ".join(parameters),
            ]
        )
    columns = ["method", "installed", "summary", "proves", "step", "parameters"]
    show(Table(columns, rows))

"""``bundlesolve models``: what utilities and synergies can be learned with."""

from __future__ import annotations

import json
from typing import Any

import click

from bundlesolve.cli.parameters import documents, parameters_of
from bundlesolve.cli.tables import Table, show
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.utilities.registry import UTILITIES, utility_class


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every parameter.")
@click.option("--markdown", is_flag=True, help="As a table for a page.")
def models(as_json: bool, markdown: bool) -> None:
    """List the models of `learn` and `evaluate`."""
    if as_json and markdown:
        raise click.UsageError("choose one of --json and --markdown")
    found = [describe("utility", name, utility_class(name)) for name in sorted(UTILITIES)]
    found += [describe("synergy", name, synergy_class(name)) for name in sorted(SYNERGIES)]
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif markdown:
        click.echo(markdown_table(found))
    else:
        show_table(found)


def describe(kind: str, name: str, model: type[Any]) -> dict[str, Any]:
    """Return what there is to know about a model."""
    docs: dict[str, str] = {}
    for base in reversed(model.__mro__):  # what a base says holds unless said anew
        docs.update(documents(base.__doc__ or ""))
    return {
        "kind": kind,
        "name": name,
        "summary": model.summary,
        "formula": model.formula,
        "parameters": [
            {
                "name": parameter.name,
                "default": parameter.default,
                "type": parameter.type_name,
                "doc": docs.get(parameter.name, ""),
            }
            for parameter in parameters_of(model)
        ],
    }


def markdown_table(found: list[dict[str, Any]]) -> str:
    """Return the models as a table for a page."""
    lines = ["| kind | model | what it is | formula |", "|---|---|---|---|"]
    for model in found:
        formula = model["formula"].replace("|", "\\|")
        words = f"{model['kind']} | `{model['name']}` | {model['summary']}"
        lines.append(f"| {words} | `{formula}` |")
    return "\n".join(lines)


def show_table(found: list[dict[str, Any]]) -> None:
    """Print the models and their parameters."""
    rows = []
    for model in found:
        parameters = [f"{p['name']}={p['default']}" for p in model["parameters"]]
        rows.append([model["kind"], model["name"], model["summary"], ", ".join(parameters)])
    show(Table(["kind", "model", "summary", "parameters"], rows))

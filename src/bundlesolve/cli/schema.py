"""``bundlesolve schema``: the JSON schemas of the files."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--solution", is_flag=True, help="Of a solution instead of an instance.")
def schema(solution: bool) -> None:
    """Print the JSON schema of an instance, or with --solution of a solution."""
    if solution:
        from bundlesolve.files.solution_json import solution_schema

        found = solution_schema()
    else:
        from bundlesolve.files.json_schema import schema as instance_schema

        found = instance_schema()
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))

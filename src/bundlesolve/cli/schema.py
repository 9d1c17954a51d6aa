"""``bundlesolve schema``: the JSON schemas of the files."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--solution", is_flag=True, help="Of a solution instead of an instance.")
@click.option("--certificate", is_flag=True, help="Of a certificate.")
def schema(solution: bool, certificate: bool) -> None:
    """Print the JSON schema of an instance, a solution or a certificate."""
    if solution and certificate:
        raise click.UsageError("--solution and --certificate are two schemas")
    if certificate:
        from bundlesolve.certificate.document import certificate_schema

        found = certificate_schema()
    elif solution:
        from bundlesolve.files.solution_json import solution_schema

        found = solution_schema()
    else:
        from bundlesolve.files.json_schema import schema as instance_schema

        found = instance_schema()
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))

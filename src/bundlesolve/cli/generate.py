"""``bundlesolve generate``: random instances, options taken from each kind's class."""

from __future__ import annotations

from typing import Any

import click

from bundlesolve.cli.parameters import Parameter, build, parameters_of
from bundlesolve.cli.reading import check_output
from bundlesolve.files.formats import WRITERS
from bundlesolve.files.write import format_of, write
from bundlesolve.generate import KINDS, Kind


class Kinds(click.Group):
    """One command for every kind of instance."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the kinds."""
        return sorted(KINDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of a kind."""
        kind = KINDS.get(cmd_name)
        return None if kind is None else command_of(kind)


@click.group(cls=Kinds, subcommand_metavar="KIND [OPTIONS]")
def generate() -> None:
    """Write a random instance; the same seed gives the same file."""


def command_of(kind: type[Kind]) -> click.Command:
    """Return the command that draws instances of a kind."""
    parameters = parameters_of(kind)

    def draw(
        seed: int, output: str, target_format: str | None, **texts: str | None
    ) -> None:
        check_output(output)
        chosen = target_format or format_of(output)
        given = {name: text for name, text in texts.items() if text is not None}
        made: Kind = build(kind, given)
        write(made.make(seed), output, format=chosen)

    options: list[click.Parameter] = [option_of(parameter) for parameter in parameters]
    options += [
        click.Option(["--seed"], type=click.IntRange(0), default=0, show_default=True),
        click.Option(
            ["--output", "-o"],
            default="-",
            metavar="FILE",
            help="Where to write.  [default: stdout]",
        ),
        click.Option(
            ["--to", "target_format"],
            type=click.Choice(sorted(WRITERS)),
            help="Format.  [default: by the ending]",
        ),
    ]
    return click.Command(
        kind.name,
        callback=draw,
        params=options,
        help=f"{kind.summary[:1].upper()}{kind.summary[1:]}.",
    )


def option_of(parameter: Parameter) -> click.Option:
    """Return the option of one field; its text is parsed by `build`."""
    return click.Option(
        [f"--{parameter.name.replace('_', '-')}", parameter.name],
        metavar=parameter.type_name.upper(),
        help=help_of(parameter),
    )


def help_of(parameter: Parameter) -> str:
    """Return a field's document, its default where the document has none."""
    text: Any = parameter.doc
    if "Default" in text or parameter.required:
        return str(text)
    return f"{text}  [default: {parameter.default}]"

"""A click group whose commands are imported when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from bundlesolve.cli.exit_codes import ExitCode, Failure, failure_of
from bundlesolve.cli.logs import logs
from bundlesolve.errors import BundlesolveError
from bundlesolve.interrupts import patience


class LazyGroup(click.Group):
    """Commands by name, each a line of help and ``module:attribute``.

    The help of the whole group imports none of them. Errors of ours become one line and
    an exit code here, whatever the command.
    """

    def __init__(
        self, *args: Any, places: dict[str, tuple[str, str]] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.places = places or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they were given."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name][1].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the lines known here."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (text, _) in self.places.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command with patience for signals; give its errors their exit code."""
        try:
            with logs(), patience() as ctx.obj:
                return super().invoke(ctx)
        except BundlesolveError as error:
            raise failure_of(error) from error
        except KeyboardInterrupt:
            raise Failure("interrupted", ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            raise Failure("", ExitCode.BROKEN_PIPE) from None

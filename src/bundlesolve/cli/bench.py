"""``bundlesolve bench``: the list of its commands."""

from __future__ import annotations

from typing import Any

import click

from bundlesolve.cli.lazy_group import LazyGroup

PLACES = {
    "run": ("Run a suite into a file of records.", "bench_run:run"),
    "resume": ("Go on with what is missing in a file of records.", "bench_run:resume"),
    "list": ("List what a suite would run, or the suites.", "bench_list:list_runs"),
    "report": ("Tables, CSV, Markdown and HTML of records.", "bench_report:report"),
    "compare": ("Compare two files of records.", "bench_compare:compare"),
}


class Inner(LazyGroup):
    """A group inside a `LazyGroup`, which already looks after signals and errors."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        return click.Group.invoke(self, ctx)


@click.group(
    cls=Inner,
    places={n: (text, f"bundlesolve.cli.{p}") for n, (text, p) in PLACES.items()},
)
def bench() -> None:
    """Measure solvers: ours, peers, and yours.

    Suites are small TOML files, see bench/ in the repository. Every run is a process of
    its own, its answer is judged here, and its record is on the disk before the next run.
    """

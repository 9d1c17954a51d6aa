"""``bundlesolve bench list``: what a suite would run, the suites, the contenders."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path

import click

from bundlesolve.bench.contenders import contender
from bundlesolve.bench.instances import sets_folder
from bundlesolve.bench.peers import PEERS
from bundlesolve.bench.plan import plan
from bundlesolve.bench.suite import MethodSpec, read_suite, suite_of
from bundlesolve.cli.bench_run import sets_option


@click.command("list")
@click.argument("suite", required=False)
@sets_option
@click.option("--folder", default="bench", show_default=True, help="Where suites are.")
def list_runs(suite: str | None, sets: str | None, folder: str) -> None:
    """List what SUITE would run; without SUITE, the suites of a folder and the peers."""
    if suite is None:
        _list_suites(Path(folder))
        return
    parsed = suite_of(read_suite(suite), suite)
    jobs = plan(parsed, sets_folder(sets), Path(suite).resolve().parent)
    counts = Counter(job.problem.title for job in jobs)
    for problem, runs in counts.items():
        click.echo(f"{problem}  {runs} runs")
    for spec in parsed.specs:
        click.echo(f"{spec.title}  {_state(spec, parsed.threads)}")
    told = f"{len(counts)} problems, {len(parsed.specs)} methods, {len(jobs)} runs"
    if parsed.stop.seconds is not None:
        hours = len(jobs) * parsed.stop.seconds / 3600
        told += f", {hours:.2f} hours at most"
    click.echo(told)


def _state(spec: MethodSpec, threads: int) -> str:
    missing = contender(spec, threads).absent()
    return "there" if missing is None else f"absent: {missing}"


def _list_suites(folder: Path) -> None:
    for file in sorted(folder.glob("*.toml")):
        suite = suite_of(read_suite(file), str(file))
        click.echo(f"{file}  {suite.summary}")
    for name, module in PEERS.items():
        state = _state(MethodSpec(peer=name), 1)
        click.echo(f"peer {name}  {import_module(module).SUMMARY} ({state})")

"""``bundlesolve demo``: from receipts to the best bundle, and who finds it."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import click

from bundlesolve.cli.exit_codes import ExitCode, Failure
from bundlesolve.cli.tables import Table, show
from bundlesolve.demo.contest import COLUMNS, Entry, best, compete, row
from bundlesolve.demo.contributions import Contribution, contributions
from bundlesolve.demo.data import find_folder, known_instances, learn_shop
from bundlesolve.demo.kernels import compile_kernels
from bundlesolve.files.solution_json import write_solution
from bundlesolve.files.source import write_bytes
from bundlesolve.files.write import write
from bundlesolve.model.solution import Solution
from bundlesolve.stop import Stop

SHOWN = 20
"""Items of the best bundle that are listed."""
PARTNERS = 2


@click.command()
@click.option(
    "--instances",
    metavar="DIR",
    help="Where the data are.  [default: instances, here or in the repository]",
)
@click.option(
    "--out", metavar="DIR", default="demo-out", show_default=True, help="What to write to."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1),
    default=2.0,
    show_default=True,
    help="Time limit of each method on each problem.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def demo(instances: str | None, out: str, seconds: float, seed: int) -> None:
    """Learn from receipts, solve with every method, check, and compare with optima."""
    started = time.perf_counter()
    folder, target, stop = find_folder(instances), Path(out), Stop(seconds=seconds)
    target.mkdir(parents=True, exist_ok=True)
    _tell("compiling kernels, about a minute the first time on a machine")
    compile_kernels()
    entries = _shop(folder, target, stop, seed)
    for known in known_instances(folder):
        found = compete(known.instance, stop, seed, _tell)
        _save(found, target / known.instance.name)
        title = f"{known.instance.name}, known optimum {known.optimum} - {known.source}"
        _show(title, found, known.optimum)
        entries += found
    click.echo(f"\nInstance and solutions are in {target}.")
    click.echo(f"The demo took {time.perf_counter() - started:.0f} seconds.")
    wrong = [e.method for e in entries if _is_wrong(e)]
    if wrong:
        raise Failure(f"not verified: {', '.join(wrong)}", ExitCode.NOT_VERIFIED)


def _shop(folder: Path, target: Path, stop: Stop, seed: int) -> list[Entry]:
    _tell("learning from receipts")
    learned = learn_shop(folder)
    instance = learned.instance
    write(instance, target / "instance.json")
    write_bytes(target / "card.json", learned.card.to_json().encode())
    click.echo(
        f"Learned from {learned.receipts.m} receipts: {instance.n} articles, "
        f"{len(instance.synergies)} pairs, {len(instance.limits)} limits; "
        f"worth is {learned.card.unit}."
    )
    entries = compete(instance, stop, seed, _tell)
    _save(entries, target / "shop")
    _show(instance.name, entries)
    found = best(entries)
    if found is not None:
        _show_bundle(found)
    return entries


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _save(entries: list[Entry], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for entry in entries:
        if entry.solution is not None:
            write_solution(folder / f"{entry.method}.json", entry.solution)


def _show(title: str, entries: list[Entry], optimum: Decimal | None = None) -> None:
    columns = [*COLUMNS] if optimum is None else [*COLUMNS, "optimum"]
    rows = [row(entry, optimum) for entry in entries]
    show(Table(columns, rows, title, right=("worth", "bound", "gap", "seconds")))


def _show_bundle(solution: Solution) -> None:
    found = contributions(solution)
    rows = []
    for item in found[:SHOWN]:
        partners = [f"{label} {worth:+}" for label, worth in item.partners[:PARTNERS]]
        shares = [f"{worth:.2f}" for worth in (item.alone, item.pairs, item.total)]
        rows.append([item.label, str(item.units), *shares, "; ".join(partners)])
    rest = found[SHOWN:]
    if rest:
        rows.append([f"... and {len(rest)} more", "", "", "", _sum(rest), ""])
    rows.append(["all", "", "", "", _sum(found), ""])
    columns = ["article", "units", "alone", "in pairs", "share", "best partners"]
    title = f"The best bundle, by {solution.method}: worth {solution.worth}"
    show(Table(columns, rows, title, right=("units", "alone", "in pairs", "share")))


def _sum(items: list[Contribution]) -> str:
    return f"{sum(item.total for item in items):.2f}"


def _is_wrong(entry: Entry) -> bool:
    found = entry.solution
    return found is not None and found.units is not None and not entry.verified

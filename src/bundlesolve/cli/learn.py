"""``bundlesolve learn``: an instance from receipts, a catalogue and rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.reading import check_output
from bundlesolve.cli.receipt_options import (
    model_options,
    models_of,
    receipt_options,
    rows_of,
)
from bundlesolve.cli.steps import Steps
from bundlesolve.files.source import write_bytes
from bundlesolve.files.write import format_of, write
from bundlesolve.learn.build import learn as learn_instance
from bundlesolve.learn.judge import SPLITS
from bundlesolve.learn.price_effects import PriceEffects
from bundlesolve.learn.privacy import Privacy

UTILITY = "trend"
SYNERGY = "excess"
STEPS = ("read", "clean", "utilities", "synergies")
JUDGED = 3
"""Further steps of judging: to fit, and to ask both scorers."""


@click.command()
@click.argument("receipts")
@click.option("--catalogue", metavar="CAT", help="Csv or parquet, a row an article.")
@click.option("--rules", metavar="RULES", help="TOML: budgets, categories, rules.")
@click.option(
    "--output",
    "-o",
    default="-",
    metavar="INSTANCE.json",
    help="Where to write.  [default: stdout]",
)
@click.option("--card", metavar="CARD.json", help="Write the model card here.")
@model_options
@click.option("--embedder", help="Of --synergy text or blend: tfidf, wordllama, minilm.")
@click.option(
    "--segments",
    type=click.IntRange(1),
    help="One bundle for each of so many groups of customers.",
)
@click.option(
    "--price-effects",
    is_flag=True,
    help="The catalogue's prices are new ones: foretell sales at them.",
)
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="none",
    show_default=True,
    help="Judge the models for the card on later receipts, or on other customers.",
)
@click.option(
    "--epsilon",
    type=click.FloatRange(0, min_open=True),
    help="Differential privacy of the pair counts: the budget.",
)
@receipt_options
@click.option(
    "--progress/--no-progress",
    default=None,
    help="A bar on stderr.  [default: on a terminal]",
)
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--verbose", "-v", count=True, help="Log more; twice: everything.")
def learn(  # noqa: PLR0913, PLR0917 - an argument an option
    receipts: str,
    catalogue: str | None,
    rules: str | None,
    output: str,
    card: str | None,
    utility: str | None,
    synergy: str | None,
    assignments: tuple[str, ...],
    embedder: str | None,
    segments: int | None,
    price_effects: bool,
    split: str,
    epsilon: float | None,
    progress: bool | None,
    most_items: int | None,
    quiet: bool,
    verbose: int,
    **given: Any,
) -> None:
    """Learn what articles and pairs are worth from RECEIPTS; write the instance.

    RECEIPTS is csv (also gzip) or parquet, a row an article of a receipt. Options about
    columns and rows go before the table [receipts] of RULES. Models: see `bundlesolve
    models`; by default trend and excess.
    """
    set_verbosity(verbose, quiet=quiet)
    for place in (output, card):
        if place is not None:
            check_output(place)
    chosen = format_of(output)
    if segments is not None and utility is not None:
        raise click.UsageError("choose one of --segments and --utility")
    if price_effects and catalogue is None:
        raise click.UsageError("--price-effects goes with --catalogue: its prices")
    if embedder is not None:
        if synergy not in {"text", "blend"}:
            raise click.UsageError("--embedder goes with --synergy text or blend")
        assignments = (*assignments, f"synergy.embedder={embedder}")
    how = rows_of(rules, given)
    alone, together = models_of(utility or UTILITY, synergy or SYNERGY, assignments)
    count = len(STEPS) + (JUDGED if split != "none" else 0) + price_effects
    steps = Steps(count, shown=progress)
    privacy = None if epsilon is None else Privacy(epsilon=epsilon)
    with steps if not quiet else Steps(0, shown=False) as bar:
        learned = learn_instance(
            receipts,
            catalogue=catalogue,
            rules=rules,
            columns=how.columns(),
            cleaning=how.cleaning(),
            utility=alone if segments is None else None,
            # None: as large as the shop allows.
            synergy=together if synergy or "synergy." in " ".join(assignments) else None,
            most_items=most_items,
            segments=segments,
            price_effects=PriceEffects() if price_effects else None,
            privacy=privacy,
            split=split,
            tell=bar.tell,
        )
    write(learned.instance, output, format=chosen)
    if card is not None:
        write_bytes(card, learned.card.to_json().encode())
    if not quiet:
        click.echo(f"{Path(receipts).name}: {learned.cleaning}", err=True)
        click.echo(repr(learned.instance), err=True)

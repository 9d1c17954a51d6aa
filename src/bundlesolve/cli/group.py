"""``bundlesolve group``: sets of items divided into bundles."""

from __future__ import annotations

import json
from typing import Any

import click

from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.reading import check_output
from bundlesolve.files.source import write_bytes
from bundlesolve.grouping.group import Grouping
from bundlesolve.grouping.group import group as divide
from bundlesolve.grouping.read import read_labels, read_pairs, read_sets
from bundlesolve.grouping.sessions import learn_and_divide
from bundlesolve.learn.catalogue import read_catalogue
from bundlesolve.learn.features.embedders.registry import embedder
from bundlesolve.stop import Stop


@click.command()
@click.option("--pairs", metavar="PAIRS", help="Table: first, second, worth.")
@click.option("--catalogue", metavar="CAT", help="Table: item, text, category.")
@click.option("--sets", metavar="SETS", help="Table: set, item.")
@click.option("--bundles", metavar="BUNDLES", help="Table: set, bundle, item.")
@click.option(
    "--embedder",
    "embedders",
    multiple=True,
    metavar="NAME",
    help="tfidf (always), wordllama, minilm, or a model's folder; again for more.",
)
@click.option("--threshold", type=float, help="Worth that a pair must exceed.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds a set of more than 15 items.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--output", "-o", default="-", metavar="OUT.json", help="Where to write.")
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--verbose", "-v", count=True, help="Log more; twice: everything.")
def group(  # noqa: PLR0913, PLR0917 - an argument an option
    pairs: str | None,
    catalogue: str | None,
    sets: str | None,
    bundles: str | None,
    embedders: tuple[str, ...],
    threshold: float | None,
    time_limit: float,
    seed: int,
    output: str,
    quiet: bool,
    verbose: int,
) -> None:
    """Divide sets of items into bundles, each item in one bundle at most.

    Either by signed worths, --pairs; or learned: --catalogue, --sets and --bundles. The
    sets that have bundles are learned from, the others are divided. Tables are csv or
    parquet.
    """
    set_verbosity(verbose, quiet=quiet)
    check_output(output)
    stop = Stop(seconds=time_limit)
    learned = (catalogue, sets, bundles)
    if (pairs is None) == (None in learned) or (pairs and any(learned)):
        raise click.UsageError("give --pairs, or --catalogue, --sets and --bundles")
    if pairs is not None:
        items, worth = read_pairs(pairs)
        least = threshold or 0.0
        found = [("all", divide(items, worth - least, stop=stop, seed=seed))]
    else:
        assert catalogue is not None  # checked above
        articles = read_catalogue(catalogue)
        held = read_sets(str(sets), articles.items)
        known = read_labels(str(bundles), held, articles.items)
        least, found = learn_and_divide(
            articles,
            held,
            known,
            embedders=[embedder(name) for name in embedders],
            threshold=threshold,
            stop=stop,
            seed=seed,
        )
    document = {"threshold": least, "sets": {name: told(one) for name, one in found}}
    write_bytes(output, (json.dumps(document, indent=2) + "\n").encode())


def told(found: Grouping) -> dict[str, Any]:
    """Return a division as JSON has it; worths as exact decimals in text."""
    return {
        "bundles": [list(bundle) for bundle in found.bundles],
        "alone": list(found.alone),
        "objective": str(found.objective),
        "bound": None if found.bound is None else str(found.bound),
        "method": found.method,
    }

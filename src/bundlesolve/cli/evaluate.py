"""``bundlesolve evaluate``: models judged on baskets they have not seen."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from typing import Any

import click
import numpy as np

from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.reading import check_output
from bundlesolve.cli.receipt_options import (
    model_options,
    models_of,
    receipt_options,
    rows_of,
)
from bundlesolve.cli.steps import Steps
from bundlesolve.cli.tables import Table, show
from bundlesolve.errors import InvalidParameter
from bundlesolve.files.source import write_bytes
from bundlesolve.learn.build import learned_synergy
from bundlesolve.learn.evaluation.decision_quality import (
    SETTINGS,
    Outcome,
    decision_quality,
)
from bundlesolve.learn.evaluation.evaluate import Evaluation
from bundlesolve.learn.evaluation.evaluate import evaluate as judge
from bundlesolve.learn.evaluation.prepare import Prepared, prepare
from bundlesolve.learn.joint import BasketModel, Chances, Scorer
from bundlesolve.learn.queries import draw_queries
from bundlesolve.learn.synergies.lift import Lift
from bundlesolve.learn.synergies.pair_model import MOST_DENSE
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.popularity import Popularity
from bundlesolve.learn.utilities.trend import Trend
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance

UTILITY = "household"
SYNERGY, ALSO = "partial_correlation", ("lift",)
STEPS = ("read", "fit", "popularity", "utility", "together")


@click.command()
@click.argument("receipts")
@click.option("--catalogue", metavar="CAT", help="Csv or parquet, a row an article.")
@click.option("--rules", metavar="RULES", help="TOML; only its table [receipts] is read.")
@model_options
@receipt_options
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(sorted(SYNERGIES)),
    help="A further synergy to weigh beside; lift, if no --synergy is given.",
)
@click.option(
    "--split",
    "by",
    type=click.Choice(["time", "customer"]),
    default="time",
    show_default=True,
    help="Train on the past, or on other customers.",
)
@click.option("--valid-from", metavar="TIME", help="First time to tune on.")
@click.option("--test-from", metavar="TIME", help="First time to be judged on.")
@click.option("--at", "ks", default="10,20", show_default=True, help="k of Recall@k.")
@click.option("--decisions", is_flag=True, help="Choose bundles and count them, too.")
@click.option("--method", default="local", show_default=True, help="Who chooses them.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 1e6, min_open=True),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="For choosing one bundle.",
)
@click.option("--json", "json_file", metavar="FILE", help="Everything, - for stdout.")
@click.option(
    "--progress/--no-progress",
    default=None,
    help="A bar on stderr.  [default: on a terminal]",
)
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--verbose", "-v", count=True, help="Log more; twice: everything.")
def evaluate(  # noqa: PLR0913, PLR0917 - an argument an option
    receipts: str,
    catalogue: str | None,
    rules: str | None,
    utility: str | None,
    synergy: str | None,
    assignments: tuple[str, ...],
    also: tuple[str, ...],
    most_items: int | None,
    by: str,
    valid_from: str | None,
    test_from: str | None,
    ks: str,
    decisions: bool,
    method: str,
    time_limit: float,
    json_file: str | None,
    progress: bool | None,
    quiet: bool,
    verbose: int,
    **given: Any,
) -> None:
    """Judge utility and synergy models on RECEIPTS of a later time.

    The models learn from the oldest baskets, are weighed on later ones, and are asked
    which item was taken out of the latest. Popularity stands beside them. Bundles
    (--decisions) are chosen by these models, or by those of `learn` if none is named.
    """
    set_verbosity(verbose, quiet=quiet)
    if json_file is not None:
        check_output(json_file)
    lengths = _lengths(ks)
    how = rows_of(rules, given)
    alone, together = models_of(utility or UTILITY, synergy or SYNERGY, assignments)
    if not isinstance(alone, UtilityModel):
        alone = Popularity()  # the margin has no part in what is bought next
    beside = also or (ALSO if synergy is None else ())
    more = tuple(synergy_class(name)() for name in beside)
    steps = Steps(len(STEPS) + (len(SETTINGS) if decisions else 0), shown=progress)
    with steps if not quiet else Steps(0, shown=False) as bar:
        bar.tell("read and split receipts")
        ready = prepare(
            receipts,
            catalogue=catalogue,
            columns=how.columns(),
            cleaning=how.cleaning(),
            by=by,
            valid_from=valid_from,
            test_from=test_from,
            most_items=most_items if most_items is not None else how.most_items,
        )
        if not quiet:
            _tell(ready)
        split = ready.split
        if synergy is None and not assignments and split.train.n > MOST_DENSE:
            together, more = Lift(), ()
        valid, test = draw_queries(split.valid), draw_queries(split.test)
        title = " + ".join(part.name for part in (alone, together, *more))
        bar.tell(f"fit {title}")
        started = time.perf_counter()
        model = BasketModel(alone, together, more=more)
        model.fit(split.train, ready.catalogue).blend(valid)
        seconds = time.perf_counter() - started
        log_count = np.log(split.train.baskets_with + 1.0)
        scorers: dict[str, Scorer] = {
            "popularity": Chances(Popularity().fit(split.train, ready.catalogue)),
            f"{alone.name} alone": Chances(alone),
            title: model,
        }
        found = {}
        for name, scorer in scorers.items():
            bar.tell(f"judge {name}: {len(test)} questions")
            found[name] = judge(scorer, valid, test, log_count, lengths)
        outcomes: list[Outcome] = []
        chooser = ""
        if decisions:
            # What nobody chose is what `learn` would take: the next item is another task.
            forecast = alone if utility is not None else Trend()
            named = synergy is not None or bool(assignments)
            pairs = together if named else learned_synergy(split.train.n)
            chooser = f"{forecast.name} + {pairs.name}"
            outcomes = _decide(ready, forecast, pairs, method, time_limit, bar.tell)
    if json_file is not None:
        content = _as_json(ready, found, outcomes, chooser, seconds)
        write_bytes(json_file, (json.dumps(content, indent=2) + "\n").encode())
    if json_file != "-":
        show(_metrics_table(found))
        if outcomes:
            show(_decisions_table(outcomes, chooser))
    if not quiet:
        click.echo(f"fitted in {seconds:.1f} s", err=True)


def _lengths(text: str) -> tuple[int, ...]:
    try:
        ks = tuple(int(part) for part in text.split(","))
    except ValueError:
        ks = ()
    if not ks or min(ks) < 1:
        raise InvalidParameter(f"--at: expected numbers of 1 or more, found {text!r}")
    return ks


def _tell(ready: Prepared) -> None:
    split = ready.split
    sizes = ", ".join(
        f"{name} {part.m} baskets"
        for name, part in (
            ("train", split.train),
            ("valid", split.valid),
            ("test", split.test),
        )
    )
    click.echo(f"{split.train.n} articles; {sizes}", err=True)


def _decide(
    ready: Prepared,
    utility: UtilityModel,
    synergy: Any,
    method: str,
    seconds: float,
    tell: Callable[[str], None],
) -> list[Outcome]:
    from bundlesolve.solve import solve
    from bundlesolve.stop import Stop

    def decide(instance: Instance) -> IntArray:
        stop = Stop(seconds=seconds)
        units = solve(instance, method, stop=stop, certify=False).units
        if units is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(units[0])

    train, catalogue = ready.split.train, ready.catalogue
    share = utility.fit(train, catalogue).predict()
    pairs = synergy.priced(train, catalogue, share)
    utilities = 1000.0 * share * catalogue.margin
    test = ready.split.test
    return decision_quality(utilities, pairs, catalogue, train, test, decide, tell=tell)


def _metrics_table(found: dict[str, Evaluation]) -> Table:
    names = list(next(iter(found.values())).metrics)
    rows = []
    for model, result in found.items():
        cells = [f"{result.metrics[name]:.4f}" for name in names]
        rows.append([model, *cells, f"{result.curve.error:.4f}"])
    queries = next(iter(found.values())).queries
    columns = [*names, "calibration error"]
    title = f"{queries} items taken out of later baskets"
    return Table(["model", *columns], rows, title=title, right=columns)


def _decisions_table(outcomes: list[Outcome], chooser: str) -> Table:
    rows = []
    for o in outcomes:
        group = "-" if o.setting.each_category is None else str(o.setting.each_category)
        rows.append(
            [
                f"size {o.setting.size}, budget x{o.setting.budget}, category {group}",
                o.way,
                f"{o.worth:.2f}",
                f"{100 * o.regret:.1f} %",
                f"{100 * o.low:.1f} .. {100 * o.high:.1f} %",
                f"{o.lift:.2f}",
                f"{o.together:.2f}",
            ]
        )
    numbers = ["worth", "regret", "95 %", "lift", "together"]
    return Table(
        ["setting", "way", *numbers],
        rows,
        title=f"chosen before by {chooser}, counted later; money per 1,000 baskets",
        right=numbers,
    )


def _as_json(
    ready: Prepared,
    found: dict[str, Evaluation],
    outcomes: list[Outcome],
    chooser: str,
    seconds: float,
) -> dict[str, Any]:
    return {
        "items": ready.split.train.n,
        "train": ready.split.train.m,
        "valid": ready.split.valid.m,
        "test": ready.split.test.m,
        "cleaning": ready.cleaning.as_dict(),
        "fit_seconds": round(seconds, 3),
        "models": {name: result.as_dict() for name, result in found.items()},
        "decided_by": chooser or None,
        "decisions": [dataclasses.asdict(outcome) for outcome in outcomes],
    }

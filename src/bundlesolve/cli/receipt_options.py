"""What `learn` and `evaluate` share: how to read receipts, and which models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from bundlesolve.cli.parameters import build, split
from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.rules_file import ReceiptsRule, read_rules
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.utilities.registry import UTILITIES, utility_class

F = TypeVar("F", bound=Callable[..., Any])

NAMES = (
    "basket",
    "item",
    "quantity",
    "price",
    "time",
    "customer",
    "promotion",
    "separator",
    "encoding",
    "decimal",
    "time_format",
    "cancelled",
    "products",
    "least_baskets",
)
"""Options that go before ``[receipts]`` of the rules."""

RECEIPT_OPTIONS = (
    click.option("--basket", metavar="COLUMN", help="Column of the receipt's number."),
    click.option("--item", metavar="COLUMN", help="Column of the article's id."),
    click.option("--quantity", metavar="COLUMN", help="Column of the units bought."),
    click.option(
        "--price", metavar="COLUMN", help="Column of the money paid for one unit."
    ),
    click.option("--time", metavar="COLUMN", help="Column of when it was bought."),
    click.option("--customer", metavar="COLUMN", help="Column of who bought it."),
    click.option(
        "--promotion", metavar="COLUMN", help="Column above 0 where sold in a promotion."
    ),
    click.option("--separator", metavar="CHAR", help="Between the cells of a csv file."),
    click.option("--encoding", metavar="NAME", help="Of a csv file."),
    click.option("--decimal", metavar="CHAR", help="Decimal point of a csv file."),
    click.option("--time-format", metavar="FORMAT", help="As %m/%d/%Y %H:%M."),
    click.option("--cancelled", metavar="REGEX", help="Numbers of cancelled receipts."),
    click.option("--products", metavar="REGEX", help="Ids of articles; others are fees."),
    click.option(
        "--least-baskets", type=click.IntRange(1), help="Leave out rarer articles."
    ),
    click.option(
        "--most-items",
        type=click.IntRange(1),
        help="Keep only the articles sold most often.",
    ),
)


def receipt_options(command: F) -> F:
    """Add the options about columns and rows."""
    for option in reversed(RECEIPT_OPTIONS):
        command = option(command)
    return command


def model_options(command: F) -> F:
    """Add ``--utility``, ``--synergy`` and ``--set``."""
    parameter = click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="MODEL.NAME=VALUE",
        help="A parameter, as synergy.ridge=0.3; `bundlesolve models` lists them.",
    )
    utility = click.option(
        "--utility",
        type=click.Choice(sorted(UTILITIES)),
        help="Model of what an article is worth alone.",
    )
    synergy = click.option(
        "--synergy",
        type=click.Choice(sorted(SYNERGIES)),
        help="Model of what a pair is worth.",
    )
    return utility(synergy(parameter(command)))


def models_of(utility: str, synergy: str, assignments: tuple[str, ...]) -> tuple[Any, Any]:
    """Return the two models with their parameters.

    Raises
    ------
    InvalidParameter
        If a parameter is none of the model's.
    """
    texts: dict[str, dict[str, str]] = {"utility": {}, "synergy": {}}
    for name, value in split(assignments).items():
        kind, dot, parameter = name.partition(".")
        if not dot or kind not in texts:
            expected = "utility.NAME=VALUE or synergy.NAME=VALUE"
            raise InvalidParameter(f"expected {expected}, found {name!r}")
        texts[kind][parameter] = value
    return (
        build(utility_class(utility), texts["utility"]),
        build(synergy_class(synergy), texts["synergy"]),
    )


def rows_of(rules: str | None, given: dict[str, Any]) -> ReceiptsRule:
    """Return how to read the receipts: the rules' word, changed by what was given."""
    known = ReceiptsRule() if rules is None else read_rules(rules).receipts
    told = {name: given[name] for name in NAMES if given.get(name) is not None}
    return msgspec.structs.replace(known, **told)

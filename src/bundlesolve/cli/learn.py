"""``bundlesolve learn``: an instance from receipts, a catalogue and rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from bundlesolve.cli.logs import set_verbosity
from bundlesolve.cli.reading import check_output
from bundlesolve.files.source import write_bytes
from bundlesolve.files.write import format_of, write
from bundlesolve.learn.build import learn as learn_instance
from bundlesolve.learn.rules_file import ReceiptsRule, read_rules


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
@click.option("--basket", metavar="COLUMN", help="Column of the receipt's number.")
@click.option("--item", metavar="COLUMN", help="Column of the article's id.")
@click.option("--quantity", metavar="COLUMN", help="Column of the units bought.")
@click.option("--price", metavar="COLUMN", help="Column of the money paid for one unit.")
@click.option("--time", metavar="COLUMN", help="Column of when it was bought.")
@click.option("--customer", metavar="COLUMN", help="Column of who bought it.")
@click.option("--separator", metavar="CHAR", help="Between the cells of a csv file.")
@click.option("--encoding", metavar="NAME", help="Of a csv file.")
@click.option("--decimal", metavar="CHAR", help="Decimal point of a csv file.")
@click.option("--time-format", metavar="FORMAT", help="As %m/%d/%Y %H:%M.")
@click.option("--cancelled", metavar="REGEX", help="Numbers of cancelled receipts.")
@click.option("--products", metavar="REGEX", help="Ids of articles; others are fees.")
@click.option("--least-baskets", type=click.IntRange(1), help="Leave out rarer articles.")
@click.option(
    "--most-items", type=click.IntRange(1), help="Keep only the articles sold most often."
)
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--verbose", "-v", count=True, help="Log more; twice: everything.")
def learn(  # noqa: PLR0913, PLR0917 - an argument an option
    receipts: str,
    catalogue: str | None,
    rules: str | None,
    output: str,
    card: str | None,
    basket: str | None,
    item: str | None,
    quantity: str | None,
    price: str | None,
    time: str | None,
    customer: str | None,
    separator: str | None,
    encoding: str | None,
    decimal: str | None,
    time_format: str | None,
    cancelled: str | None,
    products: str | None,
    least_baskets: int | None,
    most_items: int | None,
    quiet: bool,
    verbose: int,
) -> None:
    """Learn what articles and pairs are worth from RECEIPTS; write the instance.

    RECEIPTS is csv (also gzip) or parquet, a row an article of a receipt. Options about
    columns and rows go before the table [receipts] of RULES.
    """
    set_verbosity(verbose, quiet=quiet)
    for place in (output, card):
        if place is not None:
            check_output(place)
    chosen = format_of(output)
    given = {
        "basket": basket,
        "item": item,
        "quantity": quantity,
        "price": price,
        "time": time,
        "customer": customer,
        "separator": separator,
        "encoding": encoding,
        "decimal": decimal,
        "time_format": time_format,
        "cancelled": cancelled,
        "products": products,
        "least_baskets": least_baskets,
    }
    how = rows_of(rules, {name: v for name, v in given.items() if v is not None})
    learned = learn_instance(
        receipts,
        catalogue=catalogue,
        rules=rules,
        columns=how.columns(),
        cleaning=how.cleaning(),
        most_items=most_items,
    )
    write(learned.instance, output, format=chosen)
    if card is not None:
        write_bytes(card, learned.card.to_json().encode())
    if not quiet:
        click.echo(f"{Path(receipts).name}: {learned.cleaning}", err=True)
        click.echo(repr(learned.instance), err=True)


def rows_of(rules: str | None, given: dict[str, Any]) -> ReceiptsRule:
    """Return how to read the receipts: the rules' word, changed by what was given."""
    known = ReceiptsRule() if rules is None else read_rules(rules).receipts
    return msgspec.structs.replace(known, **given)

"""The wiring: receipts, catalogue and rules in, an instance out."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidFile, InvalidInstance, InvalidParameter
from bundlesolve.files.source import display_name
from bundlesolve.learn.card import (
    Card,
    describe,
    digest,
    file_name,
    negative,
    summary,
    times,
    versions,
)
from bundlesolve.learn.catalogue import NOTHING, Catalogue, read_catalogue
from bundlesolve.learn.cleaning import Cleaning, CleaningRule, clean
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.judge import SPLITS, Told, judge
from bundlesolve.learn.limits import Limits
from bundlesolve.learn.price_effects import PriceEffects
from bundlesolve.learn.privacy import Privacy
from bundlesolve.learn.rules_file import Rules, read_rules
from bundlesolve.learn.synergies import PairWorths, SynergyEstimator
from bundlesolve.learn.synergies.excess import Excess
from bundlesolve.learn.synergies.lift import Lift
from bundlesolve.learn.synergies.pair_model import MOST_DENSE, PairModel
from bundlesolve.learn.synergies.partial_correlation import PartialCorrelation
from bundlesolve.learn.tables import FloatArray, read_table
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities import UtilityEstimator
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.segments import Segments
from bundlesolve.learn.utilities.trend import Trend
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.magnitude import LARGEST
from bundlesolve.model.synergies import Synergies

log = logging.getLogger(__name__)

DECIMALS = 2
"""Worth is rounded to this many decimals of money per 1,000 baskets."""

Source = str | os.PathLike[str]
Change = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Learned:
    """What `learn` returns.

    Parameters
    ----------
    instance
        The decision problem.
    cleaning
        What became of the rows.
    card
        What the instance was learned from, how, and with what result.
    receipts, catalogue, utilities, pairs
        What the instance was made of, before rounding.
    """

    instance: Instance
    cleaning: Cleaning
    card: Card
    receipts: Transactions
    catalogue: Catalogue
    utilities: FloatArray
    pairs: PairWorths


def learn(  # noqa: PLR0913 - files, columns, models: each a word of its own
    receipts: Source | Any,
    *,
    catalogue: Source | Any | None = None,
    rules: Source | Rules | None = None,
    columns: Columns | None = None,
    cleaning: CleaningRule | None = None,
    utility: UtilityEstimator | None = None,
    synergy: SynergyEstimator | None = None,
    most_items: int | None = None,
    segments: int | None = None,
    price_effects: PriceEffects | None = None,
    privacy: Privacy | None = None,
    split: str = "none",
    tell: Told = lambda _: None,
) -> Learned:
    """Learn an instance: worth of items and pairs from receipts, limits from rules.

    Parameters
    ----------
    receipts
        Csv (also gzip) or parquet file, or a table in memory; a row an article.
    catalogue
        Csv or parquet file, or a table in memory; see `read_catalogue`. Articles that
        are not in it are left out. Default None: prices are those paid, nothing costs.
    rules
        TOML file, or `Rules`. Default None: no limits.
    columns, cleaning
        How to read the receipts. Default None: as ``[receipts]`` of the rules says.
    utility
        Default None: `Trend`.
    synergy
        Default None: `Excess`; with ``privacy``, `PartialCorrelation`, which learns from
        counts alone; of more than 20,000 articles `Lift`. With a `UtilityModel` and a
        `PairModel` one forecast of purchases stands behind both (`PairModel.priced`).
    most_items
        Only the articles on most receipts. Default None: as ``[receipts]`` of the rules
        says, else all.
    segments
        Fill one bundle for each of so many groups of customers, with utilities of its
        own (`Segments`, which is then the utility model). Default None: one for all.
    price_effects
        Change the forecast for articles whose price in the catalogue is not the recent
        one, or whose column ``promotion`` there (0 to 1) is another. Default None: the
        catalogue's prices are money and nothing else.
    privacy
        Learn the pairs from counts under differential privacy; the card states the
        budget. Default None: exact counts.
    split
        ``time`` or ``customer``: judge the models, for the card, on later receipts or on
        those of other customers, before they learn from all (`judge`). Default ``none``.
    tell
        Called with a few words before each step.

    Raises
    ------
    InvalidFile
        If a file is wrong, naming it and the place, or leaves nothing to learn from.
    MissingExtra
        With ``privacy``, if opendp is not installed.
    InvalidParameter
        If a model is unfit for what is asked, or the receipts cannot be split so.
    InvalidInstance
        If two limits have one name, or worth or amounts are too large to be exact.
    """
    shop, rules_name = _shop(rules)
    columns = columns or _columns(shop, rules_name)
    cleaning = cleaning or _rule(shop, rules_name)
    if segments is not None:
        if utility is not None or shop.bundles:
            raise InvalidParameter("segments: expected no utility model and no bundles")
        utility = Segments(segments=segments)
    utility = utility or Trend()
    if split not in SPLITS:
        raise InvalidParameter(f"split: expected one of {SPLITS}, found {split!r}")
    tell("read receipts")
    table = read_table(receipts, columns.text)
    tell(f"clean {len(table)} rows")
    sales, report = clean(table, columns, cleaning)
    known = NOTHING
    if catalogue is not None:
        known = read_catalogue(catalogue, ignore_case=cleaning.ignore_case)
    most = shop.receipts.most_items if most_items is None else most_items
    sales, report = _select(sales, report, known, cleaning.least_baskets, most, table.name)
    offer = known.completed(sales)
    if synergy is None:
        synergy = learned_synergy(sales.n, private=privacy is not None)
    judged = None
    if split != "none":
        least = cleaning.least_baskets
        judged = judge(sales, known, split, utility, synergy, least, tell)
    tell(f"utilities: {utility.name}")
    utilities = utility.estimate(sales, offer)
    share = utility.predict() if isinstance(utility, UtilityModel) else None
    change: Change = _unchanged
    if price_effects is not None:
        tell("price effects")
        change = _price_change(price_effects, utility, sales, offer, known)
    if share is not None and price_effects is not None:
        share = change(share)
        utilities = 1000.0 * share * offer.margin
    tell(f"synergies: {synergy.name}")
    pairs, money = _pairs(synergy, sales, offer, share, privacy)
    instance = to_instance(
        offer, utilities, pairs, Limits(shop, offer, rules_name, DECIMALS)
    )
    if isinstance(utility, Segments) and segments is not None:
        instance = _with_segments(instance, change(utility.segments_), offer)
    log.info("learned: %s", summary(instance))

    first, last = times(sales)
    card = Card(
        receipts=file_name(table.name),
        catalogue=None if catalogue is None else file_name(known.name),
        rules=None if rules is None else file_name(rules_name),
        cleaning=report.as_dict(),
        first_time=first,
        last_time=last,
        utility=describe(utility),
        synergy=describe(synergy) | money,
        price_effects=None if price_effects is None else price_effects.describe(),
        least_customers=getattr(synergy, "least_customers", None),
        privacy=None if privacy is None else privacy.statement(),
        split=None if judged is None else judged.split,
        metrics=None if judged is None else judged.metrics,
        items=instance.n,
        pairs=len(instance.synergies),
        negative_pairs=negative(pairs),
        fingerprint=instance.fingerprint,
        transactions=digest(sales),
        versions=versions(),
    )
    return Learned(instance, report, card, sales, offer, utilities, pairs)


def learned_synergy(n: int, *, private: bool = False) -> PairModel:
    """Return the synergy that `learn` takes for ``n`` items if none is named."""
    if n > MOST_DENSE:
        return Lift()
    return PartialCorrelation() if private else Excess()


def to_instance(
    catalogue: Catalogue, utilities: FloatArray, pairs: PairWorths, limits: Limits
) -> Instance:
    """Put together an instance; worth is rounded to `DECIMALS`, half to even.

    Parameters
    ----------
    catalogue
        The items.
    utilities
        Worth of each. Shape ``[n]``.
    pairs
        Worth of pairs; those that round to 0 are left out.
    limits
        What the shop wants.
    """
    worth = _rounded(pairs.worth, "$.synergies")
    some = worth != 0
    synergies = Synergies(pairs.first[some], pairs.second[some], worth[some])
    return Instance(
        items=catalogue.items,
        utility=_rounded(utilities, "$.items[*].utility"),
        synergies=synergies,
        max_units=limits.max_units(),
        stock=limits.stock(),
        bundles=limits.bundles(),
        budgets=limits.budgets(),
        categories=limits.categories(),
        rules=limits.others(),
        decimals=DECIMALS,
        labels=catalogue.text,
        name=limits.rules.name,
    )


def _shop(rules: Source | Rules | None) -> tuple[Rules, str]:
    """Return the rules and what errors call them."""
    if isinstance(rules, Rules):
        return rules, "<rules>"
    if rules is None:
        return Rules(), "<rules>"
    return read_rules(rules), display_name(rules)


def _pairs(
    synergy: SynergyEstimator,
    sales: Transactions,
    offer: Catalogue,
    share: FloatArray | None,
    privacy: Privacy | None,
) -> tuple[PairWorths, dict[str, str]]:
    """Return the pairs' worth, and how it became money, for the card."""
    if privacy is not None:
        if not isinstance(synergy, PairModel):
            raise InvalidParameter("epsilon: expected a pair model, found another one")
        pairs = synergy.priced_privately(sales, offer, privacy.count(sales), share)
        return pairs, {"money": synergy.money}
    if share is not None and isinstance(synergy, PairModel):
        # One forecast of purchases behind both.
        return synergy.priced(sales, offer, share), {"money": synergy.money}
    return synergy.estimate(sales, offer), {}


def _unchanged(share: FloatArray) -> FloatArray:
    return share


def _price_change(
    effects: PriceEffects,
    utility: UtilityEstimator,
    sales: Transactions,
    offer: Catalogue,
    known: Catalogue,
) -> Change:
    """Fit the effects; return what makes chances at coming prices of forecasts."""
    if not isinstance(utility, UtilityModel):
        raise InvalidParameter("price effects: expected a model of chances of purchase")
    told = {"price", "promotion"} & set(known.numbers)
    if not told:
        expected = "a catalogue with a column 'price' or 'promotion'"
        raise InvalidParameter(f"price effects: expected {expected}, found none")
    effects.fit(sales, lambda past: utility.fresh().fit(past, offer).predict())
    row = {item: i for i, item in enumerate(known.items)}
    pick = np.array([row.get(item, -1) for item in sales.items], dtype=np.int64)
    coming = {name: np.append(known.numbers[name], np.nan)[pick] for name in told}
    # A price that the catalogue does not tell was filled in: it is no coming one.
    price = coming.get("price", np.full(sales.n, np.nan))
    return lambda share: effects.adjust(share, price, coming.get("promotion"))


def _with_segments(instance: Instance, chance: FloatArray, offer: Catalogue) -> Instance:
    """Return the instance with a bundle a segment, and nothing about who is in it."""
    worth = 1000.0 * chance * offer.margin
    bundles = tuple(
        Bundle(f"segment {k + 1}", utility=Amounts.dense(_rounded(row, f"segment {k + 1}")))
        for k, row in enumerate(worth)
    )
    return instance.replace(bundles=bundles or instance.bundles)


def _rounded(worth: FloatArray, place: str) -> IntArray:
    scaled = np.rint(worth * 10**DECIMALS)
    wrong = np.flatnonzero(~(np.abs(scaled) < LARGEST))
    if len(wrong):
        raise InvalidInstance("a worth below 2**53", worth[wrong[0]], place)
    return integers(scaled.astype(np.int64))


def _columns(rules: Rules, file: str) -> Columns:
    try:
        return rules.receipts.columns()
    except InvalidParameter as error:
        raise InvalidFile(file, "$.receipts", "names of columns", error) from None


def _rule(rules: Rules, file: str) -> CleaningRule:
    try:
        return rules.receipts.cleaning()
    except InvalidParameter as error:
        raise InvalidFile(file, "$.receipts", "a rule for rows", error) from None


def _select(
    sales: Transactions,
    report: Cleaning,
    catalogue: Catalogue,
    least_baskets: int,
    most_items: int | None,
    name: str,
) -> tuple[Transactions, Cleaning]:
    """Leave out articles that cannot be offered or of which too little is known."""
    if most_items is not None and most_items < 1:
        raise InvalidParameter(f"most_items: expected 1 or more, found {most_items}")
    listed = np.ones(sales.n, dtype=bool)
    if catalogue is not NOTHING:
        offered = set(catalogue.items)
        listed = np.array([item in offered for item in sales.items])
    often = sales.baskets_with >= least_baskets
    keep = listed & often
    if not keep.any():
        best = int(np.max(sales.baskets_with, where=listed, initial=0))
        which = "an article" if catalogue is NOTHING else "an article of the catalogue"
        expected = f"{which} on {least_baskets} receipts or more (least_baskets)"
        raise InvalidFile(name, "$", expected, f"{best} receipts at most")
    if most_items is not None:
        order = np.lexsort((np.arange(sales.n), -np.where(keep, sales.baskets_with, 0)))
        top = np.zeros(sales.n, dtype=bool)
        top[order[:most_items]] = True
    else:
        top = np.ones(sales.n, dtype=bool)
    report = dataclasses.replace(
        report,
        not_in_catalogue=int((~listed).sum()),
        rare_items=int((listed & ~often).sum()),
        beyond_most=int((keep & ~top).sum()),
    )
    log.info(
        "%s: %d articles left out as not in the catalogue, %d as rare, %d as beyond the "
        "most sold; %d kept",
        name,
        report.not_in_catalogue,
        report.rare_items,
        report.beyond_most,
        int((keep & top).sum()),
    )
    return sales.only(keep & top), report

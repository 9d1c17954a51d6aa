"""Judge the models of an instance on receipts held back, for the model card."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.evaluation.evaluate import evaluate
from bundlesolve.learn.joint import BasketModel, Chances, Scorer
from bundlesolve.learn.queries import draw_queries
from bundlesolve.learn.split import Split, split_by_customer, split_by_time
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.popularity import Popularity

log = logging.getLogger(__name__)

SPLITS = ("time", "customer", "none")
MOST_BASKETS = 1000
DECIMALS = 6

Told = Callable[[str], None]
"""Hears what comes next."""


@dataclass(frozen=True)
class Judged:
    """How models were judged and what they were worth, as a card tells it."""

    split: dict[str, Any]
    metrics: dict[str, dict[str, float]]


def judge(
    sales: Transactions,
    known: Catalogue,
    by: str,
    utility: object,
    synergy: object,
    least_baskets: int,
    tell: Told,
) -> Judged:
    """Fit fresh copies of the models to 70 % of the receipts, count on the last 20 %.

    Parameters
    ----------
    sales
        All receipts, cleaned.
    known
        The catalogue before it was completed; prices missing in it are those of train.
    by
        ``time`` or ``customer``: of later receipts, or of other customers.
    utility, synergy
        The models of the instance. Beside them stands popularity. An estimator which is
        no `UtilityModel` or no `PairModel` tells nothing of the next item and is left
        out.
    least_baskets
        Train receipts that an item needs.
    tell
        Hears what comes next.

    Raises
    ------
    InvalidParameter
        If the receipts have no times, or no customers, or a part would be empty.
    """
    split = _split(sales, by).known(least_baskets)
    offer = known.completed(split.train)
    valid, test = (
        draw_queries(part, most_baskets=MOST_BASKETS) for part in (split.valid, split.test)
    )
    log_count = np.log(split.train.baskets_with + 1.0)
    alone = utility.fresh() if isinstance(utility, UtilityModel) else None
    pairs = synergy if isinstance(synergy, PairModel) else None
    scorers: dict[str, Scorer] = {
        "popularity": Chances(Popularity().fit(split.train, offer))
    }
    if alone is not None or pairs is not None:
        title = " + ".join(model.name for model in (alone, pairs) if model is not None)
        tell(f"judge {title}")
        model = BasketModel(alone, pairs).fit(split.train, offer)
        scorers[title] = model.blend(valid)
    metrics = {}
    for name, scorer in scorers.items():
        tell(f"judge {name}: {len(test)} questions")
        found = evaluate(scorer, valid, test, log_count)
        metrics[name] = {k: round(float(v), DECIMALS) for k, v in found.metrics.items()}
        metrics[name]["calibration error"] = round(float(found.curve.error), DECIMALS)
    told = {"by": by, "items": split.train.n, "questions": len(test)}
    parts = {"train": split.train.m, "valid": split.valid.m, "test": split.test.m}
    return Judged(told | parts, metrics)


def _split(sales: Transactions, by: str) -> Split:
    if by == "customer":
        return split_by_customer(sales)
    if by == "time":
        return split_by_time(sales)
    expected = ", ".join(SPLITS)
    raise InvalidParameter(f"split: expected one of {expected}, found {by!r}")

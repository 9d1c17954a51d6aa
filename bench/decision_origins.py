"""Regret of learned decisions at several times of the past, and what cannot be avoided.

    python bench/decision_origins.py ../shared/data [--sets online_retail] [--steps 2000]

What `decisions.py` asks once about the test period is asked here at rolling origins
inside the train and validation weeks, with the same gap before baskets are counted and
as many days of counting, so that models can be chosen without the test period. No
receipt of the test period is read. With ``--now`` the next month is counted after
three days or a week. Each line: a pair of models, mean regret over the origins in each of
the five settings, the mean, its share of popularity's, and that share at each origin.
Searches stop on steps, so that a busy machine measures the same.

``--floor 5`` tells how much regret is left to one who knows the future's true shares:
the later baskets are drawn anew so many times; who decides with the shares of all of
them loses to the same solver given the counts of the draw. With ``--test`` nothing else
is done, for the test period (no model is asked).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from decisions import decider
from sales_sets import PROTOCOL, SETS, Window

from bundlesolve.learn.build import to_instance
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.evaluation.decision_quality import (
    DECIMALS,
    ORACLE_PAIRS,
    SETTINGS,
    Decide,
    decision_quality,
)
from bundlesolve.learn.evaluation.prepare import Prepared
from bundlesolve.learn.evaluation.worth import LaterWorth
from bundlesolve.learn.limits import Limits
from bundlesolve.learn.synergies.registry import synergy_class
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.registry import utility_class
from bundlesolve.model.frozen import IntArray
from bundlesolve.stop import Stop

WAYS = ("learned", "popularity")
DAYS = ("2011-04-01", "2011-05-01", "2011-06-01", "2011-07-01", "2011-08-01", "2011-08-23")
WEEKS = (20, 23, 26, 29, 32)
DAYS_NOW = ("2011-06-01", "2011-07-01", "2011-08-01", "2011-09-01", "2011-10-01")
WEEKS_NOW = (24, 28, 32, 36, 40)
"""Origins where the next month is counted, after three days or a week."""


def windows(name: str, *, now: bool) -> Iterator[Window]:
    """Yield the origins of a set: gap and length are those of the protocol, or a month."""
    if name == "online_retail":
        gap, length = (3, 31) if now else (31, 39)
        for day in map(date.fromisoformat, DAYS_NOW if now else DAYS):
            later = day + timedelta(days=gap)
            end = min(later + timedelta(days=length), date(2011, 11, 1))
            yield Window(day.isoformat(), later.isoformat(), end.isoformat(), least=10)
    else:
        gap, length = (1, 4) if now else (4, 9)
        for week in WEEKS_NOW if now else WEEKS:
            # Items need as many baskets a week as in the protocol.
            least = round(100 * week / 41)
            yield Window(week, week + gap, week + gap + length, least=least)


def learned_regret(
    ready: Prepared, utility: str, synergy: str, decide: Decide
) -> FloatArray:
    """Return regrets of learned and of popularity's decisions. Shape ``[2, settings]``."""
    train, shop = ready.split.train, ready.catalogue
    model = utility_class(utility)()
    worth = model.estimate(train, shop)
    pairs = synergy_class(synergy)().priced(train, shop, model.predict())
    found = decision_quality(worth, pairs, shop, train, ready.split.test, decide)
    return np.array([[o.regret for o in found if o.way == way] for way in WAYS])


def floor(
    later: Transactions, shop: Catalogue, decide: Decide, draws: int
) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard error of the regret of the truth. Shapes ``[settings]``."""
    rng = np.random.default_rng(0)
    known = [_choice(later, shop, k, decide) for k in range(len(SETTINGS))]
    found = []
    for _ in range(draws):
        drawn = _drawn(later, rng.integers(0, later.m, later.m))
        worth = LaterWorth(drawn, shop.margin)
        row = []
        for k, truth in enumerate(known):
            own = worth.of(truth)
            best = max(own, worth.of(_choice(drawn, shop, k, decide)))
            row.append(1.0 - own / best)
        found.append(row)
    each = np.array(found)
    return each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(draws)


def _choice(later: Transactions, shop: Catalogue, k: int, decide: Decide) -> IntArray:
    worth = LaterWorth(later, shop.margin)
    limits = Limits(SETTINGS[k].rules(shop), shop, "<setting>", DECIMALS)
    pairs = worth.pairs(ORACLE_PAIRS)
    return decide(to_instance(shop, worth.utilities, pairs, limits))


def _drawn(receipts: Transactions, rows: IntArray) -> Transactions:
    """Return baskets drawn with replacement; only who holds what is kept right."""
    sizes = np.diff(receipts.starts)[rows]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    lines = np.repeat(receipts.starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])
    return receipts.replace(
        starts=starts,
        item=receipts.item[lines],
        quantity=receipts.quantity[lines],
        price=receipts.price[lines],
        customer=None,
        promotion=None,
    )


def _digits(values: FloatArray, digits: int = 3) -> str:
    return " ".join(f"{value:.{digits}f}" for value in values)


def main() -> None:
    """Measure and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--steps", type=int, default=2000, help="of each local search")
    parser.add_argument(
        "--models", nargs="*", default=["combination+excess", "trend+excess"]
    )
    parser.add_argument("--floor", type=int, default=0, metavar="DRAWS", help="2 or more")
    parser.add_argument("--now", action="store_true", help="count the next month")
    parser.add_argument("--test", action="store_true", help="floor of the test period")
    given = parser.parse_args()
    decide = decider(Stop(steps=given.steps))
    for name in given.sets:
        some = [PROTOCOL[name]] if given.test else list(windows(name, now=given.now))
        shops = [SETS[name](given.data, window) for window in some]
        for window, ready in zip(some, shops, strict=True):
            train, later = ready.split.train, ready.split.test
            print(f"{name} at {window.until}: {train.n} items, {train.m} train, {later.m}")
        if given.floor:
            each = [floor(r.split.test, r.catalogue, decide, given.floor) for r in shops]
            left = np.mean([m for m, _ in each], axis=0)
            error = np.sqrt(np.sum([e**2 for _, e in each], axis=0)) / len(each)
            print(f"  floor: {_digits(left)} (mean {left.mean():.3f}), +- {_digits(error)}")
        for models in [] if given.test else given.models:
            utility, synergy = models.split("+")
            regret = np.array([learned_regret(r, utility, synergy, decide) for r in shops])
            learned, popular = regret.mean(axis=0)
            share = regret[:, 0].mean(axis=1) / regret[:, 1].mean(axis=1)
            mean, other = learned.mean(), popular.mean()
            print(
                f"  {models}: {_digits(learned)} (mean {mean:.3f}) against"
                f" {_digits(popular)} (mean {other:.3f}), {mean / other:.2f} of it;"
                f" origins {_digits(share, 2)}",
                flush=True,
            )


if __name__ == "__main__":
    main()

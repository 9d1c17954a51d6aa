"""What price and promotion effects add to a forecast of sales on the public sets.

    python bench/price_effects.py ../shared/data [--sets online_retail]

After 60, 70, 80 and 90 % of the receipts, `Trend` foretells each item's share of the next
tenth, with and without `PriceEffects` at the prices that were then paid (a shop knows its
coming prices). The gain is in nats of binomial log likelihood over all items, its z value
from the items' differences; the error is the root mean square of the log of baskets sold
over those foretold.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from sales_sets import RETAIL_COLUMNS, RETAIL_RULE, journey, retail_file

from bundlesolve.learn.catalogue import NOTHING
from bundlesolve.learn.cleaning import CleaningRule, clean
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.price_effects import PriceEffects
from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray, read_table
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.trend import Trend

HORIZONS = (0.6, 0.7, 0.8, 0.9)


def online_retail(folder: Path) -> Transactions:
    """Return UCI Online Retail; its receipts tell no promotions."""
    table = read_table(retail_file(folder), Columns().text)
    sales, _ = clean(table, RETAIL_COLUMNS, RETAIL_RULE)
    return sales.only(sales.baskets_with >= 40)


def complete_journey(folder: Path) -> Transactions:
    """Return The Complete Journey; promoted is what had a discount."""
    receipts, rows, _ = journey(folder)
    receipts["promotion"] = (rows.retail_disc + rows.coupon_disc).astype(float)
    table = read_table(receipts, Columns().text)
    sales, _ = clean(table, Columns(promotion="promotion"), CleaningRule())
    return sales.only(sales.baskets_with >= 200)


def forecast(past: Transactions) -> FloatArray:
    """Return the chances that `Trend` foretells; it asks no catalogue."""
    return Trend().fit(past, NOTHING).predict()


def compare(sales: Transactions, horizon: float) -> str:
    """Return the cells of one horizon."""
    past = earlier(sales, horizon)
    before = sales.some(past)
    later = sales.some(earlier(sales, min(horizon + 0.1, 1.0)) & ~past)
    started = time.process_time()
    effects = PriceEffects().fit(before, forecast)
    seconds = time.process_time() - started
    chance = forecast(before)
    log_price, promoted = effects.coming(later)
    other = effects.adjust(chance, np.exp(log_price), promoted)
    times, m = later.baskets_with, later.m

    def fit(p: FloatArray) -> FloatArray:
        return np.asarray(times * np.log(p) + (m - times) * np.log1p(-p))

    def error(p: FloatArray) -> float:
        return float(np.sqrt(np.mean(np.log((times + 0.5) / (m * p + 0.5)) ** 2)))

    gain = fit(other) - fit(chance)
    z = gain.mean() / gain.std() * len(gain) ** 0.5
    a, b = effects.believed_
    return (
        f"{100 * horizon:.0f} % | {sales.n} | {effects.mean_[0]:.2f} "
        f"({effects.spread_[0]:.2f}) | {effects.mean_[1]:.2f} ({effects.spread_[1]:.2f}) | "
        f"{a:.2f}, {b:.2f} | {gain.sum():.0f} | {z:.1f} | {error(chance):.3f} | "
        f"{error(other):.3f} | {seconds:.1f} |"
    )


def main() -> None:
    """Measure and print a table."""
    made = {"online_retail": online_retail, "complete_journey": complete_journey}
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(made))
    given = parser.parse_args()
    print(
        "| set | known | items | elasticity (sd) | promotion (sd) | a, b | gain | z | "
        "error of trend | with effects | CPU s |"
    )
    print("|---" * 11 + "|")
    for name in given.sets:
        sales = made[name](given.data)
        for horizon in HORIZONS:
            print(f"| {name} | {compare(sales, horizon)}", flush=True)


if __name__ == "__main__":
    main()

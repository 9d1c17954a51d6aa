"""Time and memory of the default learner on many made-up baskets.

    python bench/learning_scale.py [--baskets 1000000] [--items 50000]

Baskets are drawn item by item: from all by a Zipf law, or, half the time, from the group
of 20 items that the basket is about.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.lift import Lift
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.trend import Trend

GROUP = 20


def made_up(baskets: int, items: int, seed: int) -> Transactions:
    """Return baskets of 8 lines on average."""
    rng = np.random.default_rng(seed)
    size = 1 + rng.poisson(7, baskets)
    basket = np.repeat(np.arange(baskets), size)
    weight = 1.0 / np.arange(10, items + 10)
    every = rng.choice(items, len(basket), p=weight / weight.sum())
    about = rng.choice(items, baskets, p=weight / weight.sum()) // GROUP * GROUP
    own = np.minimum(about[basket] + rng.integers(0, GROUP, len(basket)), items - 1)
    item = np.where(rng.random(len(basket)) < 0.5, own, every)
    key = np.unique(basket * items + item)
    sizes = np.bincount(key // items, minlength=baskets)
    return Transactions(
        items=tuple(f"{i:06d}" for i in range(items)),
        baskets=tuple(f"{b:08d}" for b in range(baskets)),
        starts=np.concatenate(([0], np.cumsum(sizes))),
        item=key % items,
        quantity=np.ones(len(key)),
        price=np.ones(len(key)),
        customer=rng.integers(0, baskets // 10, baskets),
        time=np.arange(baskets),
    )


def main() -> None:
    """Learn and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--baskets", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=50_000)
    given = parser.parse_args()
    receipts = made_up(given.baskets, given.items, 0)
    n = receipts.n
    numbers = {"price": np.ones(n), "cost": np.zeros(n)}
    catalogue = Catalogue(receipts.items, receipts.items, ("",) * n, numbers)
    begin = time.perf_counter()
    share = Trend().fit(receipts, catalogue).predict()
    middle = time.perf_counter()
    pairs = Lift().priced(receipts, catalogue, share)
    end = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{receipts.m} baskets, {n} items, {len(receipts.item)} lines, {len(pairs)} pairs"
    )
    print(f"trend {middle - begin:.1f} s, lift {end - middle:.1f} s, peak {memory:.2f} GiB")


if __name__ == "__main__":
    main()

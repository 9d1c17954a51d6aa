"""Time and memory of the default learner on many made-up baskets, from file to instance.

    python bench/learning_scale.py [--baskets 1000000] [--items 50000]

Baskets are drawn item by item: from all by a Zipf law, or, half the time, from the group
of 20 items that the basket is about. They are written as parquet by one process;
another one reads, cleans, learns and puts the instance together with the defaults of
`bundlesolve learn`, so that its peak memory is the learner's own. ``--kernel`` counts
the pairs alone, compiled before, once with customers and once without.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

GROUP = 20


def make_up(file: str, baskets: int, items: int, seed: int) -> None:
    """Write receipts of 8 lines on average."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(seed)
    size = 1 + rng.poisson(7, baskets)
    basket = np.repeat(np.arange(baskets), size)
    weight = 1.0 / np.arange(10, items + 10)
    every = rng.choice(items, len(basket), p=weight / weight.sum())
    about = rng.choice(items, baskets, p=weight / weight.sum()) // GROUP * GROUP
    own = np.minimum(about[basket] + rng.integers(0, GROUP, len(basket)), items - 1)
    item = np.where(rng.random(len(basket)) < 0.5, own, every)
    key = np.unique(basket * items + item)
    basket, item = key // items, key % items
    who = rng.integers(0, max(baskets // 10, 1), baskets)
    price = np.round(rng.lognormal(1.0, 0.5, items), 2)
    table = {
        "basket": basket,
        "item": pa.DictionaryArray.from_arrays(
            pa.array(item, pa.int32()), pa.array([f"{i:06d}" for i in range(items)])
        ),
        "quantity": rng.integers(1, 4, len(item)),
        "price": price[item],
        "time": basket,
        "customer": who[basket],
    }
    pq.write_table(pa.table(table), file)


def learn_all(file: str) -> None:
    """Learn with the defaults and print the seconds of each step."""
    from bundlesolve.learn import learn

    begin = time.perf_counter()
    marks: list[tuple[str, float]] = []
    found = learn(file, tell=lambda step: marks.append((step, time.perf_counter())))
    end = time.perf_counter()
    ends = [at for _, at in marks[1:]] + [end]
    for (step, at), after in zip(marks, ends, strict=True):
        print(f"{after - at:7.1f} s  {step}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    receipts = found.receipts
    print(
        f"{receipts.m} baskets, {receipts.n} items, {len(receipts.item)} lines, "
        f"{len(found.instance.synergies)} pairs"
    )
    print(
        f"{end - begin:.1f} s in all, {time.process_time():.1f} s of the processor, "
        f"peak {memory:.2f} GiB"
    )


def count_all(file: str) -> None:
    """Count the pairs of the same baskets, nothing else."""
    import pyarrow.parquet as pq

    from bundlesolve.kernels.pair_counts import count_pairs, warm_up

    table = pq.read_table(file, columns=["basket", "item", "customer"])
    basket = table["basket"].to_numpy()
    item = table["item"].combine_chunks().indices.to_numpy().astype(np.int64)
    first = np.flatnonzero(np.diff(basket, prepend=-1))
    starts = np.append(first, len(item)).astype(np.int64)
    who = table["customer"].to_numpy()[first].astype(np.int64)
    n, m = int(item.max()) + 1, len(first)
    sizes = np.diff(starts)
    warm_up()
    for title, customer in (("customers", who), ("none", np.arange(m))):
        order = np.argsort(customer, kind="stable")
        begin = time.perf_counter()
        pairs = count_pairs(starts, item, customer, order, n, 1)
        seconds = time.perf_counter() - begin
        met = int((sizes * (sizes - 1) // 2).sum())
        print(f"{title}: {len(pairs[0])} pairs, {met} occurrences, {seconds:.2f} s")


def main() -> None:
    """Make up, learn and print, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--baskets", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kernel", action="store_true")
    parser.add_argument("--step", choices=["make", "learn", "count"], help="One alone.")
    parser.add_argument("--file", help="Where the receipts are.")
    given = parser.parse_args()
    if given.step == "make":
        make_up(given.file, given.baskets, given.items, given.seed)
    elif given.step == "learn":
        learn_all(given.file)
    elif given.step == "count":
        count_all(given.file)
    else:
        sizes = ["--baskets", str(given.baskets), "--items", str(given.items)]
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "receipts.parquet")
            for step in ("make", "count" if given.kernel else "learn"):
                command = [sys.executable, __file__, "--step", step, "--file", file]
                command += [*sizes, "--seed", str(given.seed)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

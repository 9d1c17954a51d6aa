"""Measure what learning knows of held-out baskets of the public sets.

    python bench/learning.py ../shared/protocol [--only NAME] [--sets online_retail]

The protocol fixes rows, split, items and queries; here its tasks become `Transactions`
and go through the same `evaluate` as the command of that name.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import Any

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.evaluation.evaluate import evaluate
from bundlesolve.learn.joint import BasketModel, Chances, PairSums, Scorer
from bundlesolve.learn.queries import Queries
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.registry import UTILITIES, utility_class

SETS = ("online_retail", "complete_journey")
SHOWN = ("Recall@10", "NDCG@10", "MRR", "NLL", "AUC", "precision", "recall", "accuracy")


def transactions_of(task: Any) -> tuple[Transactions, dict[int, int]]:
    """Return a task's train baskets, and its customers' numbers."""
    sizes = [len(basket) for basket in task.train]
    item = np.concatenate(task.train).astype(np.int64)
    users = sorted({int(u) for u in task.train_user if u != -1})
    number = {user: k for k, user in enumerate(users)}
    return Transactions(
        items=tuple(str(i) for i in task.items),
        baskets=tuple(f"{b:07d}" for b in range(len(sizes))),
        starts=np.concatenate(([0], np.cumsum(sizes))),
        item=item,
        quantity=np.ones(len(item)),
        price=task.price[item],
        customer=np.array([number.get(int(u), -1) for u in task.train_user]),
        time=task.train_week.astype(np.int64),
    ), number


def queries_of(task: Any, split: str, number: dict[int, int]) -> Queries:
    """Return a task's queries."""
    rows = task.queries[split]
    return Queries(
        n=task.n,
        starts=np.concatenate(([0], np.cumsum([len(c) for c, *_ in rows]))),
        item=np.concatenate([c for c, *_ in rows]).astype(np.int64),
        target=np.array([t for _, t, *_ in rows]),
        customer=np.array([number.get(int(u), -1) for _, _, u, _ in rows]),
    )


def contenders(catalogue: Catalogue) -> dict[str, Any]:
    """Return what is measured: by name a function from train and valid to a scorer."""
    found: dict[str, Any] = {}

    def utility(name: str) -> Any:
        def made(train: Transactions, valid: Queries) -> Scorer:
            return Chances(utility_class(name)().fit(train, catalogue))

        return made

    def synergy(name: str, *, dense: bool, blend: bool) -> Any:
        def made(train: Transactions, valid: Queries) -> Scorer:
            model = BasketModel(synergy=synergy_class(name)(), dense=dense)
            model.fit(train, catalogue)
            return model.blend(valid) if blend else PairSums(model)

        return made

    def both(u: str, s: str, *also: str) -> Any:
        def made(train: Transactions, valid: Queries) -> Scorer:
            model: UtilityModel = utility_class(u)()
            pair, more = synergy_class(s)(), tuple(synergy_class(a)() for a in also)
            whole = BasketModel(model, pair, more=more)
            return whole.fit(train, catalogue).blend(valid)

        return made

    for name in sorted(UTILITIES):
        if name != "expected_margin":
            found[f"utility {name}"] = utility(name)
    for name in sorted(SYNERGIES):
        found[f"all pairs {name}"] = synergy(name, dense=True, blend=False)
        found[f"20 pairs + popularity {name}"] = synergy(name, dense=False, blend=True)
        found[f"household + 20 pairs {name}"] = both("household", name)
    found["default"] = both("household", "partial_correlation", "lift")
    return found


def main() -> None:
    """Measure and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("protocol")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--split", default="test")
    given = parser.parse_args()
    sys.path.insert(0, given.protocol)
    import protocol

    print("| set | model | " + " | ".join(SHOWN) + " | fit s | peak MiB |")
    print("|---" * (len(SHOWN) + 4) + "|")
    for name in given.sets:
        task = getattr(protocol, name)()
        train, number = transactions_of(task)
        valid, test = (queries_of(task, s, number) for s in ("valid", given.split))
        prices = {"price": np.nan_to_num(task.price), "cost": np.zeros(task.n)}
        texts = tuple(t or i for t, i in zip(task.text, train.items, strict=True))
        catalogue = Catalogue(train.items, texts, tuple(task.category), prices)
        log_count = np.log(train.baskets_with + 1.0)
        for title, make in contenders(catalogue).items():
            if given.only and not any(word in title for word in given.only):
                continue
            started = time.perf_counter()
            scorer = make(train, valid)
            seconds = time.perf_counter() - started
            found = evaluate(scorer, valid, test, log_count).metrics
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            cells = " | ".join(f"{found[m]:.4f}" for m in SHOWN)
            print(
                f"| {name} | {title} | {cells} | {seconds:.1f} | {memory:.0f} |", flush=True
            )


if __name__ == "__main__":
    main()

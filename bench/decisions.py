"""Regret of decisions learned on the past, counted on later sales of the public sets.

    python bench/decisions.py ../shared/data [--sets online_retail] [--seconds 2]

Rows, split and items are those of `bench/learning.py`. Each line is one pair of models:
its regrets in the five settings against the same solver given the later counts, beside
those of greedy by popularity, each with 95 % of bootstrapped later baskets; at the end
the mean regret as a share of popularity's, with its interval. `--split valid` counts on
the validation period, the only one that anything was tuned on.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from sales_sets import SETS

from bundlesolve.learn.evaluation.decision_quality import Decide, Outcome, decision_quality
from bundlesolve.learn.evaluation.worth import LaterWorth
from bundlesolve.learn.synergies.registry import synergy_class
from bundlesolve.learn.utilities.registry import utility_class
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

PAIRS = (
    ("combination", "excess"),
    ("smoothing", "excess"),
    ("trend", "excess"),
    ("smoothing", "partial_correlation"),
    ("expected_margin", "partial_correlation"),
    ("trend", "partial_correlation"),
    ("trend", "lift"),
    ("trend", "cosine"),
    ("trend", "ease"),
    ("trend", "ising"),
)
DRAWS = 200


def ratio_interval(outcomes: list[Outcome], later: LaterWorth) -> tuple[float, float]:
    """Return 95 % of the ratio of mean regrets, learned over popularity."""
    rng = np.random.default_rng(0)
    m, settings = later.receipts.m, {o.setting for o in outcomes}
    found = []
    for _ in range(DRAWS):
        weight = rng.multinomial(m, np.full(m, 1.0 / m)).astype(np.float64)
        worth = {(o.setting, o.way): later.of(_items(o), weight) for o in outcomes}
        regret = {"learned": 0.0, "popularity": 0.0}
        for setting in settings:
            # The mark is the answer best in all later baskets, as in `Outcome.regret`.
            marks = [o for o in outcomes if o.setting == setting]
            best = max(marks, key=lambda o: o.worth).way
            for way in regret:
                regret[way] += 1.0 - worth[setting, way] / worth[setting, best]
        found.append(regret["learned"] / regret["popularity"])
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def decider(stop: Stop) -> Decide:
    """Return what chooses by local search."""

    def decide(instance: Instance) -> IntArray:
        units = solve(instance, "local", stop=stop, certify=False).units
        return np.flatnonzero(units[0]) if units is not None else np.zeros(0, np.int64)

    return decide


def _items(outcome: Outcome) -> IntArray:
    return np.array(outcome.items, dtype=np.int64)


def main() -> None:
    """Measure and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--split", default="test", choices=["valid", "test"])
    parser.add_argument("--only", nargs="*", default=[], help="names of models")
    given = parser.parse_args()

    decide = decider(Stop(seconds=given.seconds))
    for name in given.sets:
        ready = SETS[name](given.data)
        train, test = ready.split.train, getattr(ready.split, given.split)
        margin = ready.catalogue.margin
        print(f"{name}: {train.n} items, {train.m} train, {test.m} later baskets")
        later = LaterWorth(test, margin)
        for utility, synergy in PAIRS:
            if given.only and not {utility, synergy}.issubset(given.only):
                continue
            started = time.perf_counter()
            model = utility_class(utility)()
            worth = model.estimate(train, ready.catalogue)
            share = train.purchase_share
            pairs = synergy_class(synergy)()
            if utility == "expected_margin":
                found = pairs.estimate(train, ready.catalogue)
            else:
                share = model.predict()
                found = pairs.priced(train, ready.catalogue, share)
            seconds = time.perf_counter() - started
            outcomes = decision_quality(worth, found, ready.catalogue, train, test, decide)
            assert np.allclose(worth, 1000 * share * margin)
            told = {
                way: " ".join(
                    f"{o.regret:.3f} [{o.low:.3f}, {o.high:.3f}]"
                    for o in outcomes
                    if o.way == way
                )
                for way in ("learned", "popularity")
            }
            mean = {
                way: np.mean([o.regret for o in outcomes if o.way == way]) for way in told
            }
            low, high = ratio_interval(outcomes, later)
            print(
                f"  {utility} + {synergy}: {told['learned']} (mean {mean['learned']:.3f})"
                f" against {told['popularity']} (mean {mean['popularity']:.3f}),"
                f" {mean['learned'] / mean['popularity']:.2f} of it"
                f" [{low:.2f}, {high:.2f}],"
                f" {seconds:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()

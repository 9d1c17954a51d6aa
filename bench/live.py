"""How fast a live model answers after one small change, and how good the answers are.

    python bench/live.py ../shared/benchmarks [--changes 100] [--samples 10] [--seconds 10]
    python bench/live.py ../shared/benchmarks --steps 300 --fresh-steps 50000

Quadratic knapsacks of 1,000 items and a generated shop of as many. Each is opened, then
changed and solved again many times: budget up or down by 2 % at most, an item forbidden,
locked or released, another utility, another synergy, a conflict between two chosen items.
At most five holds and conflicts stand at a time. Milliseconds are those of change and
re-solve together. Some answers are compared with a fresh solve of the same instance: the
deviation is how much more the fresh one is worth, in percent (negative: less). The second
form counts steps instead of seconds, for machines that are busy with other things: then CPU
milliseconds are what a quiet machine would take.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import bundlesolve as bs
from bundlesolve.bench.machine import this_machine
from bundlesolve.generate import Retail
from bundlesolve.live.live import SOON, Live
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.stop import Stop

PUBLIC = (
    ("large_qkp/large_qkp_1000_10_0.txt.gz", "25%"),
    ("large_qkp/large_qkp_1000_25_0.txt.gz", "10%"),
)
MOST_HELD = 5
"""Holds and conflicts that stand at a time."""


class Changes:
    """Random small changes of a live model."""

    def __init__(self, live: Live, seed: int) -> None:
        self.live = live
        self.rng = np.random.default_rng(seed)
        self.budget = live.instance.budgets[0]
        self.undo: list[Callable[[], object]] = []
        self.kinds = {
            "budget": self.spend,
            "forbid": self.forbid,
            "lock": self.lock,
            "utility": self.utility,
            "synergy": self.synergy,
            "conflict": self.conflict,
        }

    def pick(self, inside: bool) -> str:
        """Return an item that is in the last answer, or one that is not and could be."""
        instance = self.live.instance
        chosen = self.live.solution.chosen()
        most = instance.unit_limits(0)
        held = {rule.name.split()[1] for rule in instance.rules}
        items = [
            item
            for i, item in enumerate(instance.items)
            if (item in chosen) == inside and most[i] and item not in held
        ]
        return items[self.rng.integers(len(items))]

    def spend(self) -> None:
        """Move the budget by 2 % at most from what it was at first."""
        assert self.budget.at_most is not None
        share = 1 + self.rng.uniform(-0.02, 0.02)
        whole = int(self.budget.at_most * share)
        self.live.set_at_most(self.budget.name, to_decimal(whole, self.budget.decimals))

    def forbid(self) -> None:
        """Forbid an item that was chosen."""
        item = self.pick(True)
        self.live.forbid(item)
        self.undo.append(lambda: self.live.release(item))

    def lock(self) -> None:
        """Lock an item in that was not chosen."""
        item = self.pick(False)
        self.live.lock(item)
        self.undo.append(lambda: self.live.release(item))

    def utility(self) -> None:
        """Give one item the utility of another."""
        instance = self.live.instance
        i, j = self.rng.integers(0, instance.n, 2)
        worth = to_decimal(int(instance.utility[j]), instance.decimals)
        self.live.set_utility(instance.items[i], worth)

    def synergy(self) -> None:
        """Give one pair the worth of another."""
        instance, pairs = self.live.instance, self.live.instance.synergies
        p, q = self.rng.integers(0, len(pairs), 2)
        ends = instance.items[pairs.first[p]], instance.items[pairs.second[p]]
        self.live.set_synergy(*ends, to_decimal(int(pairs.worth[q]), instance.decimals))

    def conflict(self) -> None:
        """Keep two chosen items apart."""
        one, other = self.pick(True), self.pick(True)
        if one == other:
            return
        name = f"apart {one} {other}"
        self.live.conflict(one, other, name=name)
        self.undo.append(lambda: self.live.remove(name))

    def next(self) -> str:
        """Make a change, or take the oldest one back, and return which."""
        if len(self.undo) > MOST_HELD:
            self.undo.pop(0)()
            return "release"
        kind = list(self.kinds)[self.rng.integers(len(self.kinds))]
        self.kinds[kind]()
        return kind


def measure(name: str, instance: Instance, given: argparse.Namespace) -> None:
    """Open, change and re-solve; print a line of figures and one for each kind."""
    fresh_stop = Stop(seconds=given.seconds)
    if given.fresh_steps:
        fresh_stop = Stop(steps=given.fresh_steps)
    live = bs.open(instance, "local", stop=Stop(seconds=given.seconds))
    stop = Stop(steps=given.steps) if given.steps else Stop(seconds=given.stop)
    live.solve(stop)
    changes = Changes(live, given.seed)
    wall: dict[str, list[float]] = {}
    cpu, deviations, gaps = [], [], []
    bounded = 0
    for turn in range(given.changes):
        began, busy = time.perf_counter(), time.process_time()
        kind = changes.next()
        solution = live.solve(stop)
        cpu.append(1000 * (time.process_time() - busy))
        wall.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
        if solution.gap is not None:
            bounded += 1
            gaps.append(100 * solution.gap)
        if given.samples and turn % max(1, given.changes // given.samples) == 0:
            fresh = bs.solve(live.instance, "local", stop=fresh_stop, certify=False)
            assert fresh.objective is not None
            found = -1 if solution.objective is None else solution.objective
            deviations.append(100 * (fresh.objective - found) / abs(fresh.objective))
    every = np.concatenate([np.array(times) for times in wall.values()])
    median, late = np.percentile(every, [50, 95])
    print(f"{name}: {len(every)} changes")
    busy_ms = np.percentile(cpu, [50, 95])
    print(f"  ms: median {median:.1f}, p95 {late:.1f}")
    print(f"  CPU ms: median {busy_ms[0]:.1f}, p95 {busy_ms[1]:.1f}")
    print("  median ms:", *(f"{k} {np.median(t):.1f}" for k, t in sorted(wall.items())))
    if deviations:
        print(
            f"  deviation from fresh ({fresh_stop}), {len(deviations)} samples:"
            f" mean {np.mean(deviations):.4f} %, median {np.median(deviations):.4f} %,"
            f" most {np.max(deviations):.4f} %, least {np.min(deviations):.4f} %"
        )
    told = f", median gap {np.median(gaps):.2f} %" if gaps else ""
    print(f"  with a proved bound: {bounded}{told}", flush=True)


def main() -> None:
    """Measure all three."""
    parser = argparse.ArgumentParser()
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--stop", type=float, default=SOON.seconds)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--fresh-steps", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of an instance's name")
    given = parser.parse_args()
    machine = this_machine()
    print(f"{machine.cpu}, {machine.cores} cores, load {machine.load}, {machine.system}")
    print(f"Python {machine.python}, numpy {np.__version__}, bundlesolve {bs.__version__}")
    for file, share in PUBLIC:
        if given.only in file:
            instance = bs.read(given.benchmarks / file, select=share)
            measure(f"{Path(file).name} {share}", instance, given)
    shop = Retail(items=1000, synergies=20_000).make(given.seed)
    if given.only in shop.name:
        measure(shop.name, shop, given)


if __name__ == "__main__":
    main()

"""Were the decisions good? Choose with what was learned, count on later baskets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bundlesolve.learn.build import to_instance
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.evaluation.worth import LaterWorth
from bundlesolve.learn.limits import Limits
from bundlesolve.learn.rules_file import BudgetRule, CategoryRule, Rules, SizeRule
from bundlesolve.learn.synergies.base import PairWorths
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance

Decide = Callable[[Instance], IntArray]
"""Returns the numbers of the chosen items."""

ORACLE_PAIRS = 40
DRAWS = 200
SEED = 0
DECIMALS = 2


@dataclass(frozen=True)
class Setting:
    """What the shop can afford.

    Parameters
    ----------
    size
        Most different items.
    budget
        Most money for one unit of each, in ``size`` times the median price.
    each_category
        Most items of one category; None: any.
    """

    size: int
    budget: float
    each_category: int | None = None

    def rules(self, catalogue: Catalogue) -> Rules:
        """Return the setting as rules for a catalogue."""
        money = round(self.size * self.budget * float(np.median(catalogue.price)), 2)
        groups = []
        if self.each_category is not None and any(catalogue.category):
            groups = [CategoryRule(each=True, at_most=self.each_category)]
        return Rules(
            size=SizeRule(at_most=self.size),
            budgets=[BudgetRule(column="price", at_most=money)],
            categories=groups,
        )


SETTINGS = (
    Setting(5, 2.0, 2),
    Setting(8, 1.0, 2),
    Setting(10, 2.0, 2),
    Setting(12, 0.7, 3),
    Setting(20, 1.5, 4),
)


@dataclass(frozen=True)
class Outcome:
    """What one way to choose brought in one setting.

    Parameters
    ----------
    setting
        The limits.
    way
        ``learned``, ``popularity`` or ``oracle``.
    items
        Numbers of the chosen items.
    worth
        Money per 1,000 later baskets, see `LaterWorth`.
    regret
        Share of the oracle's worth that is missing. The oracle is the same solver given
        the later counts.
    low, high
        95 % of the regrets of bootstrapped later baskets.
    lift
        Co-purchase lift of the chosen pairs.
    together
        Margin from baskets with two or more of the items, per 1,000.
    """

    setting: Setting
    way: str
    items: tuple[int, ...]
    worth: float
    regret: float
    low: float
    high: float
    lift: float
    together: float


def decision_quality(
    utilities: FloatArray,
    pairs: PairWorths,
    catalogue: Catalogue,
    train: Transactions,
    test: Transactions,
    decide: Decide,
    settings: Sequence[Setting] = SETTINGS,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Outcome]:
    """Compare the learned decision with popularity's and with the oracle's.

    Parameters
    ----------
    utilities, pairs
        Learned before the test baskets.
    catalogue
        Of the items.
    train, test
        Baskets before and after.
    decide
        A solver.
    settings
        Limits under which to choose. Default: five.
    tell
        Called with a few words before each setting.
    """
    later = LaterWorth(test, catalogue.margin)
    found: list[Outcome] = []
    for setting in settings:
        tell(f"decide: at most {setting.size} articles")
        limits = Limits(setting.rules(catalogue), catalogue, "<setting>", DECIMALS)
        learned = to_instance(catalogue, utilities, pairs, limits)
        oracle = to_instance(catalogue, later.utilities, later.pairs(ORACLE_PAIRS), limits)
        ways = {
            "learned": decide(learned),
            "popularity": by_popularity(setting, catalogue, train),
            "oracle": decide(oracle),
        }
        # The pairs an oracle keeps are not all: the best answer found is the mark.
        best = max(ways.values(), key=later.of)
        found += [_outcome(setting, way, items, best, later) for way, items in ways.items()]
    return found


def by_popularity(setting: Setting, catalogue: Catalogue, train: Transactions) -> IntArray:
    """Take the items most sold, one after the other, where the limits allow it."""
    money = round(setting.size * setting.budget * float(np.median(catalogue.price)), 2)
    taken: list[int] = []
    groups: dict[str, int] = {}
    for i in np.argsort(-train.baskets_with, kind="stable").tolist():
        group, price = catalogue.category[i], float(catalogue.price[i])
        limited = setting.each_category is not None and group != ""
        full = limited and groups.get(group, 0) >= (setting.each_category or 0)
        if full or price > money + 1e-9:
            continue
        taken.append(i)
        money -= price
        groups[group] = groups.get(group, 0) + 1
        if len(taken) == setting.size:
            break
    return np.array(taken, dtype=np.int64)


def _outcome(
    setting: Setting, way: str, items: IntArray, best: IntArray, later: LaterWorth
) -> Outcome:
    rng = np.random.default_rng(SEED)
    m = later.receipts.m
    regrets = []
    for _ in range(DRAWS):
        weight = rng.multinomial(m, np.full(m, 1.0 / m)).astype(np.float64)
        regrets.append(_regret(later.of(items, weight), later.of(best, weight)))
    low, high = np.quantile(regrets, [0.025, 0.975])
    worth = later.of(items)
    return Outcome(
        setting=setting,
        way=way,
        items=tuple(items.tolist()),
        worth=worth,
        regret=_regret(worth, later.of(best)),
        low=float(low),
        high=float(high),
        lift=later.lift(items),
        together=later.earned_together(items),
    )


def _regret(worth: float, best: float) -> float:
    return 1.0 - worth / best if best > 0 else 0.0

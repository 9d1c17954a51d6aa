"""The model card: what an instance was learned from, how, and with what result."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePath
from typing import Any

import numpy as np

from bundlesolve.learn.synergies.base import PairWorths, SynergyEstimator
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.base import UtilityEstimator
from bundlesolve.model.instance import Instance

PACKAGES = ("bundlesolve", "numba", "numpy", "pyarrow", "scikit-learn", "scipy")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What an instance was learned from, how, and with what result.

    Holds no time of day and no path, so that the same data give the same card.

    Parameters
    ----------
    receipts, catalogue, rules
        Names of the files; None for what was not given.
    cleaning
        Counts of `Cleaning`.
    first_time, last_time
        When the first and the last basket were bought, as text; None if unknown.
    utility, synergy
        Estimator: name, formula and parameters.
    price_effects
        Elasticities, promotion effects, and how many items have another price than
        lately; None: the coming prices were not asked about.
    least_customers
        Different customers behind every pair, see `PairModel`; None: the estimator's own
        affair.
    privacy
        The budget of differential privacy and what it covers; None: exact counts.
    split
        How the models were judged, and on how many receipts; None: not judged.
    metrics
        What they were worth on later receipts, by model; None: not judged.
    unit
        What 1 of worth means.
    items, pairs, negative_pairs
        Size of what was learned.
    fingerprint
        Of the instance.
    transactions
        SHA-256 over the cleaned baskets.
    versions
        Of the packages that did the work.
    """

    receipts: str
    catalogue: str | None
    rules: str | None
    cleaning: dict[str, int]
    first_time: str | None
    last_time: str | None
    utility: dict[str, Any]
    synergy: dict[str, Any]
    price_effects: dict[str, Any] | None = None
    least_customers: int | None = None
    privacy: dict[str, Any] | None = None
    split: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    unit: str = "money per 1,000 baskets"
    items: int
    pairs: int
    negative_pairs: int
    fingerprint: str
    transactions: str
    versions: dict[str, str]

    def to_json(self) -> str:
        """Return the card as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"


def describe(estimator: UtilityEstimator | SynergyEstimator) -> dict[str, Any]:
    """Return an estimator's name, formula and parameters."""
    parameters: dict[str, Any] = {}
    if dataclasses.is_dataclass(estimator) and not isinstance(estimator, type):
        parameters = dataclasses.asdict(estimator)
    return {
        "name": estimator.name,
        "formula": estimator.formula,
        "parameters": parameters,
    }


def times(receipts: Transactions) -> tuple[str | None, str | None]:
    """Return when the first and the last basket were bought, as text."""
    time = receipts.time
    if time is None:
        return None, None
    known = time if time.dtype.kind == "i" else time[~np.isnat(time)]
    if not len(known):
        return None, None
    return str(known.min()), str(known.max())


def digest(receipts: Transactions) -> str:
    """Return the SHA-256 over items, baskets and lines."""
    sha = hashlib.sha256()
    for ids in (receipts.items, receipts.baskets):
        sha.update("\0".join(ids).encode())
    for array in (receipts.starts, receipts.item, receipts.quantity, receipts.price):
        sha.update(np.ascontiguousarray(array).tobytes())
    if receipts.promotion is not None:
        sha.update(receipts.promotion.tobytes())
    return sha.hexdigest()


def file_name(path: str) -> str:
    """Return a path's last part: a card names files, not machines."""
    return PurePath(path).name


def versions() -> dict[str, str]:
    """Return the versions of the packages that do the work."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # run from a source tree
            found[package] = "unknown"
    return found


def negative(pairs: PairWorths) -> int:
    """Return how many pairs are worth less than nothing."""
    return int((pairs.worth < 0).sum())


def summary(instance: Instance) -> str:
    """Return one line about a learned instance."""
    pairs = instance.synergies.worth
    return (
        f"{instance.n} items, {len(pairs)} pairs ({int((pairs < 0).sum())} negative), "
        f"{len(instance.limits)} limits"
    )

"""Receipts to learn from, to tune on, and to be judged on: by time, or by customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.transactions import Transactions

VALID_SHARE = 0.1
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Split:
    """Three parts of the receipts that share no basket and have the same items.

    Parameters
    ----------
    train
        What models are fitted on.
    valid
        What blends, calibrations and thresholds are fitted on.
    test
        Looked at once, to report.
    """

    train: Transactions
    valid: Transactions
    test: Transactions

    def __post_init__(self) -> None:
        parts = (self.train, self.valid, self.test)
        if len({part.items for part in parts}) > 1:
            raise InvalidParameter("split: expected the same items in every part")
        seen: set[str] = set()
        for part in parts:
            if not part.m:
                raise InvalidParameter("split: expected baskets in every part, found none")
            if seen.intersection(part.baskets):
                raise InvalidParameter("split: expected each basket in one part only")
            seen.update(part.baskets)

    def known(self, least_baskets: int) -> Split:
        """Return the split of the items that enough *train* baskets hold.

        Raises
        ------
        InvalidParameter
            If there is none.
        """
        often = self.train.baskets_with >= least_baskets
        if not often.any():
            expected = f"an item in {least_baskets} train baskets or more"
            raise InvalidParameter(f"split: expected {expected}, found none")
        return Split(self.train.only(often), self.valid.only(often), self.test.only(often))


def split_by_time(
    receipts: Transactions,
    *,
    valid_from: Any = None,
    test_from: Any = None,
) -> Split:
    """Split so that every train basket is older than every valid one, and so on.

    Parameters
    ----------
    receipts
        All sales. Baskets whose time is unknown are left out.
    valid_from, test_from
        When the parts begin: a time, or its ISO text, or a number where times are
        numbers. Default: such that at least 10 % and 20 % of the baskets are in them;
        baskets of one time stay together.

    Raises
    ------
    InvalidParameter
        If the receipts have no times, or a part would be empty.
    """
    if receipts.time is None:
        raise InvalidParameter("split by time: expected receipts with times, found none")
    time = receipts.time
    known = np.ones(receipts.m, bool) if time.dtype.kind == "i" else ~np.isnat(time)
    ordered = np.sort(time[known])
    if not len(ordered):
        raise InvalidParameter("split by time: expected a time that is known, found none")
    m = len(ordered)
    test_at = _moment(test_from, time, "test_from")
    if test_at is None:
        test_at = ordered[min(m - 1, int(m * (1 - TEST_SHARE)))]
    valid_at = _moment(valid_from, time, "valid_from")
    if valid_at is None:
        before = ordered[ordered < test_at]
        share = VALID_SHARE / (1 - TEST_SHARE)
        valid_at = before[int(len(before) * (1 - share))] if len(before) else test_at
    if not valid_at < test_at:
        found = f"{valid_at} and {test_at}"
        raise InvalidParameter(f"split: expected valid_from before test_from, {found}")
    return Split(
        receipts.some(known & (time < valid_at)),
        receipts.some(known & (time >= valid_at) & (time < test_at)),
        receipts.some(known & (time >= test_at)),
    )


def split_by_customer(receipts: Transactions, seed: int = 0) -> Split:
    """Split 70/10/20 by customer, to ask what is known of people never seen.

    Baskets of unknown customers are drawn one by one.

    Raises
    ------
    InvalidParameter
        If the receipts have no customers, or a part would be empty.
    """
    if receipts.customer is None:
        raise InvalidParameter("split by customer: expected customers, found none")
    rng = np.random.default_rng(seed)
    people = int(receipts.customer.max(initial=-1)) + 1
    unknown = receipts.customer < 0
    # Shares of people and not chances, so that few people fill every part.
    place = (rng.permutation(people) + 0.5) / max(people, 1)
    draw = np.append(place, 0.0)[receipts.customer]
    draw[unknown] = rng.random(int(unknown.sum()))
    parts = draw < 1 - VALID_SHARE - TEST_SHARE, draw >= 1 - TEST_SHARE
    return Split(
        receipts.some(parts[0]),
        receipts.some(~parts[0] & ~parts[1]),
        receipts.some(parts[1]),
    )


def _moment(value: Any, time: NDArray[Any], name: str) -> Any:
    if value is None:
        return None
    try:
        return int(value) if time.dtype.kind == "i" else np.datetime64(value, "us")
    except (ValueError, TypeError):
        kind = "a whole number" if time.dtype.kind == "i" else "an ISO time"
        raise InvalidParameter(f"{name}: expected {kind}, found {value!r}") from None

"""Differential privacy: pair counts from which no single customer can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidParameter, MissingExtra
from bundlesolve.learn.synergies.counts import PairCounts
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

MOST_ITEMS = 5000
"""Every pair of items gets noise, those never met too: beyond this there are too many."""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """Counts of items and pairs under pure differential privacy for customers.

    A receipt of ``k`` items adds 1 to ``1 + k (k + 1) / 2`` counts: receipts, items, and
    pairs. Of each customer's receipts so many are drawn at random that the counts change
    by at most ``most_counts`` in sum (of a receipt too large for that, so many items).
    Then discrete Laplace noise of scale ``most_counts / epsilon`` is added to *every*
    item and pair of the catalogue, met or not, which needs no further ``delta``. Adding
    or taking away one customer's receipts changes the probability of any outcome by a
    factor of at most ``exp(epsilon)``. A receipt of an unknown customer is a customer of
    its own here.

    Not covered: the list of items, and what a utility model makes of the receipts. The
    model card says so.

    Parameters
    ----------
    epsilon
        The budget, above 0. Smaller is more private.
    most_counts
        By how much one customer may change the counts. Default 100. More keeps more of
        what was bought and needs more noise.
    seed
        Of the draw of what is counted. Default None: a fresh one, unknown to anybody, on
        which the guarantee rests; another is for tests. The noise is OpenDP's, secure and
        never repeatable.

    References
    ----------
    C. Dwork, F. McSherry, K. Nissim, A. Smith, "Calibrating noise to sensitivity in
    private data analysis", TCC 2006; OpenDP, ``make_laplace``.
    """

    epsilon: float
    most_counts: int = 100
    seed: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.epsilon < np.inf:
            found = self.epsilon
            raise InvalidParameter(f"epsilon: expected a number above 0, found {found}")
        if self.most_counts < 1:
            found = self.most_counts
            raise InvalidParameter(f"most_counts: expected 1 or more, found {found}")

    def statement(self) -> dict[str, Any]:
        """Return the budget in words, for the model card."""
        return {
            "epsilon": self.epsilon,
            "delta": 0.0,
            "unit": "all receipts of one customer",
            "most_counts": self.most_counts,
            "covers": "counts of receipts, items and pairs behind the synergies",
            "not_covered": "list of items, utilities, split and metrics",
        }

    def count(self, receipts: Transactions) -> PairCounts:
        """Return noisy counts; pairs whose count falls below 1 are absent.

        Raises
        ------
        MissingExtra
            If opendp is not installed.
        InvalidParameter
            If there are more than `MOST_ITEMS` items.
        """
        n = receipts.n
        if n > MOST_ITEMS:
            expected = f"at most {MOST_ITEMS} items under differential privacy"
            raise InvalidParameter(f"epsilon: expected {expected}, found {n}")
        first, second = np.triu_indices(n)  # with the diagonal: items alone
        row = np.concatenate(([0], np.cumsum(n - np.arange(n))))
        i, j, m = self._bounded(receipts)
        exact = np.bincount(row[i] + j - i, minlength=len(first))
        noisy = self._noise(np.append(exact, m))
        # What is made of the noisy numbers alone costs no privacy.
        m, noisy = max(int(noisy[-1]), 1), noisy[:-1]
        alone = first == second
        single = np.clip(noisy[alone], 0, m)
        i, j, both = first[~alone], second[~alone], noisy[~alone]
        both = np.minimum(both, np.minimum(single[i], single[j]))
        met = both >= 1
        i, j, both = (a[met].astype(np.int64) for a in (i, j, both))
        return PairCounts(n, m, single, i, j, both, both)

    def _bounded(self, receipts: Transactions) -> tuple[IntArray, IntArray, int]:
        """Return items (twice the same) and pairs that count, and how many receipts do."""
        rng = np.random.default_rng(self.seed)
        everyone = np.arange(receipts.m)
        who = everyone if receipts.customer is None else receipts.customer
        # A receipt of nobody known is somebody's of its own.
        who = np.where(who < 0, who.max(initial=-1) + 1 + everyone, who)
        order = rng.permutation(receipts.m)
        order = order[np.argsort(who[order], kind="stable")]
        sizes = np.diff(receipts.starts)
        found, left, last, m = [np.zeros((2, 0), np.int64)], 0, -1, 0
        for b in order.tolist():
            first = who[b] != last
            if first:
                left, last = self.most_counts, who[b]
            k, start = int(sizes[b]), int(receipts.starts[b])
            most = int((np.sqrt(8.0 * left - 7.0) - 1.0) / 2.0) if left else -1
            if k > most and not first:
                left = 0
                continue
            items = receipts.item[start : start + k]
            if k > most:
                items = np.sort(rng.permutation(items)[:most])
            left -= 1 + len(items) * (len(items) + 1) // 2
            m += 1
            found.append(items[np.stack(np.triu_indices(len(items)))])
        i, j = np.concatenate(found, axis=1)
        return i, j, m

    def _noise(self, exact: IntArray) -> IntArray:
        try:
            import opendp.prelude as dp
        except ImportError:
            raise MissingExtra("opendp", "privacy") from None
        dp.enable_features("contrib")
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        laplace = dp.m.make_laplace(*space, scale=self.most_counts / self.epsilon)
        return np.array(laplace(exact.tolist()), dtype=np.int64)

"""Utility and synergy weighed together, to tell which item is next in a basket."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.categories import CategoryLifts
from bundlesolve.learn.queries import Queries
from bundlesolve.learn.softmax import fit_softmax
from bundlesolve.learn.synergies.counts import PairCounts, count, symmetric
from bundlesolve.learn.synergies.pair_model import PairModel, Pairs
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel

log = logging.getLogger(__name__)

MOST_QUERIES = 4000
SEED = 20260101
BENDS = (10.0, 1.0)
"""Sums of strengths, in units of the mean strength, enter as they are and compressed."""
USUAL_SIZE = 1.5
"""Log of a usual number of items in a basket, so that products with it stay small."""


class Scorer(Protocol):
    """Anything that scores items for baskets."""

    def score(self, queries: Queries) -> FloatArray:
        """Return a score of every item for every query; higher is better. ``[q, n]``."""
        ...


@dataclass
class BasketModel:
    """Utility and synergy models, learned apart and weighed together.

    With ``phi_k`` what the utility model says about item and customer and
    ``s_i = sum_{j in basket} w_ji / mean |w|``::

        P(next item is i | basket, customer) = softmax_i(
            sum_k theta_k phi_k + theta' s_i
            + sum_{c in 10, 1} theta_c sign(s_i) log(1 + c |s_i|))

    over the items not in the basket. ``theta`` is fitted to at most 4,000 validation
    queries (`fit_softmax`), convex, some dozens of numbers: with them utility and synergy
    share what both explain, and a score becomes a probability. The compressed sums say
    that the tenth item which speaks for ``i`` adds less than the first.

    Weighed besides: popularity, sums and taste ``log(P_hi / p_i)`` times the log of the
    basket's size (of a long list of articles each tells less, of habits more); sums times
    taste, and times "bought before"; what the pairs say about all that the customer ever
    bought; and what the basket's categories say (`CategoryLifts`).

    Parameters
    ----------
    utility
        Fitted with the synergy. Default None: popularity alone.
    synergy
        Default None: utility alone.
    dense
        Use all weights of the synergy model and both directions, not its strongest
        pairs. Default False.
    more
        Further synergy models, whose sums are weighed beside the first's. Default: none.
    """

    utility: UtilityModel | None = None
    synergy: PairModel | None = None
    dense: bool = False
    more: tuple[PairModel, ...] = ()
    theta: FloatArray = field(init=False, default_factory=lambda: np.zeros(0))

    def fit(self, train: Transactions, catalogue: Catalogue) -> BasketModel:
        """Fit both models to the past; weights come from `blend`."""
        self.log_share = np.log(train.purchase_share + 0.5 / max(train.m, 1))
        if self.utility is not None:
            self.utility.fit(train, catalogue)
        self.categories = None if self.dense else CategoryLifts.of(train, catalogue)
        counts = None if self.synergy is None else count(train)
        self.fit_pairs(train, catalogue, counts)
        others = [BasketModel(None, model, self.dense) for model in self.more]
        self.others = [other.fit_pairs(train, catalogue, counts) for other in others]
        return self

    def fit_pairs(
        self, train: Transactions, catalogue: Catalogue, counts: PairCounts | None
    ) -> BasketModel:
        """Fit the first synergy model alone; ``counts`` are made where None."""
        self.pairs: Pairs | None = None
        self.matrix: Any = None
        if self.synergy is not None:
            counts = count(train) if counts is None else counts
            if self.dense:
                self.matrix = self.synergy.weights(train, catalogue, counts)
            else:
                p = self.pairs = self.synergy.pairs(train, catalogue, counts)
                self.matrix = symmetric(train.n, p.first, p.second, p.strength)
        self.__dict__.pop("scale", None)
        return self

    def blend(self, queries: Queries, most: int = MOST_QUERIES) -> BasketModel:
        """Fit ``theta`` to questions about validation baskets."""
        order = np.random.default_rng(SEED).permutation(len(queries))[:most]
        some = queries.take(np.sort(order))
        table = np.empty((0, len(some), some.n), dtype=np.float32)
        for where, part in some.batches():
            columns = self.columns(part)
            if not len(table):  # filled in parts, or the peak would be twice the table
                table = np.empty((len(columns), *table.shape[1:]), dtype=np.float32)
            table[:, where] = columns
        self.theta = fit_softmax(table, some.outside(), some.target)
        log.info("theta %s", np.round(self.theta, 3).tolist())
        return self

    @cached_property
    def scale(self) -> float:
        """Mean size of a weight."""
        if self.matrix is None:
            return 1.0
        values = self.matrix if isinstance(self.matrix, np.ndarray) else self.matrix.data
        return float(np.abs(values).mean()) if values.size else 1.0

    def columns(self, queries: Queries) -> NDArray[np.float32]:
        """Return what ``theta`` weighs. Shape ``[F, q, n]``."""
        shape = (len(queries), queries.n)
        size = np.log(np.maximum(queries.sizes(), 1)) - USUAL_SIZE
        longer = size.astype(np.float32)[:, None]
        known = np.broadcast_to(self.log_share.astype(np.float32), shape)
        sums = [] if self.matrix is None else self.of_pairs(queries)
        found = [known, longer * known, *sums, *(longer * s for s in sums[::2])]
        for other in self.others:
            found += other.of_pairs(queries)
        if self.utility is not None:
            # Customers are fewer than queries: ask once for each.
            people, back = np.unique(queries.customer, return_inverse=True)
            found += list(self.utility.features(people).astype(np.float32)[:, back])
            history, taste = self.utility.history(people), self.utility.taste(people)
            if history is not None and self.matrix is not None:
                found += [column[back] for column in self._from_history(history)]
            if history is not None and taste is not None:
                had = (history.toarray() > 0).astype(np.float32)[back]
                own = taste.astype(np.float32)[back]
                found += [longer * had, longer * own]
                found += [each * s for each in (had, own) for s in sums[-1:]]
        if self.categories is not None:
            found += self.categories.columns(queries)
        return np.stack(found)

    def of_pairs(self, queries: Queries) -> list[NDArray[np.float32]]:
        """Return the first model's sums, as they are and compressed, ``[q, n]`` each."""
        return self._bent(self.pair_sums(queries) / self.scale)

    def _from_history(self, history: Any) -> list[NDArray[np.float32]]:
        """Return what the pairs say about all that a customer bought before."""
        sums = history @ self.matrix
        dense = sums if isinstance(sums, np.ndarray) else sums.toarray()
        total = np.asarray(history.sum(axis=1)).reshape(-1, 1)
        return self._bent(dense / (self.scale * np.sqrt(1.0 + total)))[:2]

    @staticmethod
    def _bent(s: FloatArray) -> list[NDArray[np.float32]]:
        bent = [np.sign(s) * np.log1p(c * np.abs(s)) for c in BENDS]
        return [column.astype(np.float32) for column in (s, *bent)]

    def pair_sums(self, queries: Queries) -> FloatArray:
        """Return ``sum_{j in basket} w_ji`` of every item. Shape ``[q, n]``."""
        sums: Any = queries.contexts() @ self.matrix
        dense: FloatArray = sums if isinstance(sums, np.ndarray) else sums.toarray()
        return dense

    def score(self, queries: Queries) -> FloatArray:
        """Return log probabilities up to a constant of the query. ``[q, n]``."""
        columns = self.columns(queries)
        total = np.tensordot(self.theta.astype(np.float32), columns, axes=1)
        return np.asarray(total, dtype=np.float64)


@dataclass
class PairSums:
    """Scores by the sum of weights alone: a synergy model without any utility."""

    model: BasketModel

    def score(self, queries: Queries) -> FloatArray:
        """Return the sums. Shape ``[q, n]``."""
        return self.model.pair_sums(queries)


@dataclass
class Chances:
    """Scores by a utility model alone, whatever is in the basket."""

    utility: UtilityModel

    def score(self, queries: Queries) -> FloatArray:
        """Return log chances. Shape ``[q, n]``."""
        people, back = np.unique(queries.customer, return_inverse=True)
        return np.log(self.utility.predict(people))[back]

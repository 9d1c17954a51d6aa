"""Log odds that two items of a set belong in one bundle."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.bundles.articles import Articles
from bundlesolve.learn.bundles.labelled import LabelledSet, pair_auc
from bundlesolve.learn.bundles.pair_features import pair_features, products
from bundlesolve.learn.bundles.within import within_sets
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)

MOST_ITERATIONS = 200


@dataclass(frozen=True, kw_only=True)
class PairScorer:
    """Two linear models of features of pairs, learned from bundles that people made.

    ::

        log odds_ij = a + b . x_ij + c . (v_i * v_j) + u_i' D u_j,
                  penalty (|b|^2 + |c|^2 + |D|^2) / (2 C), D symmetric

    ``x_ij`` (`pair_features`) in standard deviations; products of the last embedder's
    components and of all embedders' principal ones ``u`` (`products`) in fewer: which
    directions speak for a bundle, alike or as complements. A set weighs as the root of
    its number of pairs.

    The coefficients are the mean of two fits: a logistic regression over all pairs, which
    gives the level and the scale, and a least squares inside sets (`within_sets`), which
    gives only the order of a set's pairs and is stretched to the first one's standard
    deviation over the train pairs. The first learns whether a pair is in one bundle, the
    second in how many it is: a pair that three people put together says more of the
    order than one that a single person did.

    Parameters
    ----------
    strengths
        The ``C`` to choose from, by mean AUC over the valid sets; the first without
        valid sets. Default (0.001,): a hundred valid sets tell less than they cost, the
        AUC is flat around it.
    product
        Scale of the products of equal components: standard deviations. Default 0.3.
    cross
        Scale of the products of all principal components. Default 0.5.
    inside
        Share of the fit inside sets, 0 to 1; 0 leaves it out. Default 0.5.
    penalty
        Ridge penalty of the fit inside sets. Default 2000.
    """

    strengths: tuple[float, ...] = (0.001,)
    product: float = 0.3
    cross: float = 0.5
    inside: float = 0.5
    penalty: float = 2000.0

    def __post_init__(self) -> None:
        if not self.strengths or min(self.strengths) <= 0:
            found = self.strengths
            raise InvalidParameter(f"strengths: expected positive numbers, found {found}")
        for name in ("product", "cross"):
            scale = getattr(self, name)
            if scale < 0:
                raise InvalidParameter(f"{name}: expected 0 or more, found {scale}")
        if not 0 <= self.inside <= 1:
            raise InvalidParameter(f"inside: expected 0 to 1, found {self.inside}")
        if not self.penalty > 0:
            raise InvalidParameter(f"penalty: expected more than 0, found {self.penalty}")

    def fit(
        self,
        articles: Articles,
        train: Sequence[LabelledSet],
        valid: Sequence[LabelledSet] = (),
    ) -> FittedScorer:
        """Learn from the train sets; valid sets choose the penalty and nothing else.

        Raises
        ------
        InvalidParameter
            If the train sets do not hold pairs of both kinds.
        """
        from sklearn.linear_model import LogisticRegression

        label = np.concatenate([one.together for one in train] or [np.zeros(0)])
        if len(np.unique(label)) < 2:
            expected = "pairs in one bundle and pairs in none among the train sets"
            raise InvalidParameter(f"expected {expected}, found no such two kinds")
        size = np.array([len(one.together) for one in train])
        weight = np.repeat(size.astype(np.float64) ** -0.5, size)
        plain = np.concatenate([pair_features(articles, one.items) for one in train])
        blocks = [products(articles, one.items) for one in train]
        factors = [1 / np.maximum(plain.std(0), 1e-6)]
        columns = [plain]
        for k, block in enumerate(zip(*blocks, strict=True)):
            mixed = np.concatenate(block)
            scale = self.cross if k else self.product
            spread = max(float(mixed.std()), 1e-9)
            factors.append(np.full(mixed.shape[1], scale / spread))
            columns.append(mixed)
        table, factor = np.hstack(columns), np.concatenate(factors)
        centre = table.mean(0)
        table = (table - centre) * factor
        times = np.concatenate([one.times for one in train])
        order = within_sets(table, times, size, self.penalty)
        best: tuple[float, FittedScorer] | None = None
        for strength in self.strengths if valid else self.strengths[:1]:
            line = LogisticRegression(C=strength, max_iter=MOST_ITERATIONS)
            line.fit(table, label, sample_weight=weight)
            slope = _blend(table, line.coef_[0], order, self.inside) * factor
            start = float(line.intercept_[0] - slope @ centre)
            fitted = FittedScorer(articles, start, slope, strength)
            auc = fitted.mean_auc(valid) if valid else 0.0
            if valid:
                log.info("pair scorer: C %g, mean AUC of valid sets %.4f", strength, auc)
            if best is None or auc > best[0]:
                best = auc, fitted
        assert best is not None  # there is a strength
        return best[1]


def _blend(
    table: FloatArray, level: FloatArray, order: FloatArray, share: float
) -> FloatArray:
    """Return the weighted mean of two fits, the second stretched to the first's spread."""
    spread = float((table @ order).std())
    if not share or spread < 1e-9:  # no set has pairs of both kinds
        return level
    stretch = float((table @ level).std()) / spread
    return np.asarray((1 - share) * level + share * stretch * order)


@dataclass(frozen=True, eq=False)
class FittedScorer:
    """What was learned.

    Parameters
    ----------
    articles
        What is known of the items.
    start
        Log odds where all features are 0.
    slope
        Log odds a unit of each feature, then of each product. Shape ``[f + d]``.
    strength
        The ``C`` that was chosen.
    """

    articles: Articles
    start: float
    slope: FloatArray
    strength: float

    def pairs(self, items: IntArray) -> FloatArray:
        """Return the log odds of a set's pairs, as `triu_indices`. Shape ``[p]``."""
        plain = pair_features(self.articles, items)
        columns = np.hstack([plain, *products(self.articles, items)])
        return np.asarray(self.start + columns @ self.slope, dtype=np.float64)

    def worth(self, items: IntArray) -> FloatArray:
        """Return the log odds as a symmetric matrix, diagonal 0. Shape ``[n, n]``."""
        first, second = np.triu_indices(len(items), 1)
        square = np.zeros((len(items), len(items)))
        square[first, second] = square[second, first] = self.pairs(items)
        return square

    def mean_auc(self, sets: Sequence[LabelledSet]) -> float:
        """Return the mean AUC over the sets that have pairs of both kinds; NaN: none."""
        found = [pair_auc(one.together, self.pairs(one.items)) for one in sets]
        some = [auc for auc in found if auc is not None]
        return float(np.mean(some)) if some else float("nan")

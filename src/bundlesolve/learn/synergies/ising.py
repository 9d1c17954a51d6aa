"""Synergy as the couplings of a pairwise log-linear (Ising) model of baskets."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.candidates import candidates
from bundlesolve.learn.synergies.counts import PairCounts, symmetric
from bundlesolve.learn.synergies.lift import Lift
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.synergies.sparse import strongest
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

SIZE_CLASSES = 12


@dataclass(frozen=True, kw_only=True)
class Ising(PairModel):
    """Pairwise log-linear model of baskets by regularised pseudo-likelihood.

    The chance of a basket ``x`` of zeros and ones, up to a factor of its size::

        P(x) ~ exp(sum_i b_i x_i + sum_{i<j} w_ij x_i x_j)

    so that *its most likely basket under limits is the problem that bundlesolve solves*.
    Fitted to the conditional chances of each item given the rest of the basket,
    ``logit P(x_i = 1 | others) = b_i + a_size + sum_j w_ij x_j``, all together, by L-BFGS
    with the penalty ``ridge / 2 * sum w^2``. The size classes' ``a`` keep large baskets,
    in which everything meets everything, from looking like synergy.

    Which pairs have a coupling is decided beforehand: those of largest ``|w|`` of `Lift`
    by significance, at most ``candidates`` an item; work is proportional to the lines of
    the receipts times that number.

    Parameters
    ----------
    ridge
        Above 0; in baskets: the curvature that a coupling of no pair has. Default 1.
    candidates
        Couplings an item may have while fitting. Default 40.
    steps
        Most steps of L-BFGS. Default 60.

    References
    ----------
    J. Besag, "Statistical analysis of non-lattice data", The Statistician 24 (1975);
    P. Ravikumar, M. Wainwright, J. Lafferty, "High-dimensional Ising model selection
    using l1-regularized logistic regression", Annals of Statistics 38 (2010).
    """

    name: ClassVar[str] = "ising"
    summary: ClassVar[str] = "pairwise log-linear model of baskets (pseudo-likelihood)"
    formula: ClassVar[str] = "logit P(x_i | rest) = b_i + a_size + sum_j w_ij x_j"

    ridge: float = 1.0
    candidates: int = 40
    steps: int = 60

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.ridge < np.inf:
            raise InvalidParameter(f"ridge: expected a number above 0, found {self.ridge}")
        for field in ("candidates", "steps"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the couplings, symmetric. Shape ``[n, n]``."""
        first, second, start = self._pattern(receipts, catalogue, counts)
        weight = self.couplings(receipts, counts, first, second, start)
        return symmetric(counts.n, first, second, weight)

    def _pattern(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> tuple[IntArray, IntArray, FloatArray]:
        lift = Lift(least_baskets=self.least_baskets).weights(receipts, catalogue, counts)
        first, second, pmi = candidates(
            lift, counts, self.least_baskets, 2 * self.candidates
        )
        seen, _ = counts.look_up(first, second)
        expected = counts.expected(first, second)
        evidence = np.abs(seen - expected) / np.sqrt(expected + 1.0)
        kept = strongest(first, second, evidence, self.candidates)
        return first[kept], second[kept], pmi[kept]

    def couplings(
        self,
        receipts: Transactions,
        counts: PairCounts,
        first: IntArray,
        second: IntArray,
        start: FloatArray,
        *,
        sizes: bool = True,
    ) -> FloatArray:
        """Return the couplings of given pairs. Shape ``[p]``.

        Parameters
        ----------
        start
            Where to begin. Shape ``[p]``.
        sizes
            Whether the classes of basket sizes have a number each. Default True.
        """
        from scipy.optimize import minimize

        from bundlesolve.kernels.pseudo_likelihood import pseudo_likelihood

        if not len(first):
            return np.zeros(0)
        n, m, p = counts.n, counts.m, len(first)
        rows, pair = np.concatenate([first, second]), np.tile(np.arange(p), 2)
        order = np.argsort(rows, kind="stable")
        begin = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=n))))
        neighbour = np.concatenate([second, first])[order]
        size = np.diff(receipts.starts)
        classes = SIZE_CLASSES if sizes else 1
        edges = np.unique(np.quantile(size, np.linspace(0, 1, classes + 1)[1:-1]))
        kind = np.searchsorted(edges, size).astype(np.int64)
        slopes = np.zeros(p), np.zeros(n), np.zeros(len(edges) + 1)
        curvature = np.zeros(p)
        share = np.clip(counts.share, 0.5 / (m + 1), 1 - 0.5 / (m + 1))

        def loss(x: FloatArray) -> tuple[float, FloatArray]:
            weight, bias, offset = x[:p], x[p : p + n], x[p + n :]
            value = pseudo_likelihood(
                receipts.starts.astype(np.int64),
                receipts.item.astype(np.int64),
                kind,
                begin.astype(np.int64),
                neighbour,
                pair[order],
                weight,
                bias,
                offset,
                *slopes,
                curvature,
            )
            slope = np.concatenate(slopes)
            slope[:p] += self.ridge * weight
            return (value + self.ridge / 2 * float(weight @ weight)) / m, slope / m

        x = np.concatenate(
            [start / 4, np.log(share / (1 - share)), np.zeros(len(edges) + 1)]
        )
        options = {"maxiter": self.steps, "maxcor": 10}
        found = minimize(loss, x, jac=True, method="L-BFGS-B", options=options)
        log.info(
            "%s: %d couplings, %d steps, loss %.4f", self.name, p, found.nit, found.fun
        )
        couplings: FloatArray = np.round(found.x[:p], 9)
        return couplings

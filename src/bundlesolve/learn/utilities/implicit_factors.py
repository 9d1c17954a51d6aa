"""Utility by the matrix factorisations of the library implicit: ALS and BPR."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bundlesolve.learn.utilities.extras import find
from bundlesolve.learn.utilities.factor_model import FactorModel, LeastSquaresFactors
from bundlesolve.learn.utilities.model import check_above

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass
class ImplicitFactors(FactorModel):
    """Vectors of customers and items from a model of implicit; scores are products.

    One thread, on the processor: the same receipts give the same vectors.
    """

    @abstractmethod
    def _trained(self, counts: csr_matrix) -> Any:
        """Return a model of implicit fitted to baskets by customer and item."""

    def _fit_scores(self, counts: csr_matrix) -> None:
        find("implicit", "implicit")
        self.norm_ = np.asarray(counts.sum(axis=1)).ravel()
        rows, columns = counts.shape
        if not counts.nnz:
            # Nobody is known; implicit would draw samples out of nothing.
            self.users_, self.items_ = np.zeros((rows, 1)), np.zeros((columns, 1))
            return
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            model = self._trained(counts.astype(np.float32))
        self.users_ = np.asarray(model.user_factors, dtype=np.float64)
        self.items_ = np.asarray(model.item_factors, dtype=np.float64)


@dataclass
class ImplicitAls(ImplicitFactors, LeastSquaresFactors):
    """Alternating least squares of the library implicit.

    The loss is that of `Factors`, which needs no library.

    Parameters
    ----------
    size
        Numbers a customer and an item. Default 32.
    seed
        Of the first vectors. Default 0.
    weight
        How much more a purchase counts than none. Default 5.
    ridge
        Default 5.
    rounds
        Default 15, the library's.

    Raises
    ------
    MissingExtra
        In ``fit``, if implicit is not installed.

    References
    ----------
    Y. Hu, Y. Koren, C. Volinsky, "Collaborative filtering for implicit feedback
    datasets", ICDM 2008.
    """

    name: ClassVar[str] = "implicit_als"
    summary: ClassVar[str] = "matrix factorisation (ALS) of the library implicit"

    rounds: int = 15

    def _trained(self, counts: csr_matrix) -> Any:
        from implicit.cpu.als import AlternatingLeastSquares

        confidence = counts.copy()
        confidence.data = 1 + np.float32(self.weight) * np.log1p(confidence.data)
        # Cholesky, not conjugate gradients: each half round then is the exact minimum.
        model = AlternatingLeastSquares(
            factors=self.size,
            regularization=self.ridge,
            use_cg=False,
            iterations=self.rounds,
            num_threads=1,
            random_state=self.seed,
        )
        model.fit(confidence, show_progress=False)
        return model


@dataclass
class ImplicitBpr(ImplicitFactors):
    """Bayesian personalised ranking of the library implicit.

    For customers ``h``, items ``i`` they bought and items ``j`` they did not, drawn at
    random, stochastic gradient steps on::

        sum_hij -log sigmoid(u_h . (v_i - v_j) + b_i - b_j) + ridge * (squares of all)

    How often something was bought does not count. The last number of ``v_i`` is ``b_i``.

    Parameters
    ----------
    size
        Numbers a customer and an item, but for ``b_i``. Default 32.
    seed
        Of the first vectors and the draws. Default 0.
    rate
        Of the steps. Default 0.05.
    ridge
        Default 0.01.
    rounds
        Passes over the purchases. Default 100.

    Raises
    ------
    MissingExtra
        In ``fit``, if implicit is not installed.

    References
    ----------
    S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian
    personalized ranking from implicit feedback", UAI 2009.
    """

    name: ClassVar[str] = "implicit_bpr"
    summary: ClassVar[str] = "pairwise ranking (BPR) of the library implicit"
    formula: ClassVar[str] = "logit P_hi = a + b (u_h . v_i + b_i) + c logit p_i"

    rate: float = 0.05
    ridge: float = 0.01
    rounds: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        check_above(self, "rate")
        check_above(self, "ridge")

    def _trained(self, counts: csr_matrix) -> Any:
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        # Several threads would write over each other: no two fits were the same.
        model = BayesianPersonalizedRanking(
            factors=self.size,
            learning_rate=self.rate,
            regularization=self.ridge,
            iterations=self.rounds,
            num_threads=1,
            random_state=self.seed,
        )
        model.fit(counts, show_progress=False)
        return model

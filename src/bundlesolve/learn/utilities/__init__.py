"""What each item is worth on its own: one file an estimator."""

from bundlesolve.learn.utilities.base import UtilityEstimator
from bundlesolve.learn.utilities.margin import ExpectedMargin

__all__ = ["ExpectedMargin", "UtilityEstimator"]

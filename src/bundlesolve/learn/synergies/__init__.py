"""What each pair is worth together: one file an estimator."""

from bundlesolve.learn.synergies.base import PairWorths, SynergyEstimator
from bundlesolve.learn.synergies.partial_correlation import PartialCorrelation

__all__ = ["PairWorths", "PartialCorrelation", "SynergyEstimator"]

"""Performance profiles.

E. D. Dolan and J. J. More, "Benchmarking optimization software with performance
profiles", Mathematical Programming 91 (2002), 201-213.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FLOOR = 0.01
"""Smallest cost that is told apart: a hundredth of a second, or of a per cent."""


@dataclass(frozen=True)
class Profile:
    """Share of problems that each method solves within a factor of the best method.

    Parameters
    ----------
    factors
        Increasing, from 1, shape ``[points]``.
    shares
        Shape ``[methods, points]``, from 0 to 1, never falling.
    problems
        Number of problems, those that nobody solves included.
    """

    factors: FloatArray
    shares: FloatArray
    problems: int


def performance_ratios(costs: FloatArray, floor: float = FLOOR) -> FloatArray:
    r"""Return :math:`r_{p,m} = t_{p,m} / \min_j t_{p,j}`; infinite where it is not solved.

    Parameters
    ----------
    costs
        Shape ``[problems, methods]``, lower is better; infinite: not solved.
    floor
        Costs below count as this. Default `FLOOR`.
    """
    raised = np.maximum(costs, floor)
    if not raised.size:
        return raised
    best = raised.min(axis=1, keepdims=True)
    ratios = np.full_like(raised, np.inf)
    np.divide(raised, best, out=ratios, where=np.isfinite(raised))
    return ratios


def profile(costs: FloatArray, floor: float = FLOOR) -> Profile:
    r"""Return :math:`\rho_m(\tau) = |\{p : r_{p,m} \le \tau\}| / n_p` at every jump.

    Parameters
    ----------
    costs
        As in `performance_ratios`, without NaN.
    floor
        The same.
    """
    ratios = performance_ratios(costs, floor)
    problems, methods = ratios.shape
    factors = np.unique(np.append(ratios[np.isfinite(ratios)], 1.0))
    shares = np.zeros((methods, len(factors)))
    for method in range(methods):
        column = np.sort(ratios[:, method])
        shares[method] = np.searchsorted(column, factors, side="right")
    return Profile(factors, shares / max(problems, 1), problems)

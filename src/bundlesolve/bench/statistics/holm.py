"""Holm's correction of several tests at once.

S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
of Statistics 6 (1979), 65-70.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    r"""Return adjusted p-values, in the order of the given ones.

    Of ``m`` values in increasing order, the ``i``-th becomes
    :math:`\max_{j \le i} \min(1, (m - j + 1)\,p_{(j)})`. Calling those below ``alpha``
    significant errs on any of them with probability ``alpha`` at most.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted = [1.0] * len(values)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - place) * values[index]))
        adjusted[index] = highest
    return adjusted

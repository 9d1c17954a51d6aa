"""Which of the problems in one file is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from bundlesolve.errors import InvalidFile

SHARES = ("2.5%", "5%", "10%", "25%", "50%", "75%")
"""Shares of the total weight that public instances use as budgets."""


def choose(select: str | None, count: int, file: str, what: str = "problem") -> int:
    """Return the index of the problem that is asked for by its number from 1.

    Raises
    ------
    InvalidFile
        If there is no such problem, or several and none is asked for.
    """
    expected = f"select in 1..{count}, the file's {what}s"
    if select is None:
        if count == 1:
            return 0
        raise InvalidFile(file, "select", expected, "none")
    if not (select.isascii() and select.isdigit() and len(select) < 10):
        raise InvalidFile(file, "select", expected, repr(select))
    if not 1 <= int(select) <= count:
        raise InvalidFile(file, "select", expected, select)
    return int(select) - 1


def choose_budget(
    select: str | None, budgets: Sequence[int], weight: int, file: str
) -> int:
    """Return the index of the budget asked for, as ``2.5%`` of the weight or a number.

    Raises
    ------
    InvalidFile
        If there is no such budget, or several and none is asked for.
    """
    if select is not None and select.endswith("%"):
        percent = _percent(select)
        if percent is not None:
            shares = [100 * budget / max(weight, 1) for budget in budgets]
            nearest = min(range(len(shares)), key=lambda k: abs(shares[k] - percent))
            if _is_share(shares[nearest], percent, weight):
                return nearest
    elif select is not None or len(budgets) == 1:
        return choose(select, len(budgets), file, "budget")
    listed = [
        f"{k + 1} ({share_name(budget, weight)} = {budget})"
        for k, budget in enumerate(budgets[:12])
    ]
    expected = "select as one of " + ", ".join(listed)
    if len(budgets) > 12:
        expected += f", ... {len(budgets)}"
    raise InvalidFile(file, "select", expected, "none" if select is None else repr(select))


def _percent(text: str) -> float | None:
    digits = text[:-1]
    if not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        return None
    return float(digits)


def _is_share(percent: float, named: float, weight: int) -> bool:
    """Tell whether a budget is a share, rounded: off by 1 and by one part in 50."""
    return abs(percent - named) <= named / 50 + 100 / max(weight, 1)


def share_name(budget: int, weight: int) -> str:
    """Return a budget as share of the total weight, such as ``2.5%``."""
    percent = 100 * budget / max(weight, 1)
    nearest = min(SHARES, key=lambda share: abs(float(share[:-1]) - percent))
    if _is_share(percent, float(nearest[:-1]), weight):
        return nearest
    return f"{percent:.4g}%"


def stem(file: str) -> str:
    """Return a file's name without folder and without the endings of instance files."""
    name = PurePath(file).name.strip("<>")
    for ending in (".gz", ".txt", ".sparse", ".opb", ".dat"):
        name = name.removesuffix(ending)
    return name

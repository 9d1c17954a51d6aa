"""A kiosk's dirty receipts, small enough to count by hand, and helpers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.learn import Catalogue, Transactions

DIRTY = """\
receipt,article,units,paid,when,who,note
1,tea,2,3.00,2024-01-01 09:00,ann,
1,cake,1,2.00,2024-01-01 09:00,ann,
1,cake,1,2.00,2024-01-01 09:00,ann,
1,cake,3,4.00,2024-01-01 09:00,ann,
2, TEA ,1,3.00,2024-01-02 09:00,,
2,POST,1,5.00,2024-01-02 09:00,,
C3,tea,-2,3.00,2024-01-03 09:00,ann,
4,tea,0,3.00,2024-01-04 09:00,bob,
4,tea,,3.00,2024-01-04 09:00,bob,
4,cake,1,0.00,2024-01-04 09:00,bob,
4,cake,1,,2024-01-04 09:00,bob,
4,,1,1.00,2024-01-04 09:00,bob,
NA,tea,1,1.00,2024-01-04 09:00,bob,
5,mug,1,7.50,2024-01-05 09:00,bob,"line
break"
"""
"""14 rows: one exact duplicate (the second cake), two without ids, one cancelled, one that
is no article, two without a quantity, one free; the other cake of receipt 1 is merged."""


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def baskets(
    lists: list[list[int]], n: int, customer: ArrayLike | None = None
) -> Transactions:
    """Return transactions of ``n`` items called a, b, c, ...; one unit at price 1 each."""
    item = [i for basket in lists for i in sorted(basket)]
    return Transactions(
        items=tuple("abcdefghijklmnopqrstuvwxyz"[:n]),
        baskets=tuple(f"{b:05d}" for b in range(len(lists))),
        starts=np.cumsum([0] + [len(basket) for basket in lists]),
        item=np.array(item, dtype=np.int64),
        quantity=np.ones(len(item)),
        price=np.ones(len(item)),
        customer=None if customer is None else np.asarray(customer, dtype=np.int64),
    )


def catalogue(receipts: Transactions, margin: ArrayLike) -> Catalogue:
    """Return a catalogue of the same items in which these margins are earned."""
    earned = np.asarray(margin, dtype=float)
    numbers = {"price": earned + 1.0, "cost": np.ones(receipts.n)}
    return Catalogue(receipts.items, receipts.items, ("",) * receipts.n, numbers)

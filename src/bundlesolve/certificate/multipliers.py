"""The multipliers of the Lagrangian bound, changed step by step."""

from __future__ import annotations

import re

from bundlesolve.certificate.box import Box
from bundlesolve.certificate.problem import Problem
from bundlesolve.certificate.runs import decode

SECTION = re.compile(r"([snhl])(0|-?[1-9][0-9]{0,2}):(.+)")
KINDS = "snhl"


class Multipliers:
    """Splits of pair worths and prices of rows, in units of ``2**-bits``.

    Parameters
    ----------
    problem
        What they are about.
    bits
        The unit's power of two.

    Attributes
    ----------
    split
        The part of its pair's worth that each arc carries; arc ``2 p`` leads from the
        first variable of joint pair ``p`` to the second, ``2 p + 1`` back. They add up to
        the pair's worth because only the first is ever set.
    clash
        Prices of the soft rows ``x_i + x_j <= 1`` that pairs of negative worth are.
    high, low
        Prices of ``a.x <= high`` and of ``a.x >= low`` for every row.
    """

    def __init__(self, problem: Problem, bits: int) -> None:
        self.problem, self.bits = problem, bits
        self.split = [pair.worth << (bits - 1) for pair in problem.joint for _ in (0, 1)]
        self.clash = [0] * len(problem.clashes)
        self.high = [0] * len(problem.rows)
        self.low = [0] * len(problem.rows)

    def changed(self, text: str, box: Box) -> Multipliers:
        """Return the multipliers after a change that is written as text.

        Sections divided by ``;``, each ``kind exponent : runs`` (see `runs`), say what is
        added in units of ``2**exponent``: ``s`` to the splits of the box's joint pairs,
        ``n`` to the prices of its pairs of negative worth, ``h`` and ``l`` to the prices
        of the rows' two sides.

        Raises
        ------
        ValueError
            If the text is malformed, a price is negative, or one is above its penalty.
        """
        if not text:
            return self
        made = object.__new__(Multipliers)
        made.__dict__.update(self.__dict__)
        seen = ""
        for part in text.split(";"):
            section = SECTION.fullmatch(part)
            if section is None:
                raise ValueError(f"a section such as 's-3:A2b', found {part[:20]!r}")
            kind, exponent = section[1], int(section[2]) + self.bits
            if kind in seen or (seen and KINDS.index(kind) < KINDS.index(seen[-1])):
                raise ValueError(f"sections once each, in the order {KINDS}, found {kind}")
            if not 0 <= exponent <= 256:
                raise ValueError(f"exponent of {-self.bits} or more, found {section[2]}")
            seen += kind
            made._add(kind, exponent, section[3], box)
        return made

    def _add(self, kind: str, exponent: int, runs: str, box: Box) -> None:
        if kind == "s":
            self.split = list(self.split)
            for position, value in decode(runs):
                p = _at(box.joint, position, "joint pairs of the box")
                self.split[2 * p] += value << exponent
                self.split[2 * p + 1] -= value << exponent
            return
        if kind == "n":
            self.clash = list(self.clash)
            for position, value in decode(runs):
                p = _at(box.clashes, position, "negative pairs of the box")
                self.clash[p] += value << exponent
                worth = self.problem.clashes[p].worth
                _within(self.clash[p], -worth << self.bits, f"negative pair {p}")
            return
        prices = list(self.high if kind == "h" else self.low)
        for r, value in decode(runs):
            if r >= len(prices):
                raise ValueError(f"{len(prices)} rows, found row {r}")
            prices[r] += value << exponent
            penalty = self.problem.rows[r].penalty
            most = None if penalty is None else penalty << self.bits
            _within(prices[r], most, f"row {r}")
        if kind == "h":
            self.high = prices
        else:
            self.low = prices


def _at(numbers: list[int], position: int, what: str) -> int:
    if position >= len(numbers):
        raise ValueError(f"{len(numbers)} {what}, found one at {position}")
    return numbers[position]


def _within(price: int, most: int | None, what: str) -> None:
    if price < 0:
        raise ValueError(f"a price of {what} of 0 or more, found a negative one")
    if most is not None and price > most:
        raise ValueError(f"a price of {what} of at most its penalty, found a larger one")

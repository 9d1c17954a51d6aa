"""Pseudo-Boolean files (`.opb`) with a quadratic objective, as QPLIB publishes them."""

from __future__ import annotations

import re

import numpy as np

from bundlesolve.files.select import choose, stem
from bundlesolve.files.tokens import Tokens
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category, Conflict
from bundlesolve.model.synergies import Synergies

NAME = "qplib_pb"
SUMMARY = "binary quadratic programs with linear rows (pseudo-Boolean .opb)"

_COMMENT = re.compile(rb"^[ \t]*\*[^\n]*", re.MULTILINE)
_MARK = re.compile(rb"([<>]?=|[;:])")
_VARIABLE = re.compile(rb"[A-Za-z_][A-Za-z0-9_\[\]{}.]*")
_BEGINS = re.compile(rb"(\s*\*[^\n]*\n)*\s*(min|max)\s*:")
_CLAIM = re.compile(rb"\*\s*#variable=\s*(\d{1,15})\s+#constraint=\s*(\d{1,15})\b")

Terms = dict[tuple[int, ...], int]


def recognise(data: bytes) -> bool:
    """Tell whether ``min:`` comes first, after comment lines that begin with ``*``."""
    start = data[: 1 << 16]
    return bool(_CLAIM.match(start) or _BEGINS.match(start))


def read(data: bytes, file: str, select: str | None) -> Instance:
    """Read the instance, with the sign turned where the file minimises.

    A row of ones becomes a category or, where at most one may be chosen, a conflict;
    every other row becomes a budget.

    Raises
    ------
    InvalidFile
        If the file breaks the format, multiplies more than two variables in the
        objective or any in a row.
    """
    choose(select, 1, file)
    claim = _CLAIM.match(data)
    plain = _COMMENT.sub(b"", data)
    parser = _Parser(Tokens(_MARK.sub(rb" \1 ", plain), file))
    sense, objective = parser.objective()
    limits: list[_Row] = []
    while parser.tokens.left:
        limits.append(parser.row(len(limits) + 1))
    names = list(parser.numbers)
    if claim:
        _check_claim(parser.tokens, claim, len(names), len(limits))
    order = sorted(range(len(names)), key=lambda v: _sort_key(names[v]))
    place = np.argsort(order).tolist()
    sign = -1 if sense == b"min" else 1
    utility = np.zeros(len(names), dtype=np.int64)
    pairs = {}
    for key, worth in objective.items():
        if len(key) == 1:
            utility[place[key[0]]] = sign * worth
        else:
            pairs[place[key[0]], place[key[1]]] = sign * worth
    made = [limit.to_limit(place) for limit in limits]
    return Instance(
        items=tuple(names[v].decode() for v in order),
        utility=utility,
        synergies=Synergies.of({pair: w for pair, w in pairs.items() if w}),
        budgets=tuple(limit for limit in made if isinstance(limit, Budget)),
        categories=tuple(limit for limit in made if isinstance(limit, Category)),
        rules=tuple(limit for limit in made if isinstance(limit, Conflict)),
        name=stem(file),
        minimise=sense == b"min",
    )


def _sort_key(name: bytes) -> tuple[bytes, int, bytes]:
    """Sort ``x2`` before ``x10``."""
    letters = name.rstrip(b"0123456789")
    return letters, int(name[len(letters) :][:18] or b"0"), name


def _check_claim(tokens: Tokens, claim: re.Match[bytes], variables: int, rows: int) -> None:
    if rows != int(claim[2]):
        raise tokens.error(f"{int(claim[2])} constraints", rows)
    if variables > int(claim[1]):
        raise tokens.error(f"at most {int(claim[1])} variables", variables)


class _Row:
    """One constraint ``low <= terms <= high``."""

    def __init__(
        self, number: int, terms: Terms, low: int | None, high: int | None
    ) -> None:
        self.name = f"row {number}"
        self.terms = {key[0]: coef for key, coef in terms.items() if coef}
        self.low = low
        self.high = high
        if self.terms and all(coef < 0 for coef in self.terms.values()):
            self.terms = {v: -coef for v, coef in self.terms.items()}
            self.low = None if high is None else -high
            self.high = None if low is None else -low

    def to_limit(self, place: list[int]) -> Budget | Category | Conflict:
        """Return the limit this row is, with variables as item numbers."""
        items = integers([place[v] for v in self.terms])
        low, high = self.low, self.high
        counts = all(side is None or side >= 0 for side in (low, high))
        if len(items) and counts and set(self.terms.values()) == {1}:
            if low is None and high == 1 and len(items) > 1:
                return Conflict(name=self.name, items=items)
            return Category(name=self.name, items=items, at_least=low, at_most=high)
        amounts = Amounts.of({place[v]: coef for v, coef in self.terms.items()})
        return Budget(name=self.name, per_item=amounts, at_least=low, at_most=high)


class _Parser:
    """Statements from words; variables are numbered as they come."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.numbers: dict[bytes, int] = {}

    def objective(self) -> tuple[bytes, Terms]:
        """Return the sense and the terms; without an objective nothing is worth."""
        words = self.tokens.words
        if not words:
            raise self.tokens.fail("min: or a constraint")
        if words[1:2] != [b":"]:
            return b"max", {}
        if words[0] not in (b"min", b"max"):
            raise self.tokens.fail("min: or max:")
        self.tokens.take(2, "min:")
        terms = self._terms(2)
        self._mark((b";",))
        return words[0], terms

    def row(self, number: int) -> _Row:
        """Return the next constraint."""
        terms = self._terms(1)
        relation = self._mark((b">=", b"=", b"<="))
        side = self.tokens.integer("the right-hand side", -(2**53), 2**53)
        self._mark((b";",))
        low = None if relation == b"<=" else side
        high = None if relation == b">=" else side
        return _Row(number, terms, low, high)

    def _mark(self, expected: tuple[bytes, ...]) -> bytes:
        tokens = self.tokens
        if not tokens.left or tokens.words[tokens.at] not in expected:
            raise tokens.fail(" or ".join(mark.decode() for mark in expected))
        return tokens.words[tokens.take(1, "a mark").start]

    def _terms(self, most: int) -> Terms:
        """Return the sum of terms up to the next mark: coefficients by variables."""
        tokens, terms = self.tokens, Terms()
        while tokens.left and not _MARK.match(tokens.words[tokens.at]):
            coef = tokens.integer("a coefficient", -(2**53))
            found: set[int] = set()
            while tokens.left and _VARIABLE.fullmatch(tokens.words[tokens.at]):
                word = tokens.words[tokens.take(1, "a variable").start]
                found.add(self.numbers.setdefault(word, len(self.numbers)))
            if not found:
                raise tokens.fail("a variable")
            if len(found) > most:
                expected = f"a product of at most {most} variable(s)"
                raise tokens.error(expected, len(found), tokens.at - 1)
            key = tuple(sorted(found))
            terms[key] = terms.get(key, 0) + coef
        return terms

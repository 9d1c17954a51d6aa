"""LP files (CPLEX's format): the program, pairs linearised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bundlesolve.files.linear_form import LinearForm, linear_form
from bundlesolve.model.instance import Instance

NAME = "lp"
SUMMARY = "LP file, pair worths linearised"
EXTENSIONS = (".lp",)

TERMS_A_LINE = 8
"""Keeps lines below the 510 characters that some readers take."""


def write(instance: Instance) -> bytes:
    """Return the file's content; comments say what the names stand for."""
    return text(linear_form(instance, products=False))


def text(form: LinearForm) -> bytes:
    """Return a linear form as an LP file."""
    return ("\n".join(_lines(form)) + "\n").encode("ascii")


def _lines(form: LinearForm) -> Iterator[str]:
    for note in form.notes:
        yield f"\\ {note}"
    yield "Maximize"
    # Variables worth nothing too: a reader must know them before their bounds come.
    yield from _sum(form, " obj:", enumerate(form.worth))
    if form.pairs:
        # What stands in the brackets counts half.
        names = form.names
        products = (_term(2 * w, f"{names[i]} * {names[j]}") for i, j, w in form.pairs)
        yield from _wrapped(" + [", products)
        yield " ] / 2"
    yield "Subject To"
    for row in form.rows:
        yield from _sum(form, f" {row.name}:", row.terms)
        yield f"  {row.sense} {row.side}"
    binary, other = [], []
    yield "Bounds"
    for v, name in enumerate(form.names):
        low, high = form.lower[v], form.upper[v]
        if form.whole[v] and (low, high) == (0, 1):
            binary.append(name)
            continue
        if form.whole[v]:
            other.append(name)
        yield f" {low} <= {name}" + ("" if high is None else f" <= {high}")
    for section, members in (("Binaries", binary), ("Generals", other)):
        if members:
            yield section
            yield from _wrapped("", members)
    yield "End"


def _sum(form: LinearForm, start: str, terms: Iterable[tuple[int, int]]) -> Iterator[str]:
    return _wrapped(start, (_term(coef, form.names[v]) for v, coef in terms))


def _term(coef: int, name: str) -> str:
    return f"{'-' if coef < 0 else '+'} {abs(coef)} {name}"


def _wrapped(start: str, words: Iterable[str]) -> Iterator[str]:
    line, count = [start], 0
    for word in words:
        if count == TERMS_A_LINE:
            yield " ".join(line)
            line, count = [" "], 0
        line.append(word)
        count += 1
    yield " ".join(line)

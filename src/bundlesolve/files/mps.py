"""MPS files (free format): the program, pairs linearised."""

from __future__ import annotations

from collections.abc import Iterator

from bundlesolve.files.linear_form import LinearForm, linear_form
from bundlesolve.model.instance import Instance

NAME = "mps"
SUMMARY = "MPS file in free format, pair worths linearised"
EXTENSIONS = (".mps",)

_SENSES = {"<=": "L", ">=": "G", "=": "E"}


def write(instance: Instance) -> bytes:
    """Return the file's content; comments say what the names stand for."""
    form = linear_form(instance, products=False)
    return ("\n".join(_lines(form)) + "\n").encode("ascii")


def _lines(form: LinearForm) -> Iterator[str]:
    for note in form.notes:
        yield f"* {note}"
    yield "NAME bundlesolve"
    # A reader that does not know the section stops; it never minimises in silence.
    yield "OBJSENSE"
    yield "    MAX"
    yield "ROWS"
    yield " N obj"
    for row in form.rows:
        yield f" {_SENSES[row.sense]} {row.name}"
    yield "COLUMNS"
    yield from _columns(form)
    yield "RHS"
    for row in form.rows:
        if row.side:
            yield f" rhs {row.name} {row.side}"
    yield "BOUNDS"
    for v, name in enumerate(form.names):
        # Lower before upper: an upper bound alone may change an absent lower one.
        yield f" LO bnd {name} {form.lower[v]}"
        if form.upper[v] is not None:
            yield f" UP bnd {name} {form.upper[v]}"
    yield "ENDATA"


def _columns(form: LinearForm) -> Iterator[str]:
    entries: list[list[tuple[str, int]]] = [[] for _ in form.names]
    for row in form.rows:
        for v, coef in row.terms:
            if coef:
                entries[v].append((row.name, coef))
    inside = False
    for v, name in enumerate(form.names):
        if form.whole[v] != inside:
            inside = form.whole[v]
            kind = "INTORG" if inside else "INTEND"
            yield f" marker{v} 'MARKER' '{kind}'"
        yield f" {name} obj {form.worth[v]}"
        for row_name, coef in entries[v]:
            yield f" {name} {row_name} {coef}"
    if inside:
        yield " marker 'MARKER' 'INTEND'"

"""The layout of a program for the kernels, made once while the program is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

from bundlesolve.model.program import Program

if TYPE_CHECKING:
    from bundlesolve.kernels.layout import Layout

MANY_PAIRS = 500_000
"""Pairs of a program that is large enough to give memory back for."""

_latest: list[tuple[ref[Program], Layout]] = []


def layout_of(program: Program) -> Layout:
    """Return the program's layout; the latest program's is remembered, as long as it lives.

    Greedy and local search follow each other on one program, and sorting half a million
    pairs takes as long as the greedy does.
    """
    from bundlesolve.kernels.heap import give_back
    from bundlesolve.kernels.layout import Arrays, lay_out

    for known, layout in _latest:
        if known() is program:
            return layout
    if program.num_pairs > MANY_PAIRS:
        give_back()
    layout = lay_out(Arrays(*(getattr(program, name) for name in Arrays._fields)))
    remember(program, layout)
    return layout


def forget(program: Program) -> None:
    """Let go of the program's layout, so that there is room for other things."""
    from bundlesolve.kernels.heap import give_back

    _latest[:] = [known for known in _latest if known[0]() is not program]
    if program.num_pairs > MANY_PAIRS:
        give_back()


def remember(program: Program, layout: Layout) -> None:
    """Take a layout that somebody else has made for that of a program."""
    _latest[:] = [(ref(program, lambda _: _latest.clear()), layout)]

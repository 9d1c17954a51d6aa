"""What a search holds of an instance, counted array by array, and large networks."""

from __future__ import annotations

from dataclasses import fields
from unittest import mock

import numpy as np
import pytest

from bundlesolve.bounds import mincut
from bundlesolve.bounds.closure import Closure, closure_of
from bundlesolve.bounds.mincut import CutBound
from bundlesolve.generate import KINDS
from bundlesolve.model.compile import compile
from bundlesolve.model.frozen import Frozen
from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Program
from bundlesolve.reduce.cut_fixing import fix_by_cuts
from bundlesolve.solvers import layouts
from bundlesolve.solvers.cut_core import make_room

TIMES = 2.5
"""Times the instance's arrays that a search of one row may hold."""


def team(items: int) -> Instance:
    """Return a team instance with about a dozen pairs a person."""
    return KINDS["team"](items=items, skills=items // 4).make(1)  # type: ignore[call-arg]


def arrays_of(value: object) -> dict[int, int]:
    """Return the bytes of all arrays of a record by who owns them, each once."""
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        return {id(value): value.nbytes}
    parts: list[object] = []
    if isinstance(value, Frozen):
        parts += [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, tuple) and value and not isinstance(value[0], str | int):
        parts += value
    found: dict[int, int] = {}
    for part in parts:
        found |= arrays_of(part)
    return found


def test_what_a_search_holds_is_a_few_times_the_instance() -> None:
    """The program shares the pairs, the layout the rows; the cuts' network is as small."""
    instance = team(2_000)
    program = compile(instance).program
    closure = closure_of(program)
    assert closure is not None
    own = sum(arrays_of(instance).values())
    shared = arrays_of(instance) | arrays_of(program)
    layout = shared | arrays_of(layouts.layout_of(program))
    assert sum(layout.values()) <= TIMES * own
    with mock.patch.object(mincut, "MOST_AGAIN", 0):
        network = shared | arrays_of(CutBound(closure).network)
    assert sum(network.values()) <= TIMES * own


def test_a_layout_is_let_go_of_where_a_large_network_follows() -> None:
    """A small program keeps its layout, a large one makes it again."""
    program = compile(team(300)).program
    layout = layouts.layout_of(program)
    make_room(program)
    assert layouts.layout_of(program) is layout
    with mock.patch("bundlesolve.solvers.cut_core.MOST_AGAIN", 0):
        make_room(program)
    assert layouts.layout_of(program) is not layout


def cuts(closure: Closure, large: bool, aside: bool) -> CutBound:
    """Return the cuts of a closure problem, as of a large one, set aside in between."""
    with mock.patch.object(mincut, "MOST_AGAIN", 0 if large else 1 << 40):
        cut = CutBound(closure)
        while not cut.is_done:
            cut.step()
            if aside:
                cut.set_aside()
    return cut


@pytest.mark.parametrize("kind", ["team", "retail"])
@pytest.mark.parametrize("aside", [False, True])
def test_a_large_network_cuts_as_any_other(kind: str, aside: bool) -> None:
    """Without the worth of arcs, also set aside and made again: the very same flows."""
    shop = KINDS["retail"](items=200, synergies=2_000).make(3)  # type: ignore[call-arg]
    program: Program = compile(team(300) if kind == "team" else shop).program
    closure = closure_of(program)
    assert closure is not None
    one, other = cuts(closure, False, aside), cuts(closure, True, aside)
    assert not len(other.network.worth)
    # The first load counts as one at scale 1 where there is no worth to load.
    assert one.state.tolist() == other.state.tolist()
    for name in ("small", "large"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    for name in ("left", "excess", "label"):
        assert np.array_equal(getattr(one.network, name), getattr(other.network, name))
    objective = program.objective(program.lower)
    assert one.bound is not None
    near = max(objective, one.bound - 50)
    left = [fix_by_cuts(program, cut, near) for cut in (one, other)]
    assert left[0].program == left[1].program
    assert np.array_equal(left[0].free, left[1].free)
    points = [cut.breakpoints(5, lambda: True) for cut in (one, other)]
    assert [point[:2] for point in points[0]] == [point[:2] for point in points[1]]
    for cut in (one, other):
        cut.tighten(objective, lambda: True, 6)
    assert one.bound == other.bound

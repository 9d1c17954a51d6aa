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
from bundlesolve.kernels.arcs import rest, scale_of, shifts
from bundlesolve.kernels.mincut import Network
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
    with mock.patch.object(mincut, "MOST_AGAIN", 0):
        cut = CutBound(closure)
    network = shared | arrays_of(cut.network)
    assert sum(network.values()) <= TIMES * own
    cut.set_aside()
    assert cut._flow is not None
    assert sum((layout | arrays_of(cut._flow)).values()) <= TIMES * own


def test_bytes_of_a_pair() -> None:
    """20 in a network: heads, the smaller one's pair, a flow; 16 in a layout; 6 aside."""
    program = compile(team(2_000)).program
    closure = closure_of(program)
    assert closure is not None
    with mock.patch.object(mincut, "MOST_AGAIN", 0):
        cut = CutBound(closure)
    net, pairs, node = cut.network, program.num_pairs, 8 * program.num_vars
    assert net.worth.base is program.pair_worth
    own = arrays_of((net.start, net.head, net.back, net.left, net.excess, net.label))
    assert sum(own.values()) == 20 * pairs + 4 * node + 24
    cut.set_aside()
    assert cut._flow is not None
    assert sum(arrays_of(tuple(cut._flow)).values()) <= 6 * (pairs + 1) + node
    layout = layouts.layout_of(program)
    adjacency = (layout.adj_start, layout.adj_var, layout.adj_worth, layout.adj_more)
    assert sum(arrays_of(adjacency).values()) == 16 * pairs + node + 8


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


def rests(net: Network) -> list[int]:
    """Return what is left of every arc."""
    scale, found = scale_of(net.head, net.back, net.left), []
    for v in range(len(net.excess)):
        at = shifts(net.start, net.head, net.back, v)
        arcs = range(net.start[v], net.start[v + 1])
        found += [rest(net.back, net.worth, net.left, scale, at, e) for e in arcs]
    return found


@pytest.mark.parametrize("kind", ["team", "retail"])
@pytest.mark.parametrize("aside", [False, True])
def test_a_large_network_cuts_as_any_other(kind: str, aside: bool) -> None:
    """In pairs, also set aside and made again: the very same flows."""
    shop = KINDS["retail"](items=200, synergies=2_000).make(3)  # type: ignore[call-arg]
    program: Program = compile(team(300) if kind == "team" else shop).program
    closure = closure_of(program)
    assert closure is not None
    one, other = cuts(closure, False, aside), cuts(closure, True, aside)
    assert len(other.network.worth) == len(one.network.worth) // 2
    assert one.state.tolist() == other.state.tolist()
    for name in ("small", "large"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    for name in ("start", "head", "excess", "label"):
        mine, its = getattr(one.network, name), getattr(other.network, name)
        assert np.array_equal(mine, its[: len(mine)])
    assert rests(one.network) == rests(other.network)
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

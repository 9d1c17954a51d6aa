"""What is made of a changed model is what would be made anew."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.kernels.layout import Arrays, Layout, lay_out
from bundlesolve.live.state import State
from bundlesolve.model import Instance, Program, compile
from tests.live.steps import changed, steps
from tests.strategies import instances


def whole_layout(program: Program) -> Layout:
    """Lay a program out anew."""
    return lay_out(Arrays(*(getattr(program, name) for name in Arrays._fields)))


@settings(max_examples=150)
@given(st.data(), instances(most_items=4))
def test_changed_states_are_new_ones(data: st.DataObject, instance: Instance) -> None:
    """Program and layout after some changes are those of the last instance."""
    state = State.of(instance)
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()):
            assert state.layout is not None
        state = state.changed(changed(state.instance, data.draw(steps(state.instance))))
    assert state.program == compile(state.instance).program
    whole = whole_layout(state.program)
    for name in Layout._fields:
        ours = getattr(state.layout, name)
        assert np.array_equal(ours, getattr(whole, name))
        assert ours.flags.writeable


def test_pairs_are_shared(tea: Instance) -> None:
    """A change of the budget leaves the layout of the pairs where it was."""
    state = State.of(tea)
    layout = state.layout
    less = state.changed(tea.replace(budgets=(tea.budgets[0].replace(at_most=5),)))
    assert less.layout.adj_worth is layout.adj_worth
    assert less.layout.row_high.tolist() == [5]

"""A live model as it stands: the instance, its program, and the layout for kernels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.model.compile import Compiled, compile
from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Program
from bundlesolve.solvers.layouts import layout_of

if TYPE_CHECKING:
    from bundlesolve.kernels.layout import Layout


@dataclass(frozen=True)
class State:
    """An instance with what was made of it for searching.

    Parameters
    ----------
    compiled
        The instance and its program.
    before
        The layout of a program with the same pairs. Default None: there is none.
    """

    compiled: Compiled
    before: Layout | None = None

    @classmethod
    def of(cls, instance: Instance) -> State:
        """Make everything anew."""
        return cls(compile(instance))

    @property
    def instance(self) -> Instance:
        """What was compiled."""
        return self.compiled.instance

    @property
    def program(self) -> Program:
        """What is searched."""
        return self.compiled.program

    @cached_property
    def layout(self) -> Layout:
        """The program's layout for kernels."""
        from bundlesolve.kernels.layout import Arrays, lay_out_again

        if self.before is None or len(self.before.lower) != self.program.num_vars:
            return layout_of(self.program)
        arrays = Arrays(*(getattr(self.program, name) for name in Arrays._fields))
        return lay_out_again(arrays, self.before)

    def changed(self, instance: Instance) -> State:
        """Return the state of a changed instance, with the same items and bundles.

        Pairs, by far the most of most instances, are compiled and laid out again only
        where synergies differ, and laid out not even then if only the worth of pairs does;
        in that case the old state must not be used any more, for its layout is changed.
        """
        before = self.__dict__.get("layout", self.before)
        compiled = compile(instance, self.compiled)
        if instance.synergies is self.instance.synergies:
            return State(compiled, before)
        old, new = self.program, compiled.program
        if before is None or not same_pairs(old, new):
            return State(compiled)
        from bundlesolve.kernels.layout import set_pair

        for p in np.flatnonzero(old.pair_worth != new.pair_worth).tolist():
            ends = int(new.pair_first[p]), int(new.pair_second[p])
            if not set_pair(before, *ends, int(new.pair_worth[p])):
                return State(compiled)
        return State(compiled, before)


def same_pairs(before: Program, after: Program) -> bool:
    """Tell whether two programs have the same pairs, whatever they are worth."""
    return np.array_equal(before.pair_first, after.pair_first) and np.array_equal(
        before.pair_second, after.pair_second
    )

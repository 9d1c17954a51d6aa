"""Which bound the nodes of the exact method's tree get."""

from __future__ import annotations

from typing import Protocol

from bundlesolve.bounds import convex, doubly_nonnegative
from bundlesolve.bounds.convex import Convex, clashes
from bundlesolve.bounds.core import Core
from bundlesolve.bounds.doubly_nonnegative import DoublyNonnegative
from bundlesolve.bounds.semidefinite import Semidefinite


class Kind(Protocol):
    """Chooses the bound of a node from its core."""

    def __call__(self, core: Core, is_root: bool = False) -> type[Semidefinite]:
        """Return the class of the bound."""


def choose_kind(root: Core, rounds: bool = False) -> Kind:
    """Return what chooses the bound of a tree's nodes.

    Parameters
    ----------
    root
        The core of the root. Where enough of its pairs clash and it suits, all nodes get
        the doubly nonnegative bound.
    rounds
        Whether nodes are bounded by rounds of `Convex` wherever that is possible.
    """
    if clashes(root) and doubly_nonnegative.suits(root) and not rounds:
        return lambda core, is_root=False: DoublyNonnegative

    def kind(core: Core, is_root: bool = False) -> type[Semidefinite]:
        fits = convex.is_possible(core) if rounds else convex.suits(core)
        return Convex if fits else Semidefinite

    return kind

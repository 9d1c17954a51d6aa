"""Kernels that a search asks for only where its program needs them."""

from __future__ import annotations

from bundlesolve.model.instance import Instance

LARGE = 1_000
"""Items and bundles together from which on kernels for large programs may be needed."""


def warm_up(instance: Instance) -> None:
    """Load or compile those that this instance may need, outside its caller's clock.

    A search compiles such a kernel when it first needs it (`bundlesolve.run.Run.aside`),
    which the limit of its own run does not count, but a clock outside of it does.
    """
    from bundlesolve.kernels import communities, cut_tree, relink, star_tree, warm
    from bundlesolve.solvers.sharing import search as sharing

    communities.warm_up()
    relink.warm_up()
    warm.warm_up_weighted()
    warm.warm_up_groups()
    warm.warm_up_supply()
    warm.warm_up_classes()
    cut_tree.warm_up()
    star_tree.warm_up()
    if not len(instance.synergies):
        warm.warm_up_packing()
    if instance.num_bundles > 1:
        sharing.warm_up()
    if instance.n * instance.num_bundles >= LARGE:
        _warm_up_large()


def _warm_up_large() -> None:
    from bundlesolve.kernels import anneal, greedy_heap
    from bundlesolve.solvers.segments import search

    greedy_heap.warm_up()
    anneal.warm_up()
    search.warm_up()

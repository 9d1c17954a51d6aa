"""Kernels that a search asks for only where its program needs them."""

from __future__ import annotations

from functools import cache


@cache
def warm_up() -> None:
    """Load or compile them all, for a caller whose clock must count none of them.

    A search compiles such a kernel when it first needs it (`bundlesolve.run.Run.aside`),
    which the limit of its own run does not count, but a clock outside of it does.
    """
    from bundlesolve.kernels import anneal, communities, cut_tree, greedy_heap, relink, warm
    from bundlesolve.solvers.segments import search

    greedy_heap.warm_up()
    communities.warm_up()
    relink.warm_up()
    warm.warm_up_weighted()
    warm.warm_up_packing()
    cut_tree.warm_up()
    anneal.warm_up()
    search.warm_up()

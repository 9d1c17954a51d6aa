"""The best-first tree of a small knapsack with pairs: a bound whenever it is stopped."""

from __future__ import annotations

import time

from bundlesolve.bounds.closure import Closure, closure_of
from bundlesolve.model.program import Program
from bundlesolve.run import Run

MOST_NODES = 300
MOST_PAIRS = 45_000
"""Beyond, a look at every pair takes too long for what it says."""
CHUNK_STEPS = 16
"""Steps before the first look at the clock, some milliseconds with 100 items."""
CHUNK_SECONDS = 0.02

MOST_STEPS = 4000
"""Nodes after which other methods close a gap sooner."""


def reaches_gap(program: Program, run: Run) -> bool:
    """Walk through the tree if that may reach a limit on the gap; return True if it does.

    For small knapsacks with pairs and nothing else, where there is such a limit.
    """
    if not run.spare or not 0 < program.num_pairs <= MOST_PAIRS:
        return False
    closure = closure_of(program)
    if closure is None or not closure.exact:
        return False
    return search_splits(closure, run, MOST_STEPS)


def search_splits(closure: Closure, run: Run, most_steps: int) -> bool:
    """Walk through the tree of an exact closure problem; return True if it proves all.

    What it has proved when it ends, for whatever reason, is the run's bound: see
    `bundlesolve.kernels.split_tree`. Nothing is done where the problem is large, or its
    numbers are.

    Parameters
    ----------
    closure
        The problem, `Closure.exact`.
    run
        Who is told; what its limits on the gap leave unproved is left.
    most_steps
        Most nodes.
    """
    from bundlesolve.kernels import split_state as kernel
    from bundlesolve.kernels import split_tree

    if not 0 < len(closure.node) <= MOST_NODES or closure.num_pairs > MOST_PAIRS:
        return False
    first, second, pair = closure.columns
    if not kernel.scale_for(closure.worth, pair, closure.weight, closure.room):
        return False
    edges = (pair, first, second)
    is_short = kernel.part_scale_for(*edges, closure.weight, closure.room) > 0
    run.aside(lambda: split_tree.warm_up(is_short))
    if run.incumbent is None:
        run.offer(closure.base)
    assert run.incumbent is not None
    members = closure.members(run.incumbent)
    problem = (closure.worth, closure.weight, first, second, pair)
    left = run.remaining_steps
    # Two children take the place of a node: half as many as nodes are open at most.
    most_open = 4 + (most_steps if left is None else min(left, most_steps)) // 2
    tree = kernel.new_tree(*problem, closure.room, members, run.spare, most_open)
    notes, chunk, proved = tree.notes, CHUNK_STEPS, False
    while not run.should_stop() and notes[kernel.STEPS] < most_steps:
        left = run.remaining_steps
        steps = min(chunk, most_steps - int(notes[kernel.STEPS]))
        before, began = int(notes[kernel.STEPS]), time.perf_counter()
        split_tree.walk(tree, steps if left is None else min(steps, left))
        took = time.perf_counter() - began
        made = int(notes[kernel.STEPS]) - before
        run.step(made)
        if made >= chunk:
            chunk = max(1, min(chunk * 2, int(chunk * CHUNK_SECONDS / max(took, 1e-6))))
        proved = bool(notes[kernel.BOUND] <= notes[kernel.BEST] + notes[kernel.SPARE])
        if notes[kernel.FOUND]:
            notes[kernel.FOUND] = 0
            run.offer(closure.point(tree.best_set))
            notes[kernel.SPARE] = run.spare
        elif proved or notes[kernel.FULL]:
            break
    kernel.give_back(tree)
    if notes[kernel.BOUND] < kernel.UNLIMITED:
        bound = closure.constant + int(notes[kernel.BOUND])
        run.offer_bound(bound, "splits of pairs")
    return proved

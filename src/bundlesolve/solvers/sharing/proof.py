"""Proved bounds on what a bundle earns under given prices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundlesolve.kernels.types import Ints
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.block_run import BlockRun
from bundlesolve.solvers.sharing.decisions import Bundle
from bundlesolve.solvers.sharing.stock import Sides
from bundlesolve.stop import Stop

SMALL_BOX = 4_096
"""Bundles of at most this many sets are solved by enumeration."""
ROOT_STEPS, NODE_STEPS = 400, 60
"""As the tree's of `Exact`."""


def priced(bundle: Bundle, prices: Ints, scale: int) -> Program:
    """Return a bundle as a program, its worths in parts, the items' prices taken off.

    Raises
    ------
    InvalidInstance
        If the numbers get too large.
    """
    n = len(bundle.worth)
    first, second = np.nonzero(np.triu(bundle.pair))
    rows = [(row, int(most)) for row, most in zip(bundle.use, bundle.room, strict=True)]
    rows = [(row, most) for row, most in rows if int(row.sum()) > most]
    for i, j in zip(*np.nonzero(np.triu(bundle.clash)), strict=True):
        both = np.zeros(n, dtype=np.int64)
        both[[i, j]] = 1
        rows.append((both, 1))
    members = [np.flatnonzero(row) for row, _ in rows]
    none = np.zeros(0, dtype=np.int64)
    return Program(
        lower=np.zeros(n, dtype=np.int64),
        upper=np.ones(n, dtype=np.int64),
        worth=bundle.worth * scale - bundle.groups @ prices,
        pair_first=first,
        pair_second=second,
        pair_worth=bundle.pair[first, second] * scale,
        row_start=np.cumsum([0, *(len(at) for at in members)]),
        row_var=np.concatenate((none, *members)),
        row_coef=np.concatenate(
            (none, *(row[at] for (row, _), at in zip(rows, members, strict=True)))
        ),
        row_low=np.zeros(len(rows), dtype=np.int64),
        row_high=np.array([most for _, most in rows], dtype=np.int64),
        row_soft=np.zeros(len(rows), dtype=np.int64),
        row_penalty=np.zeros(len(rows), dtype=np.int64),
    )


def prove(
    program: Program,
    known: Sides,
    floor: int,
    ceiling: int,
    whole: Run,
    seconds: float,
    threads: int,
    tell: Callable[[int], None],
) -> tuple[int, Sides | None]:
    """Return a bound on a priced bundle and, if one turned up, a set above the floor.

    Parameters
    ----------
    program
        See `priced`.
    known
        A set. Shape ``[m]``.
    floor
        Bounds below this are not looked for.
    ceiling
        The search ends at the first set above it.
    whole
        The run on the whole program, whose clock counts.
    seconds
        Most time.
    threads
        Nodes worked on at the same time.
    tell
        Called with every better bound.
    """
    found: list[int] = []

    def listen(moment: Improvement) -> None:
        if moment.bound is not None:
            tell(moment.bound)
        # A run counts its floor as known, the incumbent tells what has been found.
        if run.incumbent is not None and moment.objective is not None:
            worth = moment.objective
            if worth > floor:
                found.append(worth)
            if worth > ceiling:
                run.interrupt()

    limit = None if seconds == np.inf else max(seconds, 1e-3)
    run = BlockRun(program, whole, Stop(seconds=limit), listen, floor)
    run.offer(np.zeros(program.num_vars, dtype=np.int64))
    run.offer(known.astype(np.int64))
    bound = _walk(program, run, threads)
    tell(bound)
    if not found:
        return bound, None
    assert run.incumbent is not None
    return bound, run.incumbent.astype(np.int8)


def _walk(program: Program, run: BlockRun, threads: int) -> int:
    """Return the bound that a search tree proves in a run's time."""
    from bundlesolve.bounds.blas import one_blas_thread
    from bundlesolve.bounds.quick import quick_bound
    from bundlesolve.reduce.presolve import presolve
    from bundlesolve.solvers.sharing.form_walk import FormTree

    assert run.objective is not None
    worst = max(quick_bound(program), run.objective)
    if run.should_stop() or worst == run.objective:
        return worst
    if program.box_size <= SMALL_BOX:
        proof = get_solver("brute").search(program, run)
        return worst if proof.bound is None else max(proof.bound, run.objective)
    left = presolve(program, lambda: not run.should_stop())
    if left.program is None:
        return run.objective
    with one_blas_thread():
        tree = FormTree(left, run, ROOT_STEPS, NODE_STEPS, threads, rounds=True)
        done = tree.walk()
    return run.objective if done else min(worst, max(tree.bound, run.objective))

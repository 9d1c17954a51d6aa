"""Of a matrix of weights, the pairs that may be kept: the strongest few of each item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bundlesolve.learn.synergies.counts import PairCounts
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ROWS = 256
"""Rows of a dense matrix that are looked at together."""


def candidates(
    weights: csr_matrix | FloatArray, counts: PairCounts, least: int, most: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return pairs ``first < second`` and their strengths, sorted by pair.

    Parameters
    ----------
    weights
        Directed; the two directions are averaged. Shape ``[n, n]``.
    counts
        Of the pairs.
    least
        Joint baskets, seen or expected, that a pair needs.
    most
        An item proposes so many pairs; it may be in more.
    """
    from scipy.sparse import issparse

    if issparse(weights):
        rows, columns, values = _of_sparse(weights, counts, least, most)
    else:
        rows, columns, values = _of_dense(np.asarray(weights), counts, least, most)
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    _, once = np.unique(low * counts.n + high, return_index=True)
    return low[once], high[once], values[once]


def _of_sparse(
    weights: Any, counts: PairCounts, least: int, most: int
) -> tuple[IntArray, IntArray, FloatArray]:
    both = ((weights + weights.T) / 2).tocoo()
    upper = (both.row < both.col) & (both.data != 0)
    first, second = both.row[upper].astype(np.int64), both.col[upper].astype(np.int64)
    value = both.data[upper].astype(np.float64)
    seen, _ = counts.look_up(first, second)
    evidence = np.maximum(seen, counts.expected(first, second)) >= least
    first, second, value = first[evidence], second[evidence], value[evidence]
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    values = np.concatenate([value, value])
    order = np.lexsort((columns, -np.abs(values), rows))
    begin = np.searchsorted(rows[order], np.arange(counts.n))
    rank = np.arange(len(order)) - begin[rows[order]]
    kept = order[rank < most]
    return rows[kept], columns[kept], values[kept]


def _of_dense(
    weights: FloatArray, counts: PairCounts, least: int, most: int
) -> tuple[IntArray, IntArray, FloatArray]:
    n, share = counts.n, counts.share
    enough = counts.matrix((counts.baskets >= least).astype(np.float64))
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    width = min(most, n)
    for begin in range(0, n, ROWS):
        end = min(begin + ROWS, n)
        value = (weights[begin:end] + weights[:, begin:end].T) / 2
        expected = counts.m * np.outer(share[begin:end], share) >= least
        size = np.abs(value) * (expected | (enough[begin:end].toarray() > 0))
        size[np.arange(end - begin), np.arange(begin, end)] = 0.0
        # A stable choice among equals: numbers of items break ties.
        top = np.argpartition(-size, width - 1, axis=1)[:, :width]
        row = np.repeat(np.arange(end - begin), width)
        column = top.ravel()
        some = size[row, column] > 0
        row, column = row[some], column[some]
        found.append((row + begin, column, value[row, column]))
    parts = list(zip(*found, strict=True))
    return np.concatenate(parts[0]), np.concatenate(parts[1]), np.concatenate(parts[2])

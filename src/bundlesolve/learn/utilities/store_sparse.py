"""Sparse matrices as plain arrays, so that models hold nothing but arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def flat(matrix: csr_matrix) -> dict[str, Any]:
    """Return the parts of a matrix by name."""
    return {
        "starts": matrix.indptr.astype(np.int64),
        "columns": matrix.indices.astype(np.int64),
        "values": matrix.data.astype(np.float64),
        "shape": np.array(matrix.shape, dtype=np.int64),
    }


def as_matrix(learned: Mapping[str, Any], name: str) -> csr_matrix:
    """Return the matrix whose parts are ``<name>_starts_`` and so on."""
    from scipy.sparse import csr_matrix

    parts = [learned[f"{name}_{part}_"] for part in ("values", "columns", "starts")]
    shape = tuple(int(size) for size in learned[f"{name}_shape_"])
    return csr_matrix(tuple(parts), shape=shape)

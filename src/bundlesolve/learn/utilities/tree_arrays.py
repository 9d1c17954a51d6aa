"""Trees as arrays: kept, saved and asked without the library that grew them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

PARTS = ("root", "left", "right", "column", "threshold", "value")


@dataclass(frozen=True, eq=False)
class Trees:
    """Nodes of several trees, one after the other.

    Parameters
    ----------
    root
        First node of each tree.
    left, right
        Where to go if the column is at most the threshold, and if not; a leaf points to
        itself.
    column, threshold
        The question.
    value
        The answer of a leaf.
    """

    root: IntArray
    left: IntArray
    right: IntArray
    column: IntArray
    threshold: FloatArray
    value: FloatArray

    @classmethod
    def of(cls, grown: Sequence[Any]) -> Self:
        """Take over trees of scikit-learn (``estimator.tree_``)."""
        root, parts = [0], []
        for tree in grown:
            shift, size = root[-1], tree.node_count
            leaf = tree.children_left < 0
            own = np.arange(size)
            parts.append(
                (
                    np.where(leaf, own, tree.children_left) + shift,
                    np.where(leaf, own, tree.children_right) + shift,
                    np.where(leaf, 0, tree.feature),
                    np.where(leaf, 0.0, tree.threshold),
                    tree.value[:, 0, 0].copy(),
                )
            )
            root.append(shift + size)
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none, none, np.zeros(0), np.zeros(0))
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        left, right, asked = (column.astype(np.int64) for column in joined[:3])
        return cls(np.array(root[:-1]), left, right, asked, joined[3], joined[4])

    @classmethod
    def read(cls, learned: Mapping[str, Any], name: str) -> Self:
        """Take them from what a model learned."""
        return cls(*[learned[f"{name}_{part}_"] for part in PARTS])

    def arrays(self) -> dict[str, Any]:
        """Return the arrays by name."""
        return {part: getattr(self, part) for part in PARTS}

    def sum(self, columns: FloatArray) -> FloatArray:
        """Return the sum of the trees' answers for each row. Shape ``[k]``."""
        from bundlesolve.kernels.trees import sum_of_trees

        rows = np.ascontiguousarray(columns, dtype=np.float32)
        total: FloatArray = sum_of_trees(
            rows,
            self.root,
            self.left,
            self.right,
            self.column,
            self.threshold,
            self.value,
        )
        return total

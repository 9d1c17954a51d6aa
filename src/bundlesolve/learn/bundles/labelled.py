"""Sets of items with the bundles that people made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """A set, as what one visitor looked at, and its bundles.

    Parameters
    ----------
    items
        Item numbers, each once, two or more. Shape ``[n]``.
    bundles
        Item numbers of each bundle, all of the set. Bundles may overlap, and one may come
        several times: several people made it.
    """

    items: IntArray
    bundles: tuple[frozenset[int], ...]

    def __post_init__(self) -> None:
        held = {int(i) for i in self.items}
        if len(held) < 2 or len(held) != len(self.items):
            found = self.items.tolist()
            raise InvalidParameter(f"a set: expected two different items, found {found}")
        for bundle in self.bundles:
            if not bundle <= held:
                odd = sorted(bundle - held)
                raise InvalidParameter(f"a bundle: expected items of its set, found {odd}")

    @cached_property
    def times(self) -> FloatArray:
        """In how many bundles each pair is; pairs as `triu_indices`. Shape ``[p]``.

        Where several people bundled the set, it tells how many agree.
        """
        member = np.array(
            [[int(i) in bundle for i in self.items] for bundle in self.bundles],
            dtype=np.float64,
        ).reshape(len(self.bundles), len(self.items))
        first, second = np.triu_indices(len(self.items), 1)
        return np.asarray((member.T @ member)[first, second], dtype=np.float64)

    @property
    def together(self) -> FloatArray:
        """1 for each pair that is in one bundle, else 0; pairs as `triu_indices`."""
        return np.minimum(self.times, 1.0)


def pair_auc(label: FloatArray, score: FloatArray) -> float | None:
    """Return the share of (in one bundle, not) that a score orders; ties count half.

    None where all pairs are of one kind.
    """
    yes, no = score[label > 0], score[label == 0]
    if not len(yes) or not len(no):
        return None
    above = (yes[:, None] > no).sum() + 0.5 * (yes[:, None] == no).sum()
    return float(above / (len(yes) * len(no)))

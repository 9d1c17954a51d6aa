"""Which sides of which rows count: the locks that a variable meets on its way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.program import Program


@dataclass(frozen=True)
class Sides:
    """Sides of rows that some point within the bounds breaks. Shape ``[r]`` each.

    Parameters
    ----------
    caps
        The upper limit counts: the largest activity is above it.
    floors
        The lower limit counts.
    """

    caps: NDArray[np.bool_]
    floors: NDArray[np.bool_]

    @classmethod
    def of(cls, program: Program) -> Sides:
        """Return the sides of a program; soft rows without a penalty count for nothing."""
        least, most = program.activity_range
        matters = (program.row_soft == 0) | (program.row_penalty > 0)
        return cls(matters & (most > program.row_high), matters & (least < program.row_low))

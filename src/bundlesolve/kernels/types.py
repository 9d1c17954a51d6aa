"""Names for the arrays that kernels take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
"""Numbers of variables or arcs where there are two for each pair: half the memory."""
Floats = NDArray[np.float64]
Parts = NDArray[np.float32] | NDArray[np.float64]
"""Numbers of a matrix, in as many bits as they need."""

MOST_INDEX = 2**31 - 1
"""The largest number that `Indices` hold."""

"""How surprised is the model by the item that was taken out? Nats per item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

NOTHING = -1e30


def log_softmax(logits: FloatArray, outside: NDArray[np.bool_]) -> FloatArray:
    """Return log probabilities over the items outside the context; others get -1e30."""
    masked = np.where(outside, logits, NOTHING)
    masked -= masked.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(masked).sum(axis=1, keepdims=True))
    return np.where(outside, masked - log_sum, NOTHING)


def surprise(log_probability: FloatArray, target: IntArray) -> FloatArray:
    """Return ``-log P(target)`` of each query, in nats. Shape ``[q]``."""
    nats: FloatArray = -log_probability[np.arange(len(target)), target]
    return nats

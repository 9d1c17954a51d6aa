"""Utility from a recurrent network over the customer's baskets."""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.deep import find_torch, seeded
from bundlesolve.learn.utilities.model import UtilityModel, chances, check_above
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)

LONGEST = 50
"""Baskets of a customer, the latest, that are read."""
CUSTOMERS = 32
"""Customers in a batch."""


@dataclass
class Gru(UtilityModel):
    """A gated recurrent unit reads a customer's baskets and foretells the next.

    With ``e_i`` a vector of each item, a basket is the mean of its items' vectors; the
    GRU reads the customer's baskets in time, from a zero start, and after each::

        q_i = softmax_i(h.g_i + b_i)
        P_hi = 1 - exp(-size * q_i)

    ``size`` the mean number of items in a basket, ``b_i`` starting at log popularity.
    Trained by Adam on the mean of ``-log q_i`` over the items of each next basket. What a
    basket of anybody holds is the mean over the customers, each as often as he came.

    Parameters
    ----------
    size
        Numbers in a vector, and in the state. Default 64.
    passes
        Over all customers. Default 10.
    rate
        Of Adam. Default 0.003.
    seed
        Of the first weights and the order of customers. Default 0.

    References
    ----------
    B. Hidasi, A. Karatzoglou, L. Baltrunas, D. Tikk, "Session-based recommendations with
    recurrent neural networks", ICLR 2016; F. Yu, Q. Liu, S. Wu, L. Wang, T. Tan, "A
    dynamic recurrent model for next basket recommendation", SIGIR 2016.
    """

    name: ClassVar[str] = "gru"
    summary: ClassVar[str] = "recurrent network over the customer's baskets (torch)"
    formula: ClassVar[str] = (
        "P_hi = 1 - exp(-size softmax_i(GRU(baskets of h) . g_i + b_i))"
    )

    size: int = 64
    passes: int = 10
    rate: float = 0.003
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("size", "passes", "rate"):
            check_above(self, name)

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Train, then keep each customer's state and the output's weights as arrays.

        Raises
        ------
        MissingExtra
            If torch is not installed.
        """
        torch = find_torch()
        history = History(receipts)
        share = chances(history.share())
        self.mean_size_ = float(share.sum())
        sequences = _sequences(receipts, history)
        with seeded(torch, self.seed):
            network = _Network(torch, share, self.size)
            network.train(receipts, sequences, self.passes, self.rate)
            states = [network.states(receipts, part) for part in _parts(sequences)]
        # The last row is the state before any basket: that of a new customer.
        self.state_ = np.concatenate(states) if states else network.start()
        if states:
            self.state_ = np.concatenate([self.state_, network.start()])
        self.items_, self.bias_ = network.output()
        came = np.array([len(mine) for mine in sequences], dtype=np.float64)
        self.everybody_ = share
        if came.sum():
            everyone = np.arange(len(sequences))
            total = np.zeros(receipts.n)
            for begin in range(0, len(everyone), 512):
                part = everyone[begin : begin + 512]
                total += came[part] @ self.predict(part)
            self.everybody_ = chances(total / came.sum())
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return what the customer's state foretells; a new one's is the empty state."""
        if customer is None:
            return self.everybody_
        last = len(self.state_) - 1
        row = np.where((customer >= 0) & (customer < last), customer, last)
        score = self.state_[row].astype(np.float64) @ self.items_.T + self.bias_
        score -= score.max(axis=1, keepdims=True)
        q = np.exp(score)
        q /= q.sum(axis=1, keepdims=True)
        return chances(-np.expm1(-self.mean_size_ * q))


class _Network:
    """Weights, and how they are trained."""

    def __init__(self, torch: Any, share: FloatArray, size: int) -> None:
        self.torch = torch
        n = len(share)
        self.items = torch.nn.EmbeddingBag(n, size, mode="mean")
        self.unit = torch.nn.GRU(size, size, batch_first=True)
        self.out = torch.nn.Linear(size, n)
        with torch.no_grad():
            self.items.weight.mul_(0.1)
            self.out.weight.mul_(0.1)
            self.out.bias.copy_(torch.from_numpy(np.log(share)))

    def train(
        self, receipts: Transactions, sequences: list[IntArray], passes: int, rate: float
    ) -> None:
        torch = self.torch
        some = [mine for mine in sequences if len(mine)]
        layers = torch.nn.ModuleList([self.items, self.unit, self.out])
        adam = torch.optim.Adam(layers.parameters(), lr=rate)
        for turn in range(passes):
            order = torch.randperm(len(some)).tolist()
            total, parts = 0.0, 0
            for begin in range(0, len(order), CUSTOMERS):
                loss = self._loss(receipts, [some[k] for k in order[begin:][:CUSTOMERS]])
                adam.zero_grad()
                loss.backward()
                adam.step()
                total, parts = total + float(loss.detach()), parts + 1
            log.info("gru: pass %d, loss %.4f", turn + 1, total / max(parts, 1))

    def _loss(self, receipts: Transactions, part: list[IntArray]) -> Any:
        torch = self.torch
        state = self._read(receipts, part)[:, :-1]
        longest = state.shape[1]
        place = [k * longest + t for k, mine in enumerate(part) for t in range(len(mine))]
        baskets = np.concatenate(part)
        items, starts = _lines(receipts, baskets)
        sizes = np.diff(np.append(starts, len(items)))
        log_q = torch.log_softmax(self.out(state.flatten(0, 1)[place]), dim=1)
        row = torch.from_numpy(np.repeat(np.arange(len(baskets)), sizes))
        return -log_q[row, torch.from_numpy(items)].mean()

    def _read(self, receipts: Transactions, part: list[IntArray]) -> Any:
        """Return the states before any basket and after each. ``[c, t + 1, size]``."""
        torch = self.torch
        longest = max(len(mine) for mine in part)
        size = self.items.embedding_dim
        baskets = np.concatenate(part)
        read = torch.zeros(len(part) * (longest + 1), size)
        if len(baskets):
            items, starts = _lines(receipts, baskets)
            vectors = self.items(torch.from_numpy(items), torch.from_numpy(starts))
            steps = longest + 1
            place = [k * steps + t + 1 for k, m in enumerate(part) for t in range(len(m))]
            read = read.index_copy(0, torch.tensor(place), vectors)
        states, _ = self.unit(read.view(len(part), longest + 1, size))
        return states

    def states(self, receipts: Transactions, part: list[IntArray]) -> FloatArray:
        """Return the state after each customer's last basket. ``[c, size]``."""
        with self.torch.no_grad():
            states = self._read(receipts, part)
            last = [len(mine) for mine in part]
            found: FloatArray = states[range(len(part)), last].numpy()
        return found

    def start(self) -> FloatArray:
        """Return the state before any basket. ``[1, size]``."""
        with self.torch.no_grad():
            states, _ = self.unit(self.torch.zeros(1, 1, self.items.embedding_dim))
        found: FloatArray = states[0].numpy()
        return found

    def output(self) -> tuple[FloatArray, FloatArray]:
        """Return ``g`` and ``b``. Shapes ``[n, size]`` and ``[n]``."""
        weight, bias = (w.detach().numpy() for w in (self.out.weight, self.out.bias))
        return weight.astype(np.float64), bias.astype(np.float64)


def _sequences(receipts: Transactions, history: History) -> list[IntArray]:
    """Return each customer's latest baskets that hold something, in time."""
    if receipts.customer is None:
        return []
    order = np.lexsort((np.arange(receipts.m), -history.age, receipts.customer))
    order = order[(receipts.customer[order] >= 0) & (np.diff(receipts.starts)[order] > 0)]
    bounds = np.searchsorted(receipts.customer[order], np.arange(history.people + 1))
    pairs = itertools.pairwise(bounds.tolist())
    return [order[max(low, high - LONGEST) : high] for low, high in pairs]


def _parts(sequences: list[IntArray]) -> list[list[IntArray]]:
    size = 8 * CUSTOMERS
    return [sequences[k : k + size] for k in range(0, len(sequences), size)]


def _lines(receipts: Transactions, baskets: IntArray) -> tuple[IntArray, IntArray]:
    """Return the items of baskets one after the other, and where each begins."""
    sizes = np.diff(receipts.starts)[baskets]
    starts = np.cumsum(sizes) - sizes
    shift = np.repeat(receipts.starts[baskets] - starts, sizes)
    items = receipts.item[np.arange(int(sizes.sum())) + shift]
    return items.astype(np.int64), starts.astype(np.int64)

"""Small closure problems and what they are worth, by enumeration."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from bundlesolve.kernels.mincut import Network, build
from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program


class Problem(NamedTuple):
    """Worths, weights, pairs (first < second, worth above 0) and the room of a knapsack."""

    worth: Ints
    weight: Ints
    first: Ints
    second: Ints
    pair: Ints
    room: int

    @property
    def network(self) -> Network:
        """A new network of it, without flow."""
        m = len(self.worth)
        start, head, back, pair = build(m, self.first, self.second, self.pair)
        spare = [np.zeros(m, dtype=np.int64) for _ in range(2)]
        return Network(start, head, back, pair, pair.copy(), *spare)

    @property
    def program(self) -> Program:
        """The same as a program."""
        m = len(self.worth)
        kept = self.weight != 0
        return Program(
            lower=np.zeros(m, dtype=np.int64),
            upper=np.ones(m, dtype=np.int64),
            worth=self.worth,
            pair_first=self.first,
            pair_second=self.second,
            pair_worth=self.pair,
            row_start=np.array([0, kept.sum()]),
            row_var=np.flatnonzero(kept),
            row_coef=self.weight[kept],
            row_low=np.zeros(1, dtype=np.int64),
            row_high=np.array([self.room]),
            row_soft=np.zeros(1, dtype=np.int64),
            row_penalty=np.zeros(1, dtype=np.int64),
        )

    @property
    def sets(self) -> Ints:
        """Every set of nodes, one a row."""
        m = len(self.worth)
        return np.array(list(product((0, 1), repeat=m)), dtype=np.int64).reshape(-1, m)

    def worths(self, sets: Ints) -> Ints:
        """Worth of each set, pairs included."""
        pairs = (sets[:, self.first] * sets[:, self.second]) @ self.pair
        return np.asarray(sets @ self.worth + pairs)

    @property
    def best(self) -> int:
        """Worth of the best set that fits."""
        sets = self.sets
        return int(self.worths(sets)[sets @ self.weight <= self.room].max())


@st.composite
def problems(draw: st.DrawFn, most: int = 8) -> Problem:
    """Problems of up to ``most`` nodes; some weights and all pairs may be missing."""
    m = draw(st.integers(1, most))
    numbers = st.integers(-20, 20)
    worth = [draw(numbers) for _ in range(m)]
    weight = [draw(st.integers(0, 9)) for _ in range(m)]
    chosen = [(i, j) for i in range(m) for j in range(i + 1, m) if draw(st.booleans())]
    columns = np.array(chosen, dtype=np.int64).reshape(-1, 2).T.copy()
    pair = [draw(st.integers(1, 20)) for _ in chosen]
    room = draw(st.integers(0, sum(weight)))
    return Problem(
        np.array(worth, dtype=np.int64),
        np.array(weight, dtype=np.int64),
        columns[0],
        columns[1],
        np.array(pair, dtype=np.int64),
        room,
    )

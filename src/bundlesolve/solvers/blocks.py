"""A program of several bundles as blocks, and the rows that couple them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.components import Decomposition


@dataclass(frozen=True)
class Block:
    """One bundle's program, once for all bundles that have the same.

    Parameters
    ----------
    program
        Variables, pairs and rows of one bundle, no constant, no coupling row. ``v``
        variables.
    use
        Coefficients in the coupling limits. Shape ``[c, v]``.
    places
        The variables of each copy in the whole program. Shape ``[copies, v]``.
    """

    program: Program
    use: IntArray
    places: IntArray

    @property
    def copies(self) -> int:
        """How many bundles have this program."""
        return len(self.places)


@dataclass(frozen=True)
class Blocks:
    """A program written as blocks under ``sum_blocks use . x <= limit``.

    Parameters
    ----------
    program
        The whole.
    limit
        Right-hand sides, rows of two sides written as two limits. Shape ``[c]``.
    most
        Largest multiplier of each limit: the penalty of a soft row, else infinite.
        Shape ``[c]``.
    kinds
        The blocks, no two alike.
    """

    program: Program
    limit: IntArray
    most: np.ndarray
    kinds: tuple[Block, ...]

    @classmethod
    def of(cls, program: Program) -> Blocks | None:
        """Return the blocks of a program, None where no row couples at least two.

        Rows that belong to no bundle (stock, totals) are the candidates, so the program
        must know the origins of its rows.
        """
        if len(program.origins) != program.num_rows:
            return None
        free = np.array([o.bundle is None for o in program.origins], dtype=np.bool_)
        if not np.any(free):
            return None
        cut = Decomposition.of(program.keep_rows(~free))
        couples = np.array(
            [
                is_free and len(np.unique(cut.part_of[program.row_var[program.row(r)]])) > 1
                for r, is_free in enumerate(free)
            ],
            dtype=np.bool_,
        )
        if not np.any(couples):
            return None
        cut = Decomposition.of(program.keep_rows(~couples))
        use, limit, most = _limits(program, np.flatnonzero(couples))
        if len(cut) < 2 or len(limit) == 0:
            return None
        return cls(program, limit, most, _kinds(cut, use))


def _limits(program: Program, rows: IntArray) -> tuple[IntArray, IntArray, np.ndarray]:
    """Return the sides of rows that can bind as ``use . x <= limit``, and their prices."""
    least, largest = program.activity_range
    use, limit, most = [], [], []
    for r in rows.tolist():
        dense = np.zeros(program.num_vars, dtype=np.int64)
        dense[program.row_var[program.row(r)]] = program.row_coef[program.row(r)]
        price = float(program.row_penalty[r]) if program.row_soft[r] else np.inf
        for sign, side, binds in (
            (1, program.row_high[r], program.row_high[r] < largest[r]),
            (-1, program.row_low[r], program.row_low[r] > least[r]),
        ):
            if binds:
                use.append(sign * dense)
                limit.append(sign * int(side))
                most.append(price)
    shape = (len(use), program.num_vars)
    return (
        np.array(use, dtype=np.int64).reshape(shape),
        np.array(limit, dtype=np.int64),
        np.array(most),
    )


_NAMES = ("lower", "upper", "worth", "pair_first", "pair_second", "pair_worth")
_ROW_NAMES = ("row_start", "row_var", "row_coef", "row_low", "row_high", "row_soft")


def _kinds(cut: Decomposition, use: IntArray) -> tuple[Block, ...]:
    """Return the blocks, equal ones together."""
    found: dict[tuple[bytes, ...], tuple[Program, IntArray, list[IntArray]]] = {}
    for part in cut.parts():
        program = part.program
        assert program is not None
        inside = np.ascontiguousarray(use[:, part.free])
        names = (*_NAMES, *_ROW_NAMES, "row_penalty")
        key = (*(getattr(program, n).tobytes() for n in names), inside.tobytes())
        found.setdefault(key, (program, inside, []))[2].append(part.free)
    return tuple(Block(p, inside, np.array(at)) for p, inside, at in found.values())

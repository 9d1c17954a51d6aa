"""From the user's words to the canonical form: one function per kind of rule.

Variables: first ``in[k, i]`` (0-1, item ``i`` is in bundle ``k``) at ``k * n + i``, then
the steps of the extra units. ``units[k, i] = in[k, i] + sum of its steps``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Origin, Program
from bundlesolve.model.rows import RowBuilder
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Limit,
    Requires,
    Scope,
)


@dataclass(frozen=True)
class Compiled:
    """A program with the way to and from the instance's units.

    Parameters
    ----------
    instance
        What was compiled.
    program
        Its canonical form.
    step_var, step_cell
        Variables of the extra units' steps and the cell ``k * n + i`` each belongs to.
        Shape ``[s]``.
    parts
        What compiling the next instance like this one may use again; kept only where this
        one was compiled like another. Default: nothing.
    """

    instance: Instance
    program: Program
    step_var: IntArray
    step_cell: IntArray
    parts: Parts | None = field(default=None, repr=False, compare=False)

    @property
    def pairs(self) -> tuple[IntArray, IntArray, IntArray]:
        """The program's pairs: first and second variable, and worth."""
        program = self.program
        return program.pair_first, program.pair_second, program.pair_worth

    def encode(self, units: ArrayLike) -> IntArray:
        """Return the canonical point of ``units``; shape ``[K, n]`` to ``[m]``.

        Units above what the bounds allow are clipped away, so the point may stand for
        fewer units than were given.
        """
        cells = np.asarray(units, dtype=np.int64).reshape(-1)
        x = np.zeros(self.program.num_vars, dtype=np.int64)
        x[: len(cells)] = cells >= 1
        left = np.maximum(cells - 1, 0)
        used = left[self.step_cell] > 0
        for v, cell in zip(self.step_var[used], self.step_cell[used], strict=True):
            x[v] = min(int(left[cell]), int(self.program.upper[v]))
            left[cell] -= x[v]
        return x

    def decode(self, x: IntArray) -> IntArray:
        """Return the units of a point; shape ``[m]`` to ``[K, n]``."""
        shape = (self.instance.num_bundles, self.instance.n)
        units = x[: shape[0] * shape[1]].copy()
        np.add.at(units, self.step_cell, x[self.step_var])
        return units.reshape(shape)


class Variables:
    """The program's variables while they are being made.

    Steps are those of ``like`` where its items and bundles allow as many units.
    """

    def __init__(self, instance: Instance, like: Parts | None) -> None:
        n, num_bundles = instance.n, instance.num_bundles
        self.n = n
        self.limits = np.array([instance.unit_limits(k) for k in range(num_bundles)])
        self.limits = self.limits.reshape(num_bundles, n)
        self.lower = [0] * (num_bundles * n)
        self.upper: list[int] = np.minimum(self.limits, 1).reshape(-1).tolist()
        self.worth: list[int] = []
        for bundle in instance.bundles:
            utility = instance.utility.copy()
            utility[bundle.utility.items] = bundle.utility.values
            self.worth += (utility * bundle.copies).tolist()
        self.steps: dict[int, list[int]] = {}
        if like is None or not np.array_equal(self.limits, like.variables.limits):
            self._add_steps(instance)
            return
        self.steps, cells = like.variables.steps, len(self.upper)
        self.lower += [0] * (len(like.variables.upper) - cells)
        self.upper += like.variables.upper[cells:]
        self.worth += like.variables.worth[cells:]

    def _add_steps(self, instance: Instance) -> None:
        worths = dict(instance.extra_utility)
        for k, i in np.argwhere(self.limits > 1).tolist():
            more = int(self.limits[k, i]) - 1
            for step in _steps(worths.get(i, (0,)), more):
                cell = k * self.n + i
                self.steps.setdefault(cell, []).append(len(self.upper))
                self.lower.append(0)
                self.upper.append(step[1])
                self.worth.append(step[0] * instance.bundles[k].copies)


def _steps(worths: tuple[int, ...], units: int) -> list[tuple[int, int]]:
    """Group ``units`` further units into (worth of one, how many), most worthy first."""
    listed = worths[:units]
    steps = [(w, len(list(same))) for w, same in groupby(listed)]
    if units > len(listed):
        worth, count = steps[-1]
        steps[-1] = (worth, count + units - len(listed))
    return steps


@dataclass(frozen=True)
class Parts:
    """What a program was made of.

    Parameters
    ----------
    variables
        Its variables.
    own
        The rows that link units, and those of stock.
    rows
        The rows of each limit that tightens no bounds, by the limit's ``id``, with the
        limit itself, which keeps that ``id`` its own.
    """

    variables: Variables
    own: RowBuilder
    rows: dict[int, tuple[Limit, RowBuilder]]


def compile(instance: Instance, like: Compiled | None = None) -> Compiled:
    """Compile an instance to its canonical program.

    Hard ``Include`` and ``Exclude`` rules, and stock that only one bundle can take, become
    bounds; a rule whose bound would cross another becomes a row that no point can keep.

    Parameters
    ----------
    instance
        What is compiled.
    like
        What was compiled from an instance with the same extra utilities and number of
        bundles, each with as many copies: pairs are taken over where the synergies are the
        same object, and the rows of limits that are. Default: nothing.

    Raises
    ------
    InvalidInstance
        If numbers get too large; the instance's own check is stricter, so not expected.
    """
    known = None if like is None else like.parts
    variables = Variables(instance, known)
    if known is not None and variables.steps is not known.variables.steps:
        known = None
    own, rows = _own_rows(instance, variables, like, known), RowBuilder()
    rows.extend(own)
    parts = Parts(variables, own, {})
    for limit in instance.limits:
        kept = None if known is None else known.rows.get(id(limit))
        if kept is None:
            kept = limit, RowBuilder()
            add_rows(limit, instance, variables, kept[1])
        if not isinstance(limit, Include | Exclude):
            parts.rows[id(limit)] = kept
        rows.extend(kept[1])
    cells = [c for c, steps in variables.steps.items() for _ in steps]
    steps_of = [v for steps in variables.steps.values() for v in steps]
    lower, upper = np.array(variables.lower), np.array(variables.upper)
    if like is not None and like.instance.synergies is instance.synergies:
        pair_first, pair_second, pair_worth = like.pairs
    else:
        pair_first, pair_second, pair_worth = _pairs(instance)
    program = Program(
        lower=lower.astype(np.int64),
        upper=upper.astype(np.int64),
        worth=np.array(variables.worth, dtype=np.int64),
        pair_first=pair_first,
        pair_second=pair_second,
        pair_worth=pair_worth,
        ladders=tuple(tuple(s) for s in variables.steps.values() if len(s) > 1),
        **rows.columns(lower, upper),
    )
    return Compiled(
        instance,
        program,
        np.array(steps_of, dtype=np.int64),
        np.array(cells, dtype=np.int64),
        None if like is None else parts,
    )


def _own_rows(
    instance: Instance, variables: Variables, like: Compiled | None, known: Parts | None
) -> RowBuilder:
    """Return the rows that no limit asks for: links of units, and stock."""
    if like is not None and known is not None and instance.stock == like.instance.stock:
        return known.own
    rows = RowBuilder()
    for cell, steps in variables.steps.items():
        _link(instance, variables, rows, cell, steps)
    _stock(instance, variables, rows)
    return rows


def _pairs(instance: Instance) -> tuple[IntArray, IntArray, IntArray]:
    used = instance.synergies.worth != 0
    first = instance.synergies.first[used]
    second = instance.synergies.second[used]
    worth = instance.synergies.worth[used]
    shift = np.arange(instance.num_bundles)[:, None] * instance.n
    copies = np.array([b.copies for b in instance.bundles], dtype=np.int64)[:, None]
    return (
        (first + shift).reshape(-1),
        (second + shift).reshape(-1),
        (worth * copies).reshape(-1),
    )


def _link(
    instance: Instance, variables: Variables, rows: RowBuilder, cell: int, steps: list[int]
) -> None:
    """Extra units only of an item that is in: sum of steps <= (most - 1) * in."""
    k, i = divmod(cell, variables.n)
    most = sum(variables.upper[v] for v in steps)
    origin = Origin("units", instance.items[i], k, i)
    rows.add([cell, *steps], [-most, *[1] * len(steps)], None, 0, None, origin)


def _stock(instance: Instance, variables: Variables, rows: RowBuilder) -> None:
    """Stock that several bundles share: sum_k copies * units <= stock."""
    copies = [bundle.copies for bundle in instance.bundles]
    for i, stock in zip(
        instance.stock.items.tolist(), instance.stock.values.tolist(), strict=True
    ):
        if int(np.dot(copies, variables.limits[:, i])) <= stock:
            continue
        cells = [k * variables.n + i for k in range(len(copies))]
        terms = [
            (v, c)
            for cell, c in zip(cells, copies, strict=True)
            for v in [cell, *variables.steps.get(cell, [])]
        ]
        origin = Origin("stock", instance.items[i], None, i)
        rows.add([v for v, _ in terms], [c for _, c in terms], None, stock, None, origin)


@singledispatch
def add_rows(
    limit: Limit, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    """Add the rows (or tighten the bounds) that one limit asks for."""
    raise InvalidInstance("a known kind of limit", type(limit).__name__, limit.place)


def _penalty(limit: Limit, instance: Instance, k: int) -> int | None:
    return None if limit.penalty is None else limit.penalty * instance.bundles[k].copies


@add_rows.register
def _budget(
    limit: Budget, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    once = limit.per_item.to_dense(instance.n) + limit.per_unit.to_dense(instance.n)
    each = limit.per_unit.to_dense(instance.n)
    items = np.flatnonzero((once != 0) | (each != 0)).tolist()

    def terms(k: int, copies: int) -> list[tuple[int, int]]:
        found = []
        for i in items:
            cell = k * variables.n + i
            found.append((cell, int(once[i]) * copies))
            found += [(v, int(each[i]) * copies) for v in variables.steps.get(cell, [])]
        return found

    low, high = limit.at_least, limit.at_most
    bundles = limit.applies_to(instance.num_bundles)
    if limit.scope is Scope.TOTAL:
        all_terms = [t for k in bundles for t in terms(k, instance.bundles[k].copies)]
        origin = Origin(limit.kind, limit.name)
        rows.add_terms(all_terms, low, high, limit.penalty, origin)
        return
    for k in bundles:
        origin = Origin(limit.kind, limit.name, k)
        rows.add_terms(terms(k, 1), low, high, _penalty(limit, instance, k), origin)


@add_rows.register
def _category(
    limit: Category, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        cells = (k * variables.n + limit.items).tolist()
        ones = [1] * len(cells)
        penalty = _penalty(limit, instance, k)
        origin = Origin(limit.kind, limit.name, k)
        rows.add(cells, ones, limit.at_least, limit.at_most, penalty, origin)


@add_rows.register
def _include(
    limit: Include, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        cell = k * variables.n + limit.item
        if limit.penalty is None and variables.upper[cell] >= 1:
            variables.lower[cell] = 1
            continue
        origin = Origin(limit.kind, limit.name, k, limit.item)
        rows.add([cell], [1], 1, None, _penalty(limit, instance, k), origin)


@add_rows.register
def _exclude(
    limit: Exclude, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        cell = k * variables.n + limit.item
        if limit.penalty is None and variables.lower[cell] <= 0:
            variables.upper[cell] = 0
            continue
        origin = Origin(limit.kind, limit.name, k, limit.item)
        rows.add([cell], [1], None, 0, _penalty(limit, instance, k), origin)


@add_rows.register
def _conflict(
    limit: Conflict, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        cells = (k * variables.n + limit.items).tolist()
        origin = Origin(limit.kind, limit.name, k)
        penalty = _penalty(limit, instance, k)
        rows.add(cells, [1] * len(cells), None, 1, penalty, origin)


@add_rows.register
def _requires(
    limit: Requires, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        terms = [(k * variables.n + limit.item, 1), (k * variables.n + limit.needs, -1)]
        origin = Origin(limit.kind, limit.name, k, limit.item)
        rows.add_terms(terms, None, 0, _penalty(limit, instance, k), origin)

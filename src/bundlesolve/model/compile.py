"""From the user's words to the canonical form: one function per kind of rule.

Variables: first ``in[k, i]`` (0-1, item ``i`` is in bundle ``k``) at ``k * n + i``, then
the steps of the extra units. ``units[k, i] = in[k, i] + sum of its steps``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.frozen import IntArray, hand_over
from bundlesolve.model.instance import Instance
from bundlesolve.model.origins import ItemOrigins, Origin
from bundlesolve.model.program import Program
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
from bundlesolve.model.steps import Steps, steps_of


@dataclass(frozen=True)
class Compiled:
    """A program with the way to and from the instance's units.

    Parameters
    ----------
    instance
        What was compiled.
    program
        Its canonical form.
    step_cell
        Cell ``k * n + i`` that each step of extra units belongs to; the steps are the last
        variables. Shape ``[s]``.
    parts
        What compiling the next instance like this one may use again; kept only where this
        one was compiled like another. Default: nothing.
    """

    instance: Instance
    program: Program
    step_cell: IntArray
    parts: Parts | None = field(default=None, repr=False, compare=False)

    @property
    def step_var(self) -> IntArray:
        """Variables of the extra units' steps. Shape ``[s]``."""
        return np.arange(self.program.num_vars - len(self.step_cell), self.program.num_vars)

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
        np.add.at(units, self.step_cell, x[len(units) :])
        return units.reshape(shape)


class Variables:
    """The program's variables while they are being made.

    Steps are those of ``like`` where its items and bundles allow as many units.
    """

    def __init__(self, instance: Instance, like: Parts | None) -> None:
        n, num_bundles = instance.n, instance.num_bundles
        self.n, self.cells = n, n * num_bundles
        self.limits = np.array([instance.unit_limits(k) for k in range(num_bundles)])
        self.limits = self.limits.reshape(num_bundles, n)
        if like is not None and np.array_equal(self.limits, like.variables.limits):
            self.steps: Steps = like.variables.steps
        else:
            self.steps = steps_of(instance, self.limits)
        more = len(self.steps.cell)
        self.lower = np.zeros(self.cells + more, dtype=np.int64)
        self.upper = np.concatenate((np.minimum(self.limits, 1).ravel(), self.steps.most))
        worths = []
        for bundle in instance.bundles:
            utility = instance.utility * bundle.copies
            utility[bundle.utility.items] = bundle.utility.values * bundle.copies
            worths.append(utility)
        self.worth = np.concatenate((*worths, self.steps.worth))

    def steps_in(self, bundle: int) -> slice:
        """Which steps belong to a bundle."""
        ends = np.searchsorted(self.steps.cell, (bundle * self.n, (bundle + 1) * self.n))
        return slice(int(ends[0]), int(ends[1]))


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
    lower, upper = hand_over(variables.lower), hand_over(variables.upper)
    if like is not None and like.instance.synergies is instance.synergies:
        pair_first, pair_second, pair_worth = like.pairs
    else:
        pair_first, pair_second, pair_worth = _pairs(instance)
    program = Program(
        lower=lower,
        upper=upper,
        worth=hand_over(variables.worth),
        pair_first=pair_first,
        pair_second=pair_second,
        pair_worth=pair_worth,
        ladders=variables.steps.ladders(variables.cells),
        **rows.columns(lower, upper),
    )
    return Compiled(
        instance,
        program,
        variables.steps.cell,
        None if like is None else parts,
    )


def _own_rows(
    instance: Instance, variables: Variables, like: Compiled | None, known: Parts | None
) -> RowBuilder:
    """Return the rows that no limit asks for: links of units, and stock."""
    if like is not None and known is not None and instance.stock == like.instance.stock:
        return known.own
    rows = RowBuilder()
    _links(instance, variables, rows)
    _stock(instance, variables, rows)
    return rows


def _pairs(instance: Instance) -> tuple[IntArray, IntArray, IntArray]:
    synergies = instance.synergies
    first, second, worth = synergies.first, synergies.second, synergies.worth
    used = worth != 0
    if not used.all():
        first, second, worth = first[used], second[used], worth[used]
    if instance.num_bundles == 1 and instance.bundles[0].copies == 1:
        # The instance's own arrays: ten million pairs take a quarter of a gigabyte.
        return first, second, worth
    shift = np.arange(instance.num_bundles)[:, None] * instance.n
    copies = np.array([b.copies for b in instance.bundles], dtype=np.int64)[:, None]
    return (
        (first + shift).reshape(-1),
        (second + shift).reshape(-1),
        (worth * copies).reshape(-1),
    )


def _links(instance: Instance, variables: Variables, rows: RowBuilder) -> None:
    """Extra units only of an item that is in: sum of steps <= (most - 1) * in."""
    steps = variables.steps
    cells, start = steps.by_cell
    if len(cells) == 0:
        return
    length = np.diff(start)
    head = start[:-1] + np.arange(len(cells))
    var = np.insert(variables.cells + np.arange(len(steps.cell)), start[:-1], cells)
    coef = np.ones(len(var), dtype=np.int64)
    coef[head] = -np.add.reduceat(steps.most, start[:-1])
    origins = ItemOrigins("units", instance.items, cells, True)
    rows.add_hard(length + 1, var, coef, np.zeros(len(cells), np.int64), origins)


def _stock(instance: Instance, variables: Variables, rows: RowBuilder) -> None:
    """Stock that several bundles share: sum_k copies * units <= stock."""
    copies = np.array([bundle.copies for bundle in instance.bundles], dtype=np.int64)
    items, values = instance.stock.items, instance.stock.values
    scarce = copies @ variables.limits[:, items] > values
    items, values = items[scarce], values[scarce]
    if len(items) == 0:
        return
    n, count = variables.n, len(items)
    row_of = np.full(n, -1, dtype=np.int64)
    row_of[items] = np.arange(count)
    of_step = row_of[variables.steps.cell % n]
    step = np.flatnonzero(of_step >= 0)
    bundle = np.concatenate(
        (np.repeat(np.arange(len(copies)), count), variables.steps.cell[step] // n)
    )
    row = np.concatenate((np.tile(np.arange(count), len(copies)), of_step[step]))
    cells = np.arange(len(copies))[:, None] * n + items
    var = np.concatenate((cells.ravel(), variables.cells + step))
    order = np.lexsort((var, row))
    rows.add_hard(
        np.bincount(row, minlength=count),
        var[order],
        copies[bundle[order]],
        values,
        ItemOrigins("stock", instance.items, items, False),
    )


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
    n, steps = variables.n, variables.steps
    each = limit.per_unit.to_dense(n)
    once = limit.per_item.to_dense(n) + each
    items = np.flatnonzero(once)

    def add(bundles: Sequence[int], scale: list[int], penalty: int | None) -> None:
        cells = [k * n + items for k in bundles]
        coefs = [once[items] * copies for copies in scale]
        for k, copies in zip(bundles, scale, strict=True):
            part = variables.steps_in(k)
            use = each[steps.cell[part] - k * n] * copies
            used = np.flatnonzero(use)
            cells.append(variables.cells + part.start + used)
            coefs.append(use[used])
        bundle = None if limit.scope is Scope.TOTAL else bundles[0]
        sides, origin = (low, high), Origin(limit.kind, limit.name, bundle)
        rows.add(np.concatenate(cells), np.concatenate(coefs), *sides, penalty, origin)

    low, high = limit.at_least, limit.at_most
    bundles = limit.applies_to(instance.num_bundles)
    if limit.scope is Scope.TOTAL:
        add(bundles, [instance.bundles[k].copies for k in bundles], limit.penalty)
        return
    for k in bundles:
        add([k], [1], _penalty(limit, instance, k))


@add_rows.register
def _category(
    limit: Category, instance: Instance, variables: Variables, rows: RowBuilder
) -> None:
    for k in limit.applies_to(instance.num_bundles):
        cells = k * variables.n + limit.items
        ones = np.ones(len(cells), dtype=np.int64)
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
        terms = [(limit.item, 1), (limit.needs, -1)]
        cells = [k * variables.n + i for i, _ in sorted(terms)]
        coefs = [coef for _, coef in sorted(terms)]
        origin = Origin(limit.kind, limit.name, k, limit.item)
        rows.add(cells, coefs, None, 0, _penalty(limit, instance, k), origin)

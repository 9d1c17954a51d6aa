"""A program as rows of named variables: what LP and MPS files hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bundlesolve.model.compile import compile
from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Program


class Row(NamedTuple):
    """One side of a row: ``terms sense side``.

    Parameters
    ----------
    name
        Name in the file.
    terms
        Variables by position, with coefficients.
    sense
        ``<=``, ``>=`` or ``=``.
    side
        The right-hand side.
    """

    name: str
    terms: list[tuple[int, int]]
    sense: str
    side: int


@dataclass
class LinearForm:
    """Named variables, rows and pairs of a maximisation.

    Parameters
    ----------
    names
        Names of the variables: ``x1..xm`` of the program, ``y1..`` one a pair, ``u``
        and ``o`` with a row's number for what it misses below and exceeds above.
    worth, lower, upper, whole
        Objective, bounds (None: no upper one), and whether only whole values count.
    rows
        The constraints.
    pairs
        Products left in the objective: two variables and their worth.
    notes
        What the names stand for, one line each.
    """

    names: list[str] = field(default_factory=list)
    worth: list[int] = field(default_factory=list)
    lower: list[int] = field(default_factory=list)
    upper: list[int | None] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self, name: str, worth: int, lower: int, upper: int | None, *, whole: bool
    ) -> int:
        """Add a variable; return its position."""
        self.names.append(name)
        self.worth.append(worth)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.names) - 1


def linear_form(instance: Instance, *, products: bool) -> LinearForm:
    """Return an instance's program in named variables and one-sided rows.

    Parameters
    ----------
    instance
        What to write.
    products
        True keeps products of two variables in the objective. False replaces each by a
        variable y of 0..1 which the objective pushes against its rows: ``y <= x_i``,
        ``y <= x_j`` for a positive worth, ``y >= x_i + x_j - 1`` for a negative one.
    """
    compiled = compile(instance)
    program = compiled.program
    form = LinearForm(notes=_notes(instance))
    cells = instance.num_bundles * instance.n
    step_cell = dict(
        zip(compiled.step_var.tolist(), compiled.step_cell.tolist(), strict=True)
    )
    for v in range(program.num_vars):
        name = f"x{v + 1}"
        lower, upper = int(program.lower[v]), int(program.upper[v])
        form.add(name, int(program.worth[v]), lower, upper, whole=True)
        k, i = divmod(v if v < cells else step_cell[v], instance.n)
        what = "is in" if v < cells else "further units in"
        bundle, item = instance.bundles[k].id, instance.items[i]
        form.notes.append(f"{name}: item {item!a} {what} {bundle!a}")
    if program.constant or not program.num_vars or _has_empty_row(program):
        # A variable fixed at 1 carries what stands alone: not every reader takes it.
        form.add("one", program.constant, 1, 1, whole=True)
    for r in range(program.num_rows):
        _add_row(form, program, r)
    pairs = list(
        zip(
            program.pair_first.tolist(),
            program.pair_second.tolist(),
            program.pair_worth.tolist(),
            strict=True,
        )
    )
    if products:
        form.pairs = pairs
    else:
        _add_products(form, pairs)
    return form


def _notes(instance: Instance) -> list[str]:
    notes = [
        f"instance {instance.name!a}, {instance.n} items",
        f"the objective counts units of worth of 10**-{instance.decimals}",
    ]
    if instance.minimise:
        notes.append("the source minimises: its objective is this one times -1")
    return notes


def _has_empty_row(program: Program) -> bool:
    return bool((program.row_start[1:] == program.row_start[:-1]).any())


def _add_row(form: LinearForm, program: Program, r: int) -> None:
    """Add the sides of a row that can bind; a soft one may be missed at its penalty."""
    part = program.row(r)
    coefs = program.row_coef[part].tolist()
    terms = list(zip(program.row_var[part].tolist(), coefs, strict=True))
    if not terms:
        terms = [(form.names.index("one"), 0)]
    low, high = int(program.row_low[r]), int(program.row_high[r])
    least, most = (int(side[r]) for side in program.activity_range)
    name = f"r{r + 1}"
    if program.origins:
        origin = program.origins[r]
        form.notes.append(f"{name}: {origin.kind} {origin.name!a}")
    soft, penalty = bool(program.row_soft[r]), int(program.row_penalty[r])
    if low == high and not soft:
        form.rows.append(Row(name, terms, "=", low))
        return
    if low > least:
        under = []
        if soft:
            under = [(form.add(f"u{r + 1}", -penalty, 0, None, whole=False), 1)]
        form.rows.append(Row(f"{name}_low", terms + under, ">=", low))
    if high < most:
        over = []
        if soft:
            over = [(form.add(f"o{r + 1}", -penalty, 0, None, whole=False), -1)]
        form.rows.append(Row(f"{name}_high", terms + over, "<=", high))


def _add_products(form: LinearForm, pairs: list[tuple[int, int, int]]) -> None:
    """Add a variable for each pair, all at once since there may be a million."""
    first = len(form.names)
    count = len(pairs)
    form.names += [f"y{p + 1}" for p in range(count)]
    form.worth += [worth for _, _, worth in pairs]
    form.lower += [0] * count
    form.upper += [1] * count
    form.whole += [False] * count
    rows = form.rows
    for p, (i, j, worth) in enumerate(pairs):
        y, name = first + p, f"y{p + 1}_1"
        if worth > 0:
            rows.append(Row(name, [(y, 1), (i, -1)], "<=", 0))
            rows.append(Row(f"y{p + 1}_2", [(y, 1), (j, -1)], "<=", 0))
        else:
            rows.append(Row(name, [(i, 1), (j, 1), (y, -1)], "<=", 1))

"""Best known values, from the table that comes with the public sets."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bundlesolve.bench.suite import KnownSpec
from bundlesolve.errors import InvalidFile

TABLE = "best_known.csv"
"""Columns ``set, instance, best_known, status``. ``instance`` is the file's name without
endings, then ``@share`` or ``#number`` where the file holds several problems;
``best_known`` may be ``infeasible``; ``status`` is ``optimal`` where it is proved."""


@dataclass(frozen=True)
class Known:
    """What is known about one problem, in its own unit and sense.

    Parameters
    ----------
    value
        Best value, None: none known.
    proved
        True where the value, or that there is no answer, is proved.
    infeasible
        True where there is no answer.
    rounding
        Half a unit of the last published digit.
    """

    value: str | None = None
    proved: bool = False
    infeasible: bool = False
    rounding: str = "0"


class KnownValues:
    """The table, by set and instance.

    Parameters
    ----------
    folder
        Folder of the public sets; without a table in it nothing is known.

    Raises
    ------
    InvalidFile
        If there is a table that lacks a column.
    """

    def __init__(self, folder: Path | None) -> None:
        self._rows: dict[tuple[str, str], dict[str, str]] = {}
        if folder is None or not (folder / TABLE).is_file():
            return
        with (folder / TABLE).open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            wanted = {"set", "instance", "best_known", "status"}
            found = reader.fieldnames or []
            if not wanted <= set(found):
                expected = f"columns {', '.join(sorted(wanted))}"
                raise InvalidFile(str(folder / TABLE), "line 1", expected, found)
            for row in reader:
                self._rows[row["set"], row["instance"]] = row

    def selections(self, group: str, name: str, spec: KnownSpec) -> list[str | None]:
        """Return what to select for each problem of a file that the table lists.

        None alone where it lists the file as one problem, or not at all.
        """
        found: list[str | None] = []
        for other, entry in self._rows:
            if other == group and entry.startswith(f"{name}@"):
                found.append(entry.removeprefix(f"{name}@"))
            if other == group and entry.startswith(f"{name}#"):
                number = int(entry.removeprefix(f"{name}#"))
                found.append(str(number - spec.counts_from + 1))
        return found or [None]

    def of(self, group: str, name: str, select: str | None, spec: KnownSpec) -> Known:
        """Return what is known about a problem."""
        entry = name
        if select is not None:
            entry = f"{name}@{select}"
            if select.isdigit():
                entry = f"{name}#{int(select) + spec.counts_from - 1}"
        row = self._rows.get((group, entry))
        if row is None or not row["best_known"]:
            return Known()
        proved = row["status"] == "optimal"
        if row["best_known"] == "infeasible":
            return Known(None, proved, True)
        try:
            value = Decimal(row["best_known"]) * Decimal(spec.times)
        except InvalidOperation:
            expected = f"a number for {group} {entry}"
            raise InvalidFile(TABLE, "best_known", expected, row["best_known"]) from None
        return Known(f"{value:f}", proved, False, spec.rounding)

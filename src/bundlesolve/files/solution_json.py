"""Solutions as JSON, format ``bundlesolve-solution`` version 1, written and read.

Amounts are exact decimals in the user's scale. ``units`` holds, by bundle id, the units by
item id of what is in one copy of that bundle; it is null when there is no answer. The
schema beside this file describes every field.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

import msgspec
import numpy as np

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.files.solution_document import (
    Document,
    DocumentUse,
    Moment,
    contradictions,
    parse,
)
from bundlesolve.files.source import display_name, read_bytes, write_bytes
from bundlesolve.model.check import Use
from bundlesolve.model.decimals import to_decimal, to_integer
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution
from bundlesolve.stop import Stop

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_COUNTED = ("seconds", "steps", "gap", "stall")


def solution_schema() -> dict[str, Any]:
    """Return the JSON schema of the format."""
    folder = resources.files("bundlesolve.files")
    text = (folder / "solution.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def encode_solution(solution: Solution, *, indent: int = 2) -> bytes:
    """Return a solution as JSON; ``indent`` below 0 puts it on one line."""
    data = _ENCODER.encode(document(solution))
    return data if indent < 0 else msgspec.json.format(data, indent=indent) + b"\n"


def write_solution(file: str | os.PathLike[str], solution: Solution) -> None:
    """Write a solution in one step; ``-`` is standard output.

    Raises
    ------
    InvalidFile
        If the place cannot be written.
    """
    write_bytes(file, encode_solution(solution))


def document(solution: Solution) -> dict[str, Any]:
    """Return a solution as what its JSON holds."""
    instance, stop = solution.instance, solution.stop
    sign = -1 if instance.minimise else 1

    def worth(value: int | None) -> Decimal | None:
        return to_decimal(value, instance.decimals)

    units = None
    if solution.units is not None:
        units = {b.id: solution.chosen(k) for k, b in enumerate(instance.bundles)}
    return {
        "bundlesolve-solution": 1,
        "instance": instance.name,
        "fingerprint": instance.fingerprint,
        "status": solution.status.value,
        "stop_reason": solution.stop_reason.value,
        "objective": worth(solution.objective),
        "bound": worth(solution.bound),
        "gap": solution.gap,
        "sense": "minimise" if instance.minimise else "maximise",
        "sign": sign,
        "source_objective": worth(_times(sign, solution.objective)),
        "source_bound": worth(_times(sign, solution.bound)),
        "units": units,
        "verified": solution.verified,
        "method": solution.method,
        "parameters": dict(solution.parameters),
        "seed": solution.seed,
        "stop": {
            **{name: getattr(stop, name) for name in _COUNTED},
            "target": worth(stop.target),
        },
        "seconds": solution.timings.get("total"),
        "timings": dict(solution.timings),
        "versions": dict(solution.versions),
        "uses": [use_document(instance, use) for use in solution.uses],
        "trace": [moment_document(instance, moment) for moment in solution.trace],
        "bound_trace": [moment_document(instance, m) for m in solution.bound_trace],
    }


def _times(sign: int, value: int | None) -> int | None:
    return None if value is None else sign * value


def moment_document(instance: Instance, moment: Improvement) -> dict[str, Any]:
    """Return an improvement as what its JSON holds."""
    return {
        "seconds": moment.seconds,
        "steps": moment.steps,
        "objective": to_decimal(moment.objective, instance.decimals),
        "bound": to_decimal(moment.bound, instance.decimals),
        "source": moment.source,
    }


def use_document(instance: Instance, use: Use) -> dict[str, Any]:
    """Return the use of a limit as what its JSON holds, in the limit's own unit."""
    decimals = _limit_decimals(instance).get(use.name, 0) if use.kind == "budgets" else 0
    return {
        "kind": use.kind,
        "name": use.name,
        "bundle": None if use.bundle is None else instance.bundles[use.bundle].id,
        "used": to_decimal(use.used, decimals),
        "at_least": to_decimal(use.at_least, decimals),
        "at_most": to_decimal(use.at_most, decimals),
        "slack": to_decimal(use.slack, decimals),
        "violation": to_decimal(use.violation, decimals),
        "penalty": to_decimal(use.penalty, instance.decimals),
    }


def _limit_decimals(instance: Instance) -> Mapping[str, int]:
    return {budget.name: budget.decimals for budget in instance.budgets}


def read_solution(file: str | os.PathLike[str], instance: Instance) -> Solution:
    """Read a solution of an instance; nothing in it is believed, see `check`.

    Only ``bundlesolve-solution``, ``status``, ``objective`` and ``units`` must be there.

    Parameters
    ----------
    file
        Path, gzip or ``-``.
    instance
        The problem it answers: bundle and item ids are looked up there.

    Raises
    ------
    InvalidFile
        If it is not a solution of that instance's bundles and items.
    """
    name = display_name(file)
    return decode_solution(read_bytes(file), instance, name)


def decode_solution(data: bytes, instance: Instance, name: str = "solution") -> Solution:
    """Read a solution from bytes; ``name`` is the file in errors."""
    found = parse(data, name)
    numbers = _Numbers(name, instance)
    if found.sense is not None and (found.sense == "minimise") != instance.minimise:
        expected = "the instance's sense"
        raise InvalidFile(name, "$.sense", expected, repr(found.sense))
    for wrong in contradictions(found):
        raise InvalidFile(name, *wrong)
    units = None if found.units is None else units_table(found.units, instance, name)
    return Solution(
        instance=instance,
        status=found.status,
        stop_reason=found.stop_reason,
        units=units,
        objective=numbers.worth(found.objective, "$.objective"),
        bound=numbers.worth(found.bound, "$.bound"),
        method=found.method,
        parameters=found.parameters,
        seed=found.seed,
        stop=_stop(found, numbers),
        trace=_trace(found.trace, numbers, "$.trace"),
        bound_trace=_trace(found.bound_trace, numbers, "$.bound_trace"),
        timings=found.timings,
        uses=tuple(numbers.use(use, f"$.uses[{u}]") for u, use in enumerate(found.uses)),
        versions=found.versions,
    )


class _Numbers:
    """Turns a file's decimals into the instance's whole numbers."""

    def __init__(self, name: str, instance: Instance) -> None:
        self.name = name
        self.instance = instance
        self.budgets = _limit_decimals(instance)
        self.numbers = {b.id: k for k, b in enumerate(instance.bundles)}

    def whole(self, value: int | Decimal, decimals: int, place: str) -> int:
        try:
            return to_integer(value, decimals, place)
        except InvalidInstance as error:
            raise InvalidFile(self.name, place, error.expected, error.found) from None

    def worth(self, value: int | Decimal | None, place: str) -> int | None:
        if value is None:
            return None
        return self.whole(value, self.instance.decimals, place)

    def use(self, use: DocumentUse, place: str) -> Use:
        decimals = self.budgets.get(use.name, 0) if use.kind == "budgets" else 0

        def side(name: str) -> int | None:
            value = getattr(use, name)
            return None if value is None else self.whole(value, decimals, f"{place}.{name}")

        if use.bundle is not None and use.bundle not in self.numbers:
            expected = "a bundle of the instance"
            raise InvalidFile(self.name, f"{place}.bundle", expected, repr(use.bundle))
        return Use(
            kind=use.kind,
            name=use.name,
            bundle=None if use.bundle is None else self.numbers[use.bundle],
            used=side("used") or 0,
            at_least=side("at_least"),
            at_most=side("at_most"),
            violation=side("violation") or 0,
            penalty=self.worth(use.penalty, f"{place}.penalty"),
        )


def _stop(found: Document, numbers: _Numbers) -> Stop:
    limits = found.stop
    target = numbers.worth(limits.target, "$.stop.target")
    try:
        return Stop(limits.seconds, limits.steps, limits.gap, target, limits.stall)
    except ValueError as error:
        raise InvalidFile(numbers.name, "$.stop", "sound limits", error) from None


def _trace(moments: list[Moment], numbers: _Numbers, place: str) -> tuple[Improvement, ...]:
    return tuple(
        Improvement(
            moment.seconds,
            moment.steps,
            numbers.worth(moment.objective, f"{place}[{t}].objective"),
            numbers.worth(moment.bound, f"{place}[{t}].bound"),
            moment.source,
        )
        for t, moment in enumerate(moments)
    )


def units_table(
    units: Mapping[str, Mapping[str, int]], instance: Instance, name: str
) -> IntArray:
    """Return units by bundle and item id as a table of shape ``[K, n]``.

    Raises
    ------
    InvalidFile
        If an id is none of the instance's, or units reach ``2**53``; whether units keep
        the limits is left to the judge.
    """
    numbers = {bundle.id: k for k, bundle in enumerate(instance.bundles)}
    table = np.zeros((instance.num_bundles, instance.n), dtype=np.int64)
    for bundle, amounts in units.items():
        place = f"$.units[{bundle!r}]"
        if bundle not in numbers:
            raise InvalidFile(name, place, "a bundle of the instance", repr(bundle))
        for item, amount in amounts.items():
            if item not in instance.item_number:
                expected = "an item of the instance"
                raise InvalidFile(name, f"{place}[{item!r}]", expected, repr(item))
            if abs(amount) >= 1 << 53:
                expected = "units below 2**53"
                raise InvalidFile(name, f"{place}[{item!r}]", expected, amount)
            table[numbers[bundle], instance.item_number[item]] = amount
    table.setflags(write=False)
    return table

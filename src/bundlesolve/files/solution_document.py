"""What a solution's JSON holds, field by field, and its strict parsing."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.model.solution import Status
from bundlesolve.stop import StopReason

Number = int | Decimal
Count = Annotated[int, msgspec.Meta(ge=0)]


class Moment(msgspec.Struct, forbid_unknown_fields=True):
    """A moment at which the incumbent or the bound got better."""

    seconds: float
    steps: Count
    objective: Number | None
    bound: Number | None
    source: str


class DocumentUse(msgspec.Struct, forbid_unknown_fields=True):
    """How a limit is used, in the limit's own unit; ``slack`` follows from the rest."""

    kind: str
    name: str
    used: Number
    violation: Number
    bundle: str | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    slack: Number | None = None
    penalty: Number | None = None


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    """What would have ended the search."""

    seconds: float | None = None
    steps: int | None = None
    gap: float | None = None
    target: Number | None = None
    stall: int | None = None


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    version: Literal[1] = msgspec.field(name="bundlesolve-solution")
    status: Status
    objective: Number | None
    units: dict[str, dict[str, int]] | None
    instance: str | None = None
    fingerprint: str | None = None
    stop_reason: StopReason = StopReason.STALLED
    bound: Number | None = None
    gap: float | None = None
    sense: Literal["maximise", "minimise"] | None = None
    sign: Literal[-1, 1] | None = None
    source_objective: Number | None = None
    source_bound: Number | None = None
    verified: bool | None = None
    method: str = "unknown"
    parameters: dict[str, Any] = {}
    seed: Count = 0
    stop: Limits = msgspec.field(default_factory=Limits)
    seconds: float | None = None
    timings: dict[str, float] = {}
    versions: dict[str, str] = {}
    uses: list[DocumentUse] = []
    trace: list[Moment] = []
    bound_trace: list[Moment] = []


def parse(data: bytes, name: str) -> Document:
    """Parse a solution's JSON; every number keeps its decimals.

    Parameters
    ----------
    data
        The file's content.
    name
        The file's name, for errors.

    Raises
    ------
    InvalidFile
        If it is not JSON, a key stands twice, or a field is missing, unknown or of
        another type.
    """
    try:
        raw = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidFile(name, place, "JSON", error.msg) from None
    except (ValueError, RecursionError) as error:
        raise InvalidFile(name, "$", "JSON", error) from None
    try:
        found = msgspec.convert(raw, Document, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        place, expected, came = _in_our_words(str(error))
        raise InvalidFile(name, place, expected, came) from None
    found.parameters = _plain(found.parameters)
    return found


class Contradiction(NamedTuple):
    """A field that does not agree with the rest of its document."""

    place: str
    expected: str
    found: object


def contradictions(document: Document) -> list[Contradiction]:
    """Return where a document says one thing in two ways; empty if it is consistent."""
    wrong = []
    answered = document.units is not None
    if answered != (document.objective is not None):
        expected = "null exactly where units is"
        wrong.append(Contradiction("$.objective", expected, document.objective))
    if answered != (document.status in (Status.OPTIMAL, Status.FEASIBLE)):
        expected = "optimal or feasible exactly with units"
        wrong.append(Contradiction("$.status", expected, document.status.value))
    objective, bound = document.objective, document.bound
    if objective is not None and bound is not None and bound < objective:
        wrong.append(Contradiction("$.bound", f"{objective} or more", bound))
    if document.status is Status.OPTIMAL and objective != bound:
        expected = f"{objective}, as it is called optimal"
        wrong.append(Contradiction("$.bound", expected, bound))
    if document.verified not in (None, answered):
        expected = f"{answered}, as for units"
        wrong.append(Contradiction("$.verified", expected, document.verified))
    return wrong + _sense(document)


def _sense(document: Document) -> list[Contradiction]:
    wrong = []
    said = {"minimise": -1, "maximise": 1}.get(document.sense or "")
    sign = said or document.sign or 1
    if document.sign not in (None, sign):
        wrong.append(Contradiction("$.sign", f"{sign}, as sense says", document.sign))
    for field in ("objective", "bound"):
        ours = getattr(document, field)
        theirs = getattr(document, f"source_{field}")
        if theirs is not None and (ours is None or theirs != sign * ours):
            expected = f"{sign} times {field} {ours}"
            wrong.append(Contradiction(f"$.source_{field}", expected, theirs))
    return wrong


def _refuse(text: str) -> None:
    raise ValueError(f"the number {text}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return found


def _in_our_words(message: str) -> tuple[str, str, str]:
    """Split msgspec's "Expected `a`, got `b` - at `$.c`" into place, expected, found."""
    text, _, place = message.partition(" - at `")
    place = place.rstrip("`") or "$"
    match = re.fullmatch(r"Expected (.*), got (.*)", text)
    if match:
        return place, match[1].replace("`", ""), match[2].replace("`", "")
    match = re.fullmatch(r"Invalid enum value (.*)", text)
    if match:
        return place, "one of the values in the schema", match[1]
    missing = re.fullmatch(r"Object missing required field `(.*)`", text)
    if missing:
        return place, f"the field {missing[1]!r}", "none"
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", text)
    if unknown:
        return place, "known fields", repr(unknown[1])
    match = re.fullmatch(r"Expected (.*)", text)
    if match:
        return place, match[1].replace("`", ""), "another value"
    return place, "a valid value", text.replace("`", "")


def _plain(value: Any) -> Any:
    """Return parameters with floats where the file has decimals."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value

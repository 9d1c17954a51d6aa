"""The solution format: what is written is read again, what is wrong is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve import Stop, solve
from bundlesolve.errors import InvalidFile
from bundlesolve.files.solution_json import (
    decode_solution,
    encode_solution,
    read_solution,
    solution_schema,
    write_solution,
)
from bundlesolve.generate import Small
from bundlesolve.model import Bundle, Instance
from bundlesolve.model.solution import Solution

STEPS = Stop(steps=100_000)
SECOND = {"status": "feasible", "bound": None, "source_bound": None} | {
    "source_objective": None
}


def solved(instance: Instance) -> Solution:
    """Solve by enumeration."""
    return solve(instance, "brute", stop=STEPS)


def changed(solution: Solution, **changes: Any) -> bytes:
    """Return a solution's JSON with some fields changed; None takes a field out."""
    found = json.loads(encode_solution(solution))
    for name, value in changes.items():
        found[name] = value
    return json.dumps(found).encode()


@pytest.fixture(scope="module")
def answer(tea: Instance) -> Solution:
    """The best of the tea shop in cents: tea and cake, worth 0.09."""
    return solved(tea.replace(decimals=2))


@given(seed=st.integers(0, 10_000))
def test_what_is_written_is_read_again(seed: int) -> None:
    """Every field comes back equal, whatever part of the model is used."""
    instance = Small().make(seed)
    solution = solved(instance)
    again = decode_solution(encode_solution(solution), instance)
    assert again == solution
    jsonschema.validate(json.loads(encode_solution(solution)), solution_schema())


def test_amounts_are_exact_decimals_in_the_users_scale(answer: Solution) -> None:
    """Nine cents are written 0.09, not 9 and not 0.0899999."""
    raw = encode_solution(answer)
    found = json.loads(raw, parse_float=Decimal)
    assert found["objective"] == Decimal("0.09")
    assert b'"objective": 0.09,' in raw
    assert found["units"] == {"bundle": {"tea": 1, "cake": 1}}


def test_a_minimisation_tells_the_sources_objective(answer: Solution) -> None:
    """The source's number is the objective with the sign turned."""
    instance = answer.instance.replace(minimise=True)
    found = json.loads(encode_solution(answer.replace(instance=instance)))
    assert (found["sense"], found["sign"]) == ("minimise", -1)
    assert (found["objective"], found["source_objective"]) == (0.09, -0.09)


def test_four_fields_are_enough(tea: Instance) -> None:
    """An answer written by hand names status, objective and units."""
    raw = {
        "bundlesolve-solution": 1,
        "status": "feasible",
        "objective": 4,
        "units": {"bundle": {"vase": 1}},
    }
    found = decode_solution(json.dumps(raw).encode(), tea)
    assert found.objective == 4
    assert found.chosen() == {"vase": 1}


def test_a_gzip_file_is_read(answer: Solution, tmp_path: Path) -> None:
    """A name ending in .gz is compressed on the way out and undone on the way in."""
    file = tmp_path / "answer.json.gz"
    write_solution(file, answer)
    assert file.read_bytes()[:2] == b"\x1f\x8b"
    assert read_solution(file, answer.instance) == answer


def test_several_bundles_are_named(tea: Instance) -> None:
    """Units are held by bundle id, also for a bundle that stays empty."""
    page = tea.replace(bundles=(Bundle("front"), Bundle("back")))
    found = json.loads(encode_solution(solved(page)))
    assert set(found["units"]) == {"front", "back"}


@pytest.mark.parametrize(
    ("changes", "place", "expected"),
    [
        ({"bundlesolve-solution": 2}, "$.bundlesolve-solution", "the schema"),
        ({"status": "perfect"}, "$.status", "one of the values"),
        ({"objective": "9"}, "$.objective", "decimal"),
        ({"objective": None}, "$.objective", "null exactly where units is"),
        ({**SECOND, "objective": 0.091}, "$.objective", "at most 2 decimals"),
        ({**SECOND, "objective": 1e300}, "$.objective", "2**53"),
        ({"objective": True}, "$.objective", "decimal"),
        ({"status": "infeasible"}, "$.status", "with units"),
        ({"units": {"box": {}}}, "$.units['box']", "a bundle of the instance"),
        ({"units": {"bundle": {"pot": 1}}}, "$.units['bundle']['pot']", "an item"),
        ({"units": {"bundle": {"tea": 1.5}}}, "$.units", "int"),
        ({"units": {"bundle": {"tea": 1 << 60}}}, "$.units['bundle']['tea']", "2**53"),
        ({"bound": 0.1}, "$.bound", "as it is called optimal"),
        ({"bound": 0.01, "source_bound": None}, "$.bound", "0.09 or more"),
        ({"verified": False}, "$.verified", "True, as for units"),
        ({"mood": "good"}, "$", "known fields"),
        ({"sense": "minimise"}, "$.sense", "the instance's sense"),
        ({"sign": -1}, "$.sign", "1, as sense says"),
        ({"source_objective": 5}, "$.source_objective", "1 times objective 0.09"),
        ({"seed": -1}, "$.seed", ">= 0"),
        ({"stop": {"seconds": -1}}, "$.stop", "sound limits"),
        ({"trace": [{"seconds": 1}]}, "$.trace[0]", "the field"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    answer: Solution, changes: dict[str, Any], place: str, expected: str
) -> None:
    """The error names the path, what was asked for and what came."""
    with pytest.raises(InvalidFile) as caught:
        decode_solution(changed(answer, **changes), answer.instance, "s.json")
    assert caught.value.file == "s.json"
    assert caught.value.place.startswith(place)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"\xff", b'{"objective": NaN}', b'{"a": 1, "a": 2}', b"[" * 9999],
)
def test_what_is_no_json_is_refused(tea: Instance, raw: bytes) -> None:
    """Damaged text, NaN, doubled keys and bottomless nesting end in one clear error."""
    with pytest.raises(InvalidFile):
        decode_solution(raw, tea)

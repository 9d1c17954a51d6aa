"""The pieces of a replay: text of numbers, continuous knapsacks, propagation, files."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve import Stop, solve
from bundlesolve.certificate.box import Box
from bundlesolve.certificate.document import Certificate, certificate_schema
from bundlesolve.certificate.groups import Groups
from bundlesolve.certificate.knapsack import fill, least_upper
from bundlesolve.certificate.problem import Problem
from bundlesolve.certificate.runs import decode, encode
from bundlesolve.errors import InvalidFile
from bundlesolve.model import Instance, compile
from bundlesolve.prove.certify import certify
from tests.conftest import ROOT
from tests.strategies import instances


@given(st.lists(st.integers(-30, 30) | st.just(0) | st.integers(-(10**12), 10**12)))
def test_runs_round_trip(values: list[int]) -> None:
    """Text and back gives the values that are not 0."""
    found = dict(decode(encode(values)))
    assert found == {at: value for at, value in enumerate(values) if value}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], ""),
        ([0, 0], ""),
        ([1, -26, 0, 0, 27, -40], "Az2+27.-40."),
        ([0] * 12 + [2], "12B"),
    ],
)
def test_runs_by_hand(values: list[int], text: str) -> None:
    """Small numbers are letters, zeros are counted, zeros at the end are left out."""
    assert encode(values) == text


@pytest.mark.parametrize("text", ["0A", "A3", "1 A", "+5", "+0.", "--5.", "é", "A0", "A\n"])
def test_other_texts_are_refused(text: str) -> None:
    """There is one way to write numbers."""
    with pytest.raises(ValueError, match=r"found|zeros"):
        list(decode(text))


def by_fractions(items: list[tuple[int, int, int]], room: int) -> Fraction:
    """Return the continuous knapsack's optimum by the textbook."""
    free = sum(v * most for v, w, most in items if w == 0 and v > 0)
    total, left = Fraction(free), Fraction(room)
    rest = [item for item in items if item[1] > 0 and item[0] > 0]
    for v, w, most in sorted(
        rest, key=lambda item: Fraction(item[0], item[1]), reverse=True
    ):
        part = min(Fraction(most), left / w)
        total += part * v
        left -= part * w
    return total


ITEMS = st.lists(st.tuples(st.integers(-20, 90), st.integers(0, 9), st.integers(1, 3)))


@given(ITEMS, st.integers(0, 40))
def test_knapsacks_are_rounded_up_and_no_more(
    items: list[tuple[int, int, int]], room: int
) -> None:
    """The whole number above the optimum; the price proves the same bound."""
    exact = by_fractions(items, room)
    found = fill(items, room, 8)
    assert found.total == math.ceil(exact)
    price = Fraction(found.num, found.den)
    zero = Fraction(0)
    gains = [most * max(zero, v - price * w) for v, w, most in items]
    dual = price * room + sum(gains, zero)
    assert dual == exact
    once = [(v, w, 1) for v, w, _ in items if v > 0]
    values, weights = [v for v, _, _ in once], [w for _, w, _ in once]
    assert least_upper(values, weights, room, 8) == math.ceil(by_fractions(once, room))


def test_nothing_fits_without_room() -> None:
    """An item that is too heavy itself leaves nothing for its arcs."""
    assert least_upper([5], [0], -1, 0) == 0


@given(instances())
def test_the_program_is_copied(instance: Instance) -> None:
    """Worth and feasibility of the lower bounds are the program's."""
    program = compile(instance).program
    problem = Problem.of(program)
    x = program.lower
    assert problem.value(x.tolist()) == program.objective(x)
    assert problem.broken(x.tolist()) != program.is_feasible(x)
    assert problem.broken((program.upper + 1).tolist()) == bool(program.num_vars)


def test_a_fixed_variable_is_taken_out(tea: Instance) -> None:
    """Tea in: 3; its 4 with the cake and -1 with the vase go to these."""
    problem = Problem.of(compile(tea).program)
    box = Box(problem, Groups(problem, [0]))
    box.tighten(0, 1, 1)
    assert box.settle()
    assert box.free == [1, 2]
    assert (box.constant, box.worth[1], box.worth[2]) == (3, 6, 3)
    assert (box.joint, box.clashes) == ([], [])
    cake = box.part()
    cake.tighten(1, 1, 1)
    assert cake.settle()
    assert (cake.free, cake.lower, cake.constant) == ([], [1, 1, 0], 9)
    assert box.free == [1, 2]


def test_a_row_that_cannot_be_kept(impossible: Instance) -> None:
    """Three items for the money of two."""
    problem = Problem.of(compile(impossible).program)
    assert not Box(problem, Groups(problem, [0])).settle()


@given(instances())
def test_the_schema_knows_what_is_written(instance: Instance) -> None:
    """Every certificate is valid under the published schema."""
    solution = solve(instance, "brute", stop=Stop(), certify=False)
    schema = certificate_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(certify(instance, solution).encode()), schema)


def test_files(tea: Instance, tmp_path: Path) -> None:
    """Written and read, compressed by the ending of the name; errors name file and path."""
    certificate = certify(tea, solve(tea, "brute", stop=Stop()))
    for name in ("proof.json", "proof.json.gz"):
        certificate.write(tmp_path / name)
        assert Certificate.read(tmp_path / name).document == certificate.document
    bad = tmp_path / "bad.json"
    bad.write_bytes(certificate.encode().replace(b'"bits": ', b'"bits": -'))
    with pytest.raises(InvalidFile, match=r"bad.json: \$.bits: expected"):
        Certificate.read(bad)
    bad.write_bytes(certificate.encode()[:-9])
    with pytest.raises(InvalidFile, match=r"bad.json: \$: expected"):
        Certificate.read(bad)


def test_the_page_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of docs/certificate.md runs, and its text example is what it says."""
    page = (ROOT / "docs" / "certificate.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    file = str(ROOT / "instances" / "tea-time.json")
    exec(code.replace("instances/tea-time.json", file), {})
    assert capsys.readouterr().out.startswith("optimal 2225 ")
    assert "`A2c+40.` is 1, 0, 0, -3, 40" in page
    assert encode([1, 0, 0, -3, 40]) == "A2c+40."

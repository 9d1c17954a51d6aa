"""Options dataclasses on the command line: documents, types, nonsense."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import pytest

from bundlesolve.cli.parameters import build, documents, parameters_of, split
from bundlesolve.errors import InvalidParameter
from bundlesolve.generate import KINDS
from bundlesolve.solvers.base import SOLVERS, solver_class


class Colour(Enum):
    """Two colours."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Options:
    """Options of every type.

    Parameters
    ----------
    count, size
        How many,
        and how large.
    flag
        Whether.
    colour : Colour
        Which.

    Returns
    -------
    nothing
        Of interest.
    """

    count: int
    size: float = 1.5
    flag: bool = False
    colour: Colour = Colour.RED
    mode: Literal["slow", "fast"] = "slow"
    limit: int | None = None
    names: tuple[str, ...] = ()
    pair: tuple[int, float] = (1, 2.0)
    listed: list[int] = field(default_factory=list)
    hidden: int = field(default=0, init=False)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "12", 12),
        ("size", "2e3", 2000.0),
        ("flag", "Yes", True),
        ("flag", "off", False),
        ("colour", "blue", Colour.BLUE),
        ("mode", "fast", "fast"),
        ("limit", "none", None),
        ("limit", "3", 3),
        ("names", "a, b", ("a", "b")),
        ("pair", "3,4", (3, 4.0)),
    ],
)
def test_texts_become_values(name: str, text: str, value: object) -> None:
    """Each type has its spelling."""
    found = build(Options, {"count": "0"} | {name: text})
    assert getattr(found, name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("count", "1.5"),
        ("count", "none"),
        ("size", "nan"),
        ("size", "big"),
        ("flag", "2"),
        ("colour", "green"),
        ("mode", "FAST"),
        ("limit", "x"),
        ("pair", "1"),
        ("listed", "1"),
        ("hidden", "1"),
        ("unheard", "1"),
    ],
)
def test_nonsense_is_refused_by_name(name: str, text: str) -> None:
    """The error names the parameter or the text."""
    with pytest.raises(InvalidParameter, match=rf"{name}|{text}"):
        build(Options, {"count": "0"} | {name: text})


@pytest.mark.parametrize("words", [("count",), ("count=1", "count=2"), ("a-b=1", "a_b=2")])
def test_assignments_are_name_equals_value_once(words: tuple[str, ...]) -> None:
    """Dashes stand for underscores."""
    with pytest.raises(InvalidParameter):
        split(words)


def test_documents_come_from_the_parameters_section() -> None:
    """Two names may share one; other sections are left alone."""
    told = {"count": "How many, and how large.", "size": "How many, and how large."}
    assert documents(Options.__doc__ or "") == told | {
        "flag": "Whether.",
        "colour": "Which.",
    }


def test_fields_know_type_and_default() -> None:
    """Fields that cannot be given are not listed."""
    found = {p.name: p for p in parameters_of(Options)}
    assert "hidden" not in found
    assert found["count"].required
    assert found["limit"].type_name == "int | none"
    assert found["colour"].type_name == "red | blue"
    assert found["names"].type_name == "str, ..."
    assert found["listed"].default == []


@pytest.mark.parametrize("options", [*KINDS.values(), *map(solver_class, SOLVERS)])
def test_every_field_of_ours_is_documented(options: type) -> None:
    """What the command line can set, it can explain."""
    assert [p.name for p in parameters_of(options) if not p.doc] == []

"""The published schema: valid itself, complete, and of one mind with the reader."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from bundlesolve.errors import InvalidFile
from bundlesolve.files.json_format import read, write
from bundlesolve.files.json_schema import schema
from bundlesolve.model import Instance
from tests.files.test_json_format import TEA_TIME
from tests.strategies import instances

VALIDATOR = jsonschema.Draft202012Validator(schema())

ITEMS = [{"id": "a", "utility": 1.5}, {"id": "b"}]
GOOD: list[dict[str, Any]] = [
    {},
    {"name": "", "decimals": 3, "minimise": True},
    {"items": []},
    {"items": [{"id": "a", "label": "", "max_units": 0, "stock": 0}]},
    {"items": [{"id": "a", "extra_utility": 1.5}]},
    {"items": [{"id": "a", "extra_utility": [2, 1.5]}]},
    {"items": [{"id": "a", "max_units": 2.0}]},
    {"items": [{"id": "a", "stock": None, "label": None, "extra_utility": None}]},
    {"synergies": [["a", "b", -1.25]]},
    {"synergies": None, "bundles": None, "budgets": None},
    {"bundles": [{"id": "x", "copies": 2, "utility": {"a": 3}}]},
    {"budgets": [{"name": "m", "per_unit": {"a": 1.5}, "at_most": 2}]},
    {"budgets": [{"name": "m", "at_least": -2, "scope": "total", "decimals": 2}]},
    {"budgets": [{"name": "m", "at_most": 1, "penalty": 0.5, "priority": -1}]},
    {"categories": [{"name": "c", "items": "*", "at_least": 0}]},
    {"categories": [{"name": "c", "items": [], "at_most": 1, "at_least": None}]},
    {"rules": [{"include": "a"}, {"exclude": "b"}, {"conflict": ["a", "b"]}]},
    {"rules": [{"requires": ["a", "b"], "bundles": ["bundle"], "name": "r"}]},
    {"rules": [{"include": "a", "exclude": None}]},
]
BAD: list[dict[str, Any]] = [
    {"bundlesolve": 2},
    {"bundlesolve": "1"},
    {"bundlesolve": True},
    {"bundlesolve": None},
    {"items": None},
    {"items": {}},
    {"items": ["a"]},
    {"items": [{}]},
    {"items": [{"id": ""}]},
    {"items": [{"id": 1}]},
    {"items": [{"id": "a", "utilty": 1}]},
    {"items": [{"id": "a", "utility": "1"}]},
    {"items": [{"id": "a", "utility": True}]},
    {"items": [{"id": "a", "utility": None}]},
    {"items": [{"id": "a", "max_units": 1.5}]},
    {"items": [{"id": "a", "max_units": -1}]},
    {"items": [{"id": "a", "stock": -1}]},
    {"items": [{"id": "a", "extra_utility": []}]},
    {"items": [{"id": "a", "extra_utility": ["1"]}]},
    {"name": None},
    {"decimals": 16},
    {"decimals": -1},
    {"minimise": 1},
    {"extra": 1},
    {"synergies": {}},
    {"synergies": [["a", "b"]]},
    {"synergies": [["a", "b", 1, 2]]},
    {"synergies": [["a", "b", "1"]]},
    {"synergies": [["a", 2, 1]]},
    {"bundles": []},
    {"bundles": [{"id": "x", "copies": 0}]},
    {"bundles": [{"id": "x", "utility": {"a": None}}]},
    {"budgets": [{"name": "m"}]},
    {"budgets": [{"name": "m", "at_most": None}]},
    {"budgets": [{"name": "", "at_most": 1}]},
    {"budgets": [{"at_most": 1}]},
    {"budgets": [{"name": "m", "at_most": 1, "scope": "all"}]},
    {"budgets": [{"name": "m", "at_most": 1, "penalty": -1}]},
    {"budgets": [{"name": "m", "at_most": 1, "bundles": []}]},
    {"budgets": [{"name": "m", "at_most": 1, "per_item": {"a": "1"}}]},
    {"budgets": [{"name": "m", "at_most": 1, "per_item": ["a"]}]},
    {"categories": [{"name": "c", "items": "+", "at_most": 1}]},
    {"categories": [{"name": "c", "items": "*"}]},
    {"categories": [{"name": "c", "at_most": 1}]},
    {"categories": [{"name": "c", "items": "*", "at_most": 1.5}]},
    {"rules": [{}]},
    {"rules": [{"include": "a", "exclude": "b"}]},
    {"rules": [{"include": None}]},
    {"rules": [{"conflict": ["a"]}]},
    {"rules": [{"requires": ["a"]}]},
    {"rules": [{"requires": ["a", "b", "c"]}]},
    {"rules": [{"include": "a", "priority": 1.5}]},
]


def test_the_schema_is_one() -> None:
    """It is a valid schema of the 2020-12 draft and travels as JSON."""
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()
    assert schema()["$schema"].endswith("2020-12/schema")


def test_every_key_is_described() -> None:
    """A reader of the schema learns what each key of each object means."""
    for name, part in schema()["$defs"].items():
        assert part["description"], name
        for key, said in part["properties"].items():
            assert said.get("description"), f"{name}.{key}"


def test_no_decimal_texts() -> None:
    """Numbers are numbers: nothing of how we hold them inside leaks out."""
    assert '"format"' not in json.dumps(schema())


def test_the_example_of_the_readme_is_valid() -> None:
    """Tea time obeys the schema that we publish."""
    VALIDATOR.validate(json.loads(TEA_TIME.read_bytes()))


@given(instances())
def test_what_we_write_is_valid(instance: Instance) -> None:
    """Every instance that the writer writes obeys the schema."""
    VALIDATOR.validate(json.loads(write(instance)))


@pytest.mark.parametrize("more", GOOD, ids=json.dumps)
def test_both_accept(more: dict[str, Any]) -> None:
    """What the schema allows the reader reads."""
    document = {"bundlesolve": 1, "items": ITEMS} | more
    VALIDATOR.validate(document)
    read(json.dumps(document).encode(), "f")


@pytest.mark.parametrize("more", BAD, ids=json.dumps)
def test_both_refuse(more: dict[str, Any]) -> None:
    """What the schema forbids the reader refuses, in one line with a path."""
    document = {"bundlesolve": 1, "items": ITEMS} | more
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(InvalidFile, match=r"\Af: \$[^\n]*: expected [^\n]*, found .*\Z"):
        read(json.dumps(document).encode(), "f")


@pytest.mark.parametrize("key", ["bundlesolve", "items"])
def test_both_want_the_keys_that_must_be(key: str) -> None:
    """The version and the items cannot be left out."""
    document: dict[str, Any] = {"bundlesolve": 1, "items": ITEMS}
    del document[key]
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(InvalidFile, match=f"expected the key '{key}', found none"):
        read(json.dumps(document).encode(), "f")

"""Hostile JSON: whatever comes, one line says where and what; nothing else is raised."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import msgspec
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import json_text
from bundlesolve.files import read as read_file
from bundlesolve.files.json_errors import translated
from bundlesolve.files.json_format import read

HEAD = b'{"bundlesolve":1,"items":[{"id":"a"},{"id":"b"}]'
LONG = b"9" * 400


def items(inside: bytes) -> bytes:
    """One item that says what a test is about."""
    return b'{"bundlesolve":1,"items":[{"id":"a",' + inside + b"}]}"


def more(inside: bytes) -> bytes:
    """Two items and what a test is about."""
    return HEAD + b"," + inside + b"}"


def budget(inside: bytes) -> bytes:
    """Two items and a budget that says what a test is about."""
    return more(b'"budgets":[{"name":"m",' + inside + b"}]")


TINY = b"1e-99999999999999999999"
SUM = b'{"bundlesolve":1,"items":[{"id":"a","utility":9e15},{"id":"b","utility":9e15}]}'

CASES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "$: expected a JSON object, found an empty file"),
    "blank": (b" \n\t", "$: expected a JSON object, found an empty file"),
    "list": (b"[]", "$: expected a JSON object"),
    "number": (b"3", "$: expected a JSON object"),
    "truncated": (HEAD, "$: expected a whole JSON document, found a truncated one"),
    "two documents": (HEAD + b"} {}", "$: expected well-formed JSON, found '}' in line 1"),
    "latin-1": (items(b'"label":"caf\xe9"'), "$: expected UTF-8 text, found byte 0xe9"),
    "utf-16": ((HEAD + b"}").decode().encode("utf-16"), "$: expected well-formed JSON"),
    "bom": (b"\xef\xbb\xbf" + HEAD + b"}", "$: expected UTF-8 text without a byte order"),
    "half a pair": (items(b'"label":"\\ud800 is half"'), "$: expected well-formed JSON"),
    "control": (items(b'"label":"\x01"'), "$: expected well-formed JSON"),
    "nested lists": (b"[" * 200_000, "$: expected"),
    "nested inside": (
        more(b'"name":' + b"[" * 200_000),
        "$: expected JSON of a few levels",
    ),
    "nested closed": (
        more(b'"x":' + b"[" * 200_000 + b"]" * 200_000),
        "$: expected JSON of a few levels",
    ),
    "nested pairs": (
        more(b'"synergies":' + b"[" * 200_000 + b"]" * 200_000),
        "$: expected JSON of a few levels",
    ),
    "nested objects": (
        more(b'"x":' + b'{"a":' * 200_000),
        "$: expected JSON of a few levels",
    ),
    "no version": (b'{"items":[]}', "$: expected the key 'bundlesolve', found none"),
    "wrong version": (
        b'{"bundlesolve":2,"items":[],"later":1}',
        "$.bundlesolve: expected format version 1, found 2",
    ),
    "version text": (
        b'{"bundlesolve":"1","items":[]}',
        "$.bundlesolve: expected format version 1, found '1'",
    ),
    "no items": (b'{"bundlesolve":1}', "$: expected the key 'items', found none"),
    "unknown key": (
        more(b'"synergy":[]'),
        "$: expected a known key, the nearest is 'synergies'",
    ),
    "unknown key of an item": (
        items(b'"utilty":1'),
        "$.items[0]: expected a known key, the nearest is 'utility' (all: id, label,",
    ),
    "key like our messages": (items(b'"x` - at `$.y[3]":1'), "$"),
    "NaN": (items(b'"utility":NaN'), "$: expected well-formed JSON, found 'NaN}]}'"),
    "Infinity": (items(b'"utility":-Infinity'), "$: expected well-formed JSON"),
    "1e999": (items(b'"utility":1e999'), "$.items[0].utility: expected a size below 2**53"),
    "endless": (
        items(b'"utility":1e99999999999999999999'),
        "$.items[0].utility: expected a finite number",
    ),
    "smallest": (items(b'"utility":' + TINY), "$.items[0].utility: expected a finite"),
    "400 digits": (
        items(b'"utility":' + LONG),
        "$.items[0].utility: expected a size below 2**53, found 9999",
    ),
    "400 digits of stock": (
        items(b'"stock":' + LONG),
        "$.items[0].stock: expected a whole number, found 9999",
    ),
    "a priority of 30 digits": (
        more(b'"rules":[{"include":"a","priority":' + b"9" * 30 + b"}]"),
        "$.rules[0].priority: expected a size below 2**53",
    ),
    "5000 digits": (
        items(b'"utility":' + LONG * 13),
        "$.items[0].utility: expected a size below 2**53",
    ),
    "5000 decimals": (
        items(b'"utility":0.' + LONG * 13),
        "$.items[0].utility: expected at most 9 decimals where decimals is not given",
    ),
    "beyond the scale": (
        b'{"bundlesolve":1,"decimals":2,"items":[{"id":"a","utility":0.125}]}',
        "$.items[0].utility: expected at most 2 decimals, found 0.125",
    ),
    "beyond the budget's scale": (
        budget(b'"per_unit":{"b":0.125},"at_most":1,"decimals":2'),
        "$.budgets[0].per_unit['b']: expected at most 2 decimals, found 0.125",
    ),
    "penalty beyond the scale": (
        more(b'"decimals":1,"rules":[{"include":"a","penalty":0.25}]'),
        "$.rules[0].penalty: expected at most 1 decimals, found 0.25",
    ),
    "text for a number": (
        items(b'"utility":"3"'),
        "$.items[0].utility: expected a number, found '3'",
    ),
    "truth for a number": (
        items(b'"utility":true'),
        "$.items[0].utility: expected a number, found true",
    ),
    "half a unit": (
        items(b'"max_units":1.5'),
        "$.items[0].max_units: expected a whole number, found 1.5",
    ),
    "an item that is a text": (
        b'{"bundlesolve":1,"items":["tea"]}',
        "$.items[0]: expected an object, found 'tea'",
    ),
    "negative stock": (
        items(b'"stock":-1'),
        "$.items[0].stock: expected a whole number >= 0, found -1",
    ),
    "rising extra": (
        items(b'"extra_utility":[1,2]'),
        "$.items[0].extra_utility: expected worths that never increase, found '1, 2'",
    ),
    "id twice": (
        b'{"bundlesolve":1,"items":[{"id":"a"},{"id":"a"}]}',
        "$.items[1].id: expected each id once, found 'a' again",
    ),
    "no id": (items(b'"utility":1').replace(b'"id":"a",', b""), "$.items[0]: expected the"),
    "key twice": (HEAD + b',"items":[]}', "$: expected each key once, found 'items' again"),
    "key twice inside": (
        b'{"bundlesolve":1,"items":[{"id":"a"},{"id":"b","stock":1,"stock":2}]}',
        "$.items[1]: expected each key once, found 'stock' again",
    ),
    "amount twice": (
        budget(b'"per_unit":{"a":1,"b":2,"a":3},"at_most":1'),
        "$.budgets[0].per_unit: expected each key once, found 'a' again",
    ),
    "twice in what is replaced": (
        HEAD + b',"name":{"x":1,"x":2},"name":"y"}',
        "$: expected each key once, found 'name' again",
    ),
    "self-pair": (
        more(b'"synergies":[["a","b",1],["b","b",1]]'),
        "$.synergies[1]: expected two different items, found 'b' with itself",
    ),
    "mirrored pair": (
        more(b'"synergies":[["a","b",1],["b","a",1]]'),
        "$.synergies[1]: expected each pair once, found 'b', 'a' again",
    ),
    "pair of a stranger": (
        more(b'"synergies":[["a","z",1]]'),
        "$.synergies[0][1]: expected the id of an item, found 'z'",
    ),
    "pair of two": (
        more(b'"synergies":[["a","b"]]'),
        "$.synergies[0]: expected a list of length 3, found 2",
    ),
    "pair of four": (
        more(b'"synergies":[["a","b",1,2]]'),
        "$.synergies[0]: expected a list of length 3, found 4",
    ),
    "worth that is a text": (
        more(b'"synergies":[["a","b","1"]]'),
        "$.synergies[0][2]: expected a number, found '1'",
    ),
    "worth out of range": (
        more(b'"synergies":[["a","b",1e999]]'),
        "$.synergies[0][2]: expected a size below 2**53",
    ),
    "pairs in an object": (
        more(b'"synergies":{"a":{"b":1}}'),
        "$.synergies: expected a list, found an object",
    ),
    "amount of a stranger": (
        budget(b'"per_item":{"z":1},"at_most":1'),
        "$.budgets[0].per_item['z']: expected the id of an item, found 'z'",
    ),
    "amount that is a text": (
        budget(b'"per_item":{"a":1,"b":"2"},"at_most":1'),
        "$.budgets[0].per_item['b']: expected a number, found '2'",
    ),
    "no side": (budget(b'"per_item":{}'), "$.budgets[0]: expected at_least or at_most"),
    "sides": (
        budget(b'"at_most":1,"at_least":2'),
        "$.budgets[0]: expected at_least <= at_most, found at_least 2 > at_most 1",
    ),
    "scope": (
        budget(b'"at_most":1,"scope":"all"'),
        "$.budgets[0].scope: expected 'bundle' or 'total', found 'all'",
    ),
    "sides of a category": (
        more(b'"categories":[{"name":"c","items":"*","at_most":1,"at_least":2}]'),
        "$.categories[0]: expected at_least <= at_most",
    ),
    "group": (
        more(b'"categories":[{"name":"c","items":"a","at_most":1}]'),
        "$.categories[0].items: expected a list or '*', found 'a'",
    ),
    "no rule": (
        more(b'"rules":[{"penalty":1}]'),
        "$.rules[0]: expected exactly one of include, exclude, conflict, requires, found",
    ),
    "two rules": (
        more(b'"rules":[{"include":"a","exclude":"b"}]'),
        "$.rules[0]: expected exactly one of include, exclude, conflict, requires, found",
    ),
    "rule on a stranger": (
        more(b'"rules":[{"conflict":["a","z"]}]'),
        "$.rules[0].conflict[1]: expected the id of an item, found 'z'",
    ),
    "unknown bundle": (
        more(b'"rules":[{"include":"a","bundles":["window"]}]'),
        "$.rules[0].bundles[0]: expected the id of a bundle, found 'window'",
    ),
    "copies": (
        more(b'"bundles":[{"id":"x","copies":' + b"9" * 30 + b"}]"),
        "$.bundles[0].copies: expected a size below 2**53",
    ),
    "sum": (SUM, "$ (largest possible worth with penalties): expected a size below 2**53"),
    "sum of a budget": (
        budget(b'"per_unit":{"a":5e15,"b":5e15},"at_most":1'),
        "$.budgets[0]: expected a size below 2**53",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_where_and_what(case: str) -> None:
    """File, JSON path, what was expected and what came, in one line of decent length."""
    data, expected = CASES[case]
    with pytest.raises(InvalidFile) as caught:
        read(data, "file.json")
    message = str(caught.value)
    assert message.startswith(f"file.json: {expected}")
    assert ", found " in message
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize("case", CASES)
def test_the_door_of_all_formats_says_the_same(case: str, tmp_path: Path) -> None:
    """Read from a file whose format is recognised, it is refused as well."""
    file = tmp_path / "hostile"
    file.write_bytes(CASES[case][0])
    with pytest.raises(InvalidFile):
        read_file(file)


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """100 MB of blanks in 100 kB are refused with the cap, not given to a parser."""
    file = tmp_path / "bomb.json.gz"
    file.write_bytes(gzip.compress(HEAD + b" " * (100 << 20) + b"}", 9))
    with pytest.raises(InvalidFile, match=r"at most \d+ bytes after decompression"):
        read_file(file)


def test_long_texts_do_not_flood_the_message() -> None:
    """An id of a million characters is shortened where it is complained about."""
    name = json.dumps("x" * 10**6).encode()
    twice = b'{"bundlesolve":1,"items":[{"id":%s},{"id":%s}]}' % (name, name)
    key = items(name + b":1")
    pair = more(b'"synergies":[["a",%s,1]]' % name)
    again = b"{%s:1,%s:2}" % (name, name)
    amount = budget(b'"per_unit":{%s:1},"at_most":1' % name)
    for data in (twice, key, pair, again, amount):
        with pytest.raises(InvalidFile) as caught:
            read(data, "f")
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (b'["a\xff","b",1]', "$: expected UTF-8 text, found byte 0xff, which is none"),
        (b'["a","b",1e999]', "$.synergies[0][2]: expected a size below 2**53, found a"),
        (b'["a","b",NaN]', "$: expected well-formed JSON, found 'NaN]"),
        (b'["a","b",null]', "$.synergies[0][2]: expected a number, found null"),
        (b'["a","b"]', "$.synergies[0]: expected a list of length 3, found another"),
        (b'{"a":1}', "$.synergies[0]: expected a list, found an object"),
        (b'["a","b",' + LONG + b"]", "$.synergies[0][2]: expected a size below 2**53"),
        (b'["a","z",1]', "$.synergies[0][1]: expected the id of an item, found 'z'"),
        (b'["a","a",1]', "$.synergies[0]: expected two different items"),
    ],
)
def test_the_fast_way_is_as_strict(pair: bytes, expected: str) -> None:
    """A long list of pairs gets the same errors with the same paths."""
    data = more(b'"synergies":[' + pair + b" " * json_text.LARGE + b"]")
    with pytest.raises(InvalidFile) as caught:
        read(data, "f")
    assert str(caught.value).startswith(f"f: {expected}")
    assert "\n" not in str(caught.value)


def test_a_message_that_we_do_not_know() -> None:
    """What a later validator may say is passed on in one line."""
    error = translated(msgspec.ValidationError("No\nway - at `$.x[3].y[...]`"), {}, "f")
    assert str(error) == r"f: $.x[3].y: expected what the format asks for, found 'No\nway'"

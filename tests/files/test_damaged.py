"""Damaged JSON: a valid file with anything changed is refused in one line, or harmless."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidFile
from bundlesolve.files import json_text
from bundlesolve.files.json_format import read
from tests.files.test_json_format import TEA_TIME


def refusal(data: bytes) -> InvalidFile | None:
    """Return why a text is refused; anything else that is raised goes through."""
    try:
        read(data, "f")
    except InvalidFile as error:
        return error
    return None


VALID = TEA_TIME.read_bytes()
PIECES = [b"", b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"-", b"0", b"9" * 20]
PIECES += [b"1e5", b"1e-5", b"1e308", b"1e99999", b"NaN", b"null", b"true", b'"tea"', b"*"]
PIECES += [
    b"\xff",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\n",
    b'"id": "tea",',
    b".",
    b"\xf0",
]
PIECES += [b'["tea", "jam", 1],', b"[[[[", b'{"include": "tea"},', b"2", b'"at_most": -1,']
CHANGES = st.lists(
    st.tuples(
        st.integers(0, len(VALID)),
        st.integers(0, 30),
        st.sampled_from(PIECES) | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("large", [10, json_text.LARGE], ids=["fast", "plain"])
@given(changes=CHANGES)
def test_damage_is_refused_or_harmless(large: int, changes: list[tuple]) -> None:  # type: ignore[type-arg]
    """A valid file with pieces cut out and put in gives an instance or `InvalidFile`."""
    data = VALID
    for start, length, piece in changes:
        data = data[:start] + piece + data[start + length :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "LARGE", large)
        error = refusal(data)
    assert error is None or "\n" not in str(error)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["tea", "cup", "*", "", "bundle", "total", "é\n"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tea", "id", "name", "at_most"]), inner)
    ),
    max_leaves=5,
)


@given(st.integers(0, 10**6), VALUES, st.booleans())
def test_another_value_is_refused_or_harmless(
    place: int, value: object, remove: bool
) -> None:
    """Well-formed JSON with any value anywhere gives an instance or `InvalidFile`."""
    tree = json.loads(VALID)
    spots = [
        (holder, key)
        for _, holder in json_text.walk(tree)
        if isinstance(holder, dict | list)
        for key in (holder if isinstance(holder, dict) else range(len(holder)))
    ]
    holder, key = spots[place % len(spots)]
    if remove:
        del holder[key]
    else:
        holder[key] = value
    error = refusal(json.dumps(tree).encode())
    assert error is None or "\n" not in str(error)
    assert error is None or error.place.startswith("$")

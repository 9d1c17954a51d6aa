"""What every foreign format owes: recognition, refusal of damage, one problem a file."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidFile, InvalidInstance, InvalidParameter
from bundlesolve.files import FORMATS, read
from bundlesolve.files.formats import reader
from bundlesolve.files.read import recognise
from tests.files.samples import SAMPLES

SELECT = {"edge_list": "50%", "mkp_orlib": "2", "mmkp_hiremath_hill": "2"}
"""Which problem of the samples that hold several."""

COMMENTARY = {"billionnet_soutif": 1, "mmkp_khan": 6}
"""Words of commentary at the end of the samples whose formats allow it."""

RUBBISH = [b"x", b"-1", b"1e999", b"nan", b"inf", b"1_0", b"9" * 30, b"9" * 5000, b"1.5"]
RUBBISH += [b"0", b"99999999", b"\xff", b"\x00", b";", b"", b"\n", b"1e-400", b"--1", b"."]


def test_every_format_has_a_sample() -> None:
    """A format without one would slip through every test here."""
    assert set(SAMPLES) | {"json"} == set(FORMATS)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_recognised_as_its_format_and_no_other(name: str) -> None:
    """Recognition is by content, and exclusive."""
    found = [other for other in SAMPLES if reader(other).recognise(SAMPLES[name])]
    assert found == [name]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_gzipped_file_is_read_by_its_content(name: str, tmp_path: Path) -> None:
    """Neither the name nor the ending of a file matters."""
    file = tmp_path / "whatever"
    file.write_bytes(gzip.compress(SAMPLES[name]))
    select = SELECT.get(name)
    expected = reader(name).read(SAMPLES[name], "whatever", select)
    assert read(file, select=select) == expected
    assert read(file, format=name, select=select) == expected


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello\n", b"3\n", b"1 2 3 4 5\n6\n"])
def test_what_no_format_fits_is_refused(data: bytes) -> None:
    """The message lists the formats there are."""
    with pytest.raises(InvalidFile, match="one of the formats"):
        recognise(data, "file")


def test_an_unknown_format_is_named_with_the_known_ones(tmp_path: Path) -> None:
    """A typing error in the format's name is the caller's, not the file's."""
    with pytest.raises(InvalidParameter, match=r"billionnet_soutif.*'xml'"):
        read(tmp_path / "file", format="xml")


@pytest.mark.parametrize("name", [n for n in SAMPLES if n not in SELECT])
def test_select_on_a_single_problem_may_only_be_one(name: str) -> None:
    """Asking for the only one is no error, asking for another is."""
    module = reader(name)
    data = SAMPLES[name]
    assert module.read(data, "f", "1") == module.read(data, "f", None)
    for select in ("2", "0", "5%", "x", "", "²"):
        with pytest.raises(InvalidFile, match=r"select in 1\.\.1"):
            module.read(data, "f", select)


@pytest.mark.parametrize("name", SELECT)
def test_several_problems_want_a_select(name: str) -> None:
    """The message says what may be selected."""
    for select in (None, "0", "9", "30%", "x%", "%"):
        with pytest.raises(InvalidFile, match=r"f: select: expected select .*1"):
            reader(name).read(SAMPLES[name], "f", select)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_short_is_refused(name: str) -> None:
    """Every word counts but the commentary that two formats allow at the end."""
    data = SAMPLES[name]
    words = [word.start() for word in re.finditer(rb"[^\s;]+|;", data)]
    for start in words[: len(words) - COMMENTARY.get(name, 0)]:
        with pytest.raises(InvalidFile):
            reader(name).read(data[:start], "f", SELECT.get(name))


@pytest.mark.parametrize("name", [n for n in SAMPLES if n not in COMMENTARY])
def test_words_after_the_end_are_refused(name: str) -> None:
    """What a reader would leave unread is more likely damage than decoration."""
    with pytest.raises(InvalidFile):
        reader(name).read(SAMPLES[name] + b"\n1 2 3\n", "f", SELECT.get(name))


def _read_any(name: str, data: bytes) -> None:
    """Read; only `InvalidFile` and what `read` turns into it may come out."""
    try:
        reader(name).recognise(data)
        reader(name).read(data, "f", SELECT.get(name))
    except (InvalidFile, InvalidInstance):
        pass


@pytest.mark.parametrize("name", SAMPLES)
def test_a_changed_word_is_read_or_refused(name: str) -> None:
    """Every word replaced by every kind of rubbish: no other error, no endless claim."""
    words = SAMPLES[name].replace(b"\n", b" \n ").split(b" ")
    for at in range(len(words)):
        for rubbish in RUBBISH:
            changed = [*words[:at], rubbish, *words[at + 1 :]]
            _read_any(name, b" ".join(changed))


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_changed_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Bytes cut, repeated, overwritten: no error but the promised one."""
    content = SAMPLES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 12)))
        new = data.draw(
            st.one_of(st.binary(max_size=6), st.text("0123456789.-+ \n;", max_size=6))
        )
        middle = new if isinstance(new, bytes) else new.encode()
        content = content[:start] + middle + content[end:]
    _read_any(name, content)


def test_numbers_too_large_for_exact_sums_are_refused(tmp_path: Path) -> None:
    """The model's own check speaks with the file's name."""
    file = tmp_path / "large.sparse"
    file.write_bytes(b"2 3\n1 1 9007199254740000\n2 2 9007199254740000\n1 2 1\n")
    with pytest.raises(InvalidFile, match=r"large\.sparse.*2\*\*53"):
        read(file)


@given(st.lists(st.integers(-(2**52), 2**52), min_size=1, max_size=20), st.integers(0, 15))
def test_decimals_are_scaled_exactly(values: list[int], decimals: int) -> None:
    """Text made from whole numbers comes back as those numbers, whatever the scale."""
    from decimal import Decimal

    from bundlesolve.files.tokens import Tokens

    texts = [f"{Decimal(value).scaleb(-decimals):f}" for value in values]
    tokens = Tokens(" ".join(texts).encode(), "f")
    found = tokens.decimal(tokens.take(len(values), "numbers"), "a number")
    up = 10 ** (decimals - found.decimals)
    assert [value * up for value in found.values.tolist()] == values


def test_words_know_their_lines() -> None:
    """Carriage returns, blank lines and a missing last newline do not mislead."""
    from bundlesolve.files.tokens import Tokens

    tokens = Tokens(b"\r\n a b\r\n\n c\td", "f")
    assert tokens.lines.tolist() == [2, 2, 4, 4, 4]
    assert np.array_equal(Tokens(b"", "f").lines, [1])

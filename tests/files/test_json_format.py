"""The native format: what is written reads back, exactly, by either way of reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.files import json_text
from bundlesolve.files.json_format import read, recognise, write
from bundlesolve.files.json_pairs import needs_decimals
from bundlesolve.files.json_write import number
from bundlesolve.model import Bundle, Conflict, Include, Instance, Requires, Synergies
from bundlesolve.model.check import check
from tests.strategies import instances

TEA_TIME = Path(__file__).resolve().parents[2] / "instances" / "tea-time.json"
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@st.composite
def odd(draw: st.DrawFn) -> Instance:
    """Instances with texts of every script, labels, fine scales and usual bundles."""
    instance = draw(instances())
    n = instance.n
    ids = draw(st.lists(TEXTS, min_size=n, max_size=n, unique=True))
    labels = draw(st.none() | st.lists(st.text(max_size=3), min_size=n, max_size=n))
    instance = instance.replace(
        items=tuple(ids),
        labels=None if labels is None else _clean(labels),
        decimals=draw(st.integers(0, 15)),
        name="".join(_clean([draw(st.text(max_size=5))])),
        budgets=tuple(
            b.replace(decimals=draw(st.integers(0, 15))) for b in instance.budgets
        ),
    )
    if instance.num_bundles == 1 and draw(st.booleans()):
        instance = instance.replace(bundles=(Bundle(),))
    return instance


def _clean(texts: list[str]) -> tuple[str, ...]:
    return tuple(text.encode("utf-8", "ignore").decode() for text in texts)


@given(odd())
@example(Instance((), np.array([], dtype=np.int64)))
@example(Instance(("*",), np.array([2**53 - 1]), decimals=15))
def test_there_and_back(instance: Instance) -> None:
    """What is written reads back equal, and is written again byte for byte."""
    data = write(instance)
    again = read(data, "file")
    assert again == instance
    assert again.fingerprint == instance.fingerprint
    assert write(again) == data


@given(instances())
def test_a_long_list_is_read_like_a_short_one(instance: Instance) -> None:
    """The fast way over the pairs, forced on a few, gives the same instance."""
    data = write(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "LARGE", 10)
        assert read(data, "file") == instance


@given(instances())
def test_what_is_written_is_plain_json(instance: Instance) -> None:
    """Any other reader understands it, and defaults are not spelt out."""
    document = json.loads(write(instance))
    assert document["bundlesolve"] == 1
    assert len(document["items"]) == instance.n
    assert len(document.get("synergies", [])) == len(instance.synergies)
    assert ("minimise" in document) == instance.minimise
    assert ("rules" in document) == bool(instance.rules)


def test_tea_time_is_what_its_page_says() -> None:
    """The example of the README, number by number."""
    tea = read(TEA_TIME.read_bytes(), "tea-time.json")
    assert (tea.name, tea.n, tea.decimals) == ("tea time", 7, 2)
    assert tea.label(0) == "Darjeeling, 100 g"
    assert tea.utility.tolist() == [350, 400, 200, 250, 75, 300, 450]
    assert tea.extra_utility == ((2, (150, 50)),)
    assert tea.stock.to_dense(7).tolist() == [0, 0, 3, 0, 0, 0, 0]
    money, box = tea.budgets
    assert (money.decimals, money.at_most, money.penalty) == (2, 3000, None)
    # 1.5 for a litre is 0.15 for the tenth of a litre that the box is counted in.
    assert (box.decimals, box.at_most, box.penalty) == (1, 80, 15)
    assert [c.name for c in tea.categories] == ["something to eat", "size of the gift"]
    glass, jam, coffee = tea.rules
    assert isinstance(glass, Conflict)
    assert isinstance(jam, Requires)
    assert (jam.item, jam.needs, jam.name) == (4, 3, "jam requires scones")
    assert (coffee.penalty, coffee.priority) == (200, 1)


def test_a_gift_from_tea_time() -> None:
    """Tea, pot, two cups and scones, added up by hand: 16.5, and 0.5 + 3 + 2.5 + 2 fit."""
    tea = read(TEA_TIME.read_bytes(), "tea-time.json")
    verdict = check(tea, np.array([[1, 1, 2, 1, 0, 0, 0]]))
    # 3.5 + 4 + (2 + 1.5) + 2.5 alone; 2.5 + 2 + 1.25 together.
    assert verdict.worth == 1925
    assert verdict.penalty == 0
    used = {use.name: use.used for use in verdict.uses}
    assert used["money"] == 490 + 1250 + 2 * 320 + 375
    assert used["box"] == 5 + 30 + 5 + 20 + 20


def document(**more: Any) -> bytes:
    """Two items and what a test is about."""
    items = [{"id": "a", "utility": 1}, {"id": "b", "utility": 2}]
    return json.dumps({"bundlesolve": 1, "items": items} | more).encode()


def test_nulls_are_like_nothing() -> None:
    """Programs that write null for "none" are understood."""
    nothing = dict.fromkeys(("synergies", "bundles", "budgets", "categories", "rules"))
    assert read(document(**nothing, decimals=None), "f") == read(document(), "f")
    rule = {"include": "a", "exclude": None, "conflict": None, "penalty": None}
    assert isinstance(read(document(rules=[rule]), "f").rules[0], Include)


def test_whole_numbers_may_have_a_point() -> None:
    """JSON has one kind of number: 1.0 copies and 2e0 items are counts."""
    data = document(bundles=[{"id": "x", "copies": 2}])
    data = data.replace(b'"copies": 2', b'"copies": 2.0')
    assert read(data, "f").bundles[0].copies == 2
    data = document(categories=[{"name": "c", "items": "*", "at_most": 2}])
    data = data.replace(b'"at_most": 2', b'"at_most": 2e0')
    assert read(data, "f").categories[0].at_most == 2


def test_every_item_and_the_item_star() -> None:
    """ "*" is every item, ["*"] the item that is called so."""
    items = [{"id": "*"}, {"id": "b"}]
    both = [{"name": "all", "items": "*", "at_most": 1}]
    one = [{"name": "one", "items": ["*"], "at_most": 1}]
    instance = read(document(items=items, categories=both + one), "f")
    assert [c.items.tolist() for c in instance.categories] == [[0, 1], [0]]
    assert read(write(instance), "f") == instance


def test_sixteen_digits_are_kept() -> None:
    """A synergy that a float64 would change is read as it is written, few or many."""
    worth = 1.234567890123
    text = document(decimals=15, synergies=[["a", "b", worth]])
    text = text.replace(b"1.234567890123", b"1.234567890123459")
    assert read(text, "f").synergies.worth.tolist() == [1234567890123459]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "LARGE", 10)
        assert read(text, "f").synergies.worth.tolist() == [1234567890123459]
        # As a float this would be read as 0.1 and pass.
        long = text.replace(b"1.234567890123459", b"0.10000000000000000000001")
        with pytest.raises(InvalidFile, match=r"\$\.synergies\[0\]\[2\].*15 decimals"):
            read(long, "f")
        tiny = text.replace(b"1.234567890123459", b"1e-999")
        with pytest.raises(InvalidFile, match=r"\$\.synergies\[0\]\[2\].*15 decimals"):
            read(tiny, "f")


@pytest.mark.parametrize(
    ("pairs", "needed"),
    [
        (b'[["a","b",0.1234567890123]]', False),
        (b'[["a","b",0.123456789012345]]', True),
        (b'[["a","b", -1234567890123456]]', True),
        (b'[["a","b",1e3]]', True),
        (b'[["a","b",1.5E-300]]', True),
        (b'[["4006381333931000123","b",1]]', False),
        (b'[["a1e5","0e0",1]]', False),
    ],
)
def test_only_long_numbers_take_the_slow_way(pairs: bytes, needed: bool) -> None:
    """Article codes of many digits are texts and keep the fast way open."""
    assert needs_decimals(pairs) is needed


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (-5, 0, "-5"),
        (250, 2, "2.5"),
        (300, 2, "3"),
        (-7, 3, "-0.007"),
        (3, -2, "300"),
        (0, 4, "0"),
    ],
)
def test_numbers_are_short(value: int, decimals: int, text: str) -> None:
    """No zeros at the end, no exponent, no sign of a zero."""
    assert number(value, decimals) == text


def test_many_pairs_by_the_way_of_their_own() -> None:
    """Enough pairs to take the fast way without being made to."""
    n = 60
    first, second = np.triu_indices(n, 1)
    worth = np.arange(len(first)) - 500
    instance = Instance(
        tuple(f"i{i}" for i in range(n)),
        np.zeros(n, dtype=np.int64),
        Synergies(first, second, worth),
        decimals=2,
    )
    data = write(instance)
    assert len(data) > 4 * json_text.LARGE
    assert read(data, "f") == instance
    text = data.replace(b'["i0", "i1", -5]', b'["i0", "nobody", -5]')
    with pytest.raises(InvalidFile, match=r"f: \$\.synergies\[0\]\[1\]: .*'nobody'"):
        read(text, "f")
    text = data.replace(b'["i0", "i1", -5]', b'["i0", "i1", "-5"]')
    with pytest.raises(InvalidFile, match=r"\$\.synergies\[0\]\[2\]: expected a number"):
        read(text, "f")
    text = data.replace(b'  "synergies"', b'  "synergies": [],\n  "synergies"')
    with pytest.raises(InvalidFile, match=r"\$: expected each key once, found 'synergies"):
        read(text, "f")
    pairs = data[data.index(b'"synergies"') : data.rindex(b"]") + 1]
    text = data.replace(pairs, pairs + b",\n  " + pairs)
    with pytest.raises(InvalidFile, match=r"\$: expected each key once, found 'synergies"):
        read(text, "f")


def test_a_file_holds_one_instance() -> None:
    """Asking for the first is asking for it, asking for the second is wrong."""
    assert read(document(), "f", "1") == read(document(), "f")
    with pytest.raises(InvalidFile, match="select"):
        read(document(), "f", "2")


def test_half_a_character_cannot_be_written() -> None:
    """Half of a surrogate pair has no UTF-8 form."""
    with pytest.raises(InvalidInstance, match=r"texts with a UTF-8 form, found '.ud800'"):
        write(Instance(("\ud800",), np.array([1])))


@pytest.mark.parametrize("data", [b"{}", b" \n{", b"\xef\xbb\xbf{", b"[1]"])
def test_json_is_recognised(data: bytes) -> None:
    """By its first character; what is wrong with it the reader says."""
    assert recognise(data)
    assert not recognise(b"3 4\n" + data)

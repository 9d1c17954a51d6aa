"""The page: opened and clicked, small, alone, harmless, and legible."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bundlesolve.bench.record import RunStatus
from bundlesolve.report.digest import Digest, digest
from bundlesolve.report.page import MOST_BYTES, page
from tests.bench.made import crowd, run
from tests.report.chromium import clicked


def data_of(text: str) -> dict[str, Any]:
    """Return the numbers in a page."""
    (found,) = re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)
    data = json.loads(found)
    assert isinstance(data, dict)
    return data


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_page_opened_and_clicked(found: Digest, tmp_path: Path, width: int) -> None:
    """Sorting, legend, charts, filter, drill-down, theme; nothing is fetched."""
    told = clicked(page(found), tmp_path, width)
    assert not [name for name, text in told.items() if str(text).startswith("error:")]
    assert told["errors"] == []
    assert told["fetched"] == []
    assert told["nameless"] == 0
    assert told["wide"] <= 0  # the page itself never scrolls sideways
    assert told["charts"] >= 4
    assert told["profile"] == told["bands"] == 5
    assert told["points"] == 23

    by_deviation = sorted(
        (line.deviations.mean, line.method)
        for line in found.lines
        if line.deviations.mean is not None
    )
    assert told["sortUp"] == [*(m for _, m in by_deviation), "peer-gurobi"]
    down = [method for _, method in reversed(by_deviation)]
    assert told["sortDown"] == [*down, "peer-gurobi"]
    assert (told["ariaUp"], told["ariaDown"]) == ("ascending", "descending")
    assert told["sortWords"] == sorted(line.method for line in found.lines)

    assert told["cost"] is True
    assert told["hide"] == [4, 4, "false"]
    assert all(method in told["arrow"] for method in found.methods)
    assert re.fullmatch(
        r"local better on \d+, equal on \d+, auto better on \d+", told["tally"]
    )
    assert told["scatterKeys"] == "set/problem-000"
    assert told["filter"] == "10 of 24"

    assert told["open"] is True
    assert told["title"] == "set/problem-004"
    assert told["runs"] == 12
    on = found.runs.on("set/problem-004")
    assert told["traces"] == sum(record.solved for record in on)
    assert told["bounds"] == sum(bool(record.bounds) for record in on)
    assert told["whole"] is True
    assert told["next"] == "set/problem-005"
    assert told["close"] is False
    assert told["paper"] == "rgb(255, 255, 255)"
    assert told["theme"] == "Light"
    assert told["night"] == "rgb(20, 23, 26)"


class Outline(HTMLParser):
    """Tags, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_page_is_alone(found: Digest) -> None:
    """No address but places in itself; nothing may be fetched; ids are unique."""
    text = page(found)
    outline = Outline(text)
    for tag, attributes in outline.tags:
        assert "src" not in attributes, tag
        assert attributes.get("href", "#").startswith("#"), tag  # type: ignore[union-attr]
    assert "default-src 'none'" in text
    assert not re.search(r"url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)", text)
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = [a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a]
    assert set(labels) <= set(ids)
    assert not re.search(r"\{\{\w+\}\}", text)


def test_page_reads_without_a_script(found: Digest) -> None:
    """Machine, versions, date, suite and limits; every method, problem and status."""
    text = re.sub(r"<script.*?</script>", "", page(found), flags=re.DOTALL)
    for words in (
        *("A Processor", "bundlesolve 0.1.0", "2026-01-02 03:00", "made", "10 s, 1 thread"),
        *(
            "288 of 300 planned",
            "48 absent",
            "0123456789ab",
            "crashed",
            "2.00 ms",
            "shift 1 s",
        ),
        *found.runs.methods,
        *found.runs.problems,
    ):
        assert words in text


def test_names_and_errors_are_only_text() -> None:
    """A label that would end the script, an instance that would be an image."""
    evil = '</script><img src=x onerror="alert(1)">{{data}}'
    records = [
        run(evil, f"{evil}/a", "1", [(0.1, "1")]),
        run("m", f"{evil}/a", status=RunStatus.FAILED, error=evil),
    ]
    text = page(digest(records))
    assert "<img" not in text
    assert data_of(text)["methods"] == [evil, "m"]
    assert data_of(text)["problems"][0]["runs"][1][7] == evil
    assert [tag for tag, _ in Outline(text).tags].count("script") == 2


@pytest.mark.slow
def test_large_files_make_small_pages() -> None:
    """Traces are thinned, and the page says so; first and last steps stay."""
    records = crowd(1, 250, 3, steps=60)
    found = digest(records)
    text = page(found)
    assert len(text.encode()) < MOST_BYTES
    assert "traces show at most" in text
    data = data_of(text)
    sample = data["problems"][7]["runs"][0]
    record = found.runs.on("set/problem-007")[0]
    assert sample[8][-1][1] == int(record.incumbents[-1].value)
    assert sample[3] == record.objective
    bare = page(found, 650_000)
    assert "traces of single runs are left out" in bare
    assert data_of(bare)["problems"][7]["runs"][0] == [*sample[:8], [], []]
    small = page(found, 450_000)
    assert len(small.encode()) < 450_000
    assert "single runs are left out" in small


def test_even_hopeless_files_make_a_page(found: Digest) -> None:
    """Where nothing fits, problems are left out and the page says how many there are."""
    text = page(found, 75_000)
    assert re.search(r"Only the first \d+ of 24 problems are listed", text)


@pytest.mark.parametrize(
    "records",
    [
        [run("m", "a", status=RunStatus.ABSENT, seconds=None)],
        [run("m", "a", "0", best_known="0", limit=None, seconds=0.0)],
        [run("m", "a", status=RunStatus.CRASHED)],
        [run("m", "a", status=RunStatus.INFEASIBLE), run("n", "a")],
        [run("m", "a", "1" + "0" * 400)],
        [run("m", "a", "-1.25", [(0.5, "-2"), (1.0, "-1.25")], bound="3")],
    ],
)
def test_little_to_tell_is_told(records: list[Any]) -> None:
    """Nobody there, nothing at all, no answer: a page all the same, and valid JSON."""
    data = data_of(page(digest(records)))
    assert len(data["problems"]) == 1


@pytest.mark.slow
def test_page_without_methods_has_no_script_error(tmp_path: Path) -> None:
    """Only absent methods: tables, no charts, and no mistake."""
    records = [run("m", "a", status=RunStatus.ABSENT, seconds=None)]
    told = clicked(page(digest(records)), tmp_path, 390)
    assert told["errors"] == []
    assert told["fetched"] == []


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_legible(dark: bool) -> None:
    """Text 4.5 to 1 on both grounds, lines 3 to 1 on paper, in light and dark."""
    style = files("bundlesolve.report").joinpath("assets", "page.css").read_text("utf-8")
    pairs = re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", style)
    colours = {name: night if dark else day for name, day, night in pairs}
    for ground in ("paper", "raised"):
        for text in ("ink", "faint", "link"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for method in range(8):
        assert contrast(colours[f"m{method}"], colours["paper"]) >= 3, method


def test_more_methods_than_colours_are_told_apart() -> None:
    """Colour and dash together repeat only after 32 methods."""
    script = files("bundlesolve.report").joinpath("assets", "chart.js").read_text("utf-8")
    assert "method % 8" in script
    styles = [(m % 8, (m + m // 8) % 4) for m in range(32)]
    assert len(set(styles)) == 32


def test_page_is_the_same_every_time(found: Digest) -> None:
    """The bootstrap has a fixed seed."""
    assert page(found) == page(replace(found))

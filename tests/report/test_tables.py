"""Tables, Markdown, CSV and the terminal."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from bundlesolve.bench.machine import Machine
from bundlesolve.bench.record import RunStatus
from bundlesolve.bench.statistics.measure import Measure
from bundlesolve.report.csv_text import csv_text
from bundlesolve.report.digest import Digest, digest
from bundlesolve.report.facts import facts
from bundlesolve.report.markdown import markdown
from bundlesolve.report.methods_table import methods_table
from bundlesolve.report.page import page
from bundlesolve.report.pairs_table import pairs_table
from bundlesolve.report.problems_table import problems_table
from bundlesolve.report.sets_table import sets_of, sets_table
from bundlesolve.report.table import Table
from bundlesolve.report.terminal import draw
from bundlesolve.report.words import chance, listed, number, percent, seconds, size, span
from tests.bench.made import run


def texts(table: Table) -> list[list[str]]:
    """Return what a table shows."""
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (percent(0.0), "0"),
        (percent(0.0000001), "1.0e-07"),
        (percent(-1.23456), "-1.235"),
        (percent(None), "-"),
        (percent(float("nan")), "-"),
        (seconds(0.01234), "0.012"),
        (seconds(12.345), "12.35"),
        (seconds(1234.5), "1234"),
        (seconds(float("inf")), "never"),
        (seconds(None), "-"),
        (chance(0.00001), "<0.0001"),
        (chance(0.05), "0.0500"),
        (chance(None), "-"),
        (number(2.346), "2.35"),
        (number(None), "-"),
        (size(123_456_789), "123 MB"),
        (size(None), "-"),
        (span([2, 1]), "1.00 to 2.00"),
        (span([1]), "1.00"),
        (span([]), "-"),
        (listed(["a", "", "b", "a"]), "a, b"),
        (listed("abcd", 2), "a, b and 2 more"),
        (listed([]), "-"),
    ],
)
def test_numbers_as_words(told: str, expected: str) -> None:
    """What is not zero never looks like it; what is missing is a dash."""
    assert told == expected


def test_methods_table_by_hand() -> None:
    """Ten per cent off at half time, of one run; the other crashed."""
    records = [
        run("m", "a", "90", [(5.0, "90")], best_known="100", peak_memory=50_000_000),
        run("m", "b", status=RunStatus.CRASHED, best_known="7"),
        run("n", "a", "1", best_known="100", bound="99"),
        run(
            "n", "b", "7", [(1.0, "7")], best_known="7", bound="7", status=RunStatus.OPTIMAL
        ),
    ]
    table = methods_table(digest(records))
    rows = {row[0]: row[1:] for row in texts(table)}
    # Gap of m: 10 % and 100 %; integral: (5 + 0.5) / 10 and all of it.
    assert rows["m"] == [
        *("2", "1", "0", "0", "10.000", "10.000", "55.000", "77.500"),
        *("10.00", "10.00", "1.50", "50 MB", "1 crashed"),
    ]
    # n found its 1 at the end; its bound of 99 is below the known 100.
    assert rows["n"][:8] == ["2", "2", "1", "1", "49.500", "99.000", "49.500", "55.000"]
    assert rows["n"][-1] == "1 contradicted by others"
    assert "shift 1 s" in "".join(column.hint for column in table.columns)


def test_problems_table_tells_what_became_of_every_run() -> None:
    """How many have an answer, who is absent, who proved that there is none."""
    records = [
        run("m", "a", "98", best_known="100"),
        run("m", "a", repetition=1, status=RunStatus.LATE, best_known="100"),
        run("n", "a", "101", best_known="100", repetition=0),
        run("m", "b", status=RunStatus.INFEASIBLE),
        run("n", "b"),
        run("m", "c", status=RunStatus.ABSENT),
        run("n", "c", status=RunStatus.CRASHED),
        run("m", "d", "1", best_known="0"),
        run("n", "d", "0", best_known="0"),
    ]
    table = problems_table(digest(records))
    columns = [column.title for column in table.columns]
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in texts(table)}
    assert (found["a"]["m"], found["a"]["n"]) == ("2.000 (1 of 2)", "-1.000")
    assert (found["a"]["best"], found["a"]["source"]) == ("101", "found")
    assert (found["b"]["m"], found["b"]["n"]) == ("proved 1 of 1", "proved 0 of 1")
    assert (found["b"]["best"], found["b"]["source"]) == ("infeasible", "-")
    assert (found["c"]["m"], found["c"]["n"]) == ("absent", "crashed")
    assert (found["d"]["m"], found["d"]["n"]) == ("best is 0", "0")


def test_pairs_table_puts_the_surest_first(found: Digest) -> None:
    """With what the tests rest on below."""
    table = pairs_table(found, Measure.INTEGRAL)
    values = [row[-1].value for row in table.rows]
    assert values == sorted(values, key=lambda value: value or 0)
    assert "Over 23 problems, seeds averaged first; 1 left out" in table.note
    assert "Friedman's test that all are alike: chi-squared" in table.note


def test_facts_name_machine_versions_dates_and_limits(found: Digest) -> None:
    """What a reader needs to repeat or distrust the numbers."""
    told = dict(facts(found))
    assert told["Machine"] == "A Processor (2 processors to use, 8590 MB)"
    assert told["Limits"] == "10 s, 1 thread, 10 s grace"
    assert told["Runs"] == "288 of 300 planned"
    assert told["Versions"] == "bundlesolve 0.1.0, numpy 2.1.0"
    assert told["Started (UTC)"] == "2026-01-02 03:00 to 2026-01-02 03:23"
    assert told["Fixed kernel"] == "2.00 ms"


def test_markdown_has_every_row_and_survives_special_names(found: Digest) -> None:
    """A bar in a name is no column."""
    text = markdown(found)
    for name in (*found.runs.methods, *found.runs.problems):
        assert f"| {name} |" in text
    odd = markdown(digest([run("a|b*c", "x_y", "1")]))
    assert "| a\\|b\\*c |" in odd
    for block in text.split("\n\n"):
        if block.startswith("|"):
            counts = {line.replace("\\|", "").count("|") for line in block.splitlines()}
            assert len(counts) == 1


def test_csv_has_a_line_for_every_run(found: Digest) -> None:
    """Whatever its status; numbers that do not exist are empty."""
    rows = list(csv.DictReader(io.StringIO(csv_text(found))))
    assert len(rows) == len(found.runs.records)
    by_key = {(r["instance"], r["method"], r["repetition"]): r for r in rows}
    for record in found.runs.records:
        row = by_key[record.instance, record.method, str(record.repetition)]
        assert row["status"] == record.status.value
        assert row["objective"] == (record.objective or "")
        if not record.solved:
            assert row["deviation_percent"] == row["target_seconds"] == ""
    assert {row["gap_percent"] for row in rows if row["status"] == "crashed"} == {"100"}


def test_csv_holds_no_formula() -> None:
    """A spreadsheet must not run what an instance is called; numbers stay numbers."""
    text = csv_text(digest([run("=1+1", "@a", "-5", error="+cmd")]))
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["method"], row["instance"], row["error"]) == ("'=1+1", "'@a", "'+cmd")
    assert row["objective"] == "-5"


def test_terminal_cuts_no_number(found: Digest) -> None:
    """Not on a terminal: plain, wide, whole, and markup in names is only text."""
    stream = io.StringIO()
    draw([methods_table(found), problems_table(found)], stream)
    for row in texts(methods_table(found)):
        assert all(text in stream.getvalue() for text in row[:-1])
    odd = io.StringIO()
    draw([methods_table(digest([run("[red]m[/]", "a", "1")]))], odd)
    assert "[red]m[/]" in odd.getvalue()


def test_a_percentage_of_nothing_is_told() -> None:
    """Of a best value of 0 one run has no deviation; over how many it is, stands there."""
    records = [
        run("m", "a", "98", best_known="100"),
        run("m", "b", "-1", best_known="0"),
    ]
    assert texts(methods_table(digest(records)))[0][5] == "2.000 (1 runs)"


def test_facts_of_a_run_that_never_began() -> None:
    """An unknown machine is a dash, not an empty one."""
    blank = replace(run("m", "a", status=RunStatus.FAILED), machine=Machine())
    told = dict(facts(digest([blank])))
    assert (told["Machine"], told["Fixed kernel"]) == ("-", "-")
    assert "Friedman" in pairs_table(digest([blank]), Measure.GAP).note


def test_sets_have_a_line_for_each_method() -> None:
    """Means, worst and proofs are over the set's problems alone; one wrong answer shows."""
    wrong = RunStatus.UNVERIFIED
    proved = RunStatus.OPTIMAL
    found = digest(
        [
            run("auto", "cats/a", "90", best_known="100"),
            run("auto", "cats/b", "100", best_known="100", status=proved, bound="100"),
            run("auto", "dogs/a", "7", best_known="7"),
            run("auto", "dogs/b", status=wrong, best_known="7"),
        ]
    )
    assert sets_of(found) == {"cats": ("cats/a", "cats/b"), "dogs": ("dogs/a", "dogs/b")}
    assert texts(sets_table(found)) == [
        ["cats", "auto", "2", "2", "1", "1", "5.000", "10.000", "0", ""],
        ["dogs", "auto", "2", "1", "1", "0", "0", "0", "1", "1 unverified"],
    ]
    assert "## Sets" in markdown(found)
    assert '<table id="sets"' in page(found)
    one = digest([run("auto", "cats/a", "90"), run("auto", "cats/b", "100")])
    assert '<table id="sets"' not in page(one)

"""Every public instance file is read as what the table of best-known values says."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import FORMATS, read
from bundlesolve.files.formats import reader
from bundlesolve.files.select import stem
from bundlesolve.files.source import read_bytes
from bundlesolve.model import Instance, check
from tests.conftest import SHARED
from tests.referee import best_by_brute

BENCHMARKS = SHARED / "benchmarks"
FORMAT = {
    "dispersion_qkp": "edge_list",
    "large_qkp": "edge_list",
    "qkp_conflict_graph": "conflict_graph",
    "teamformation_qkp_1": "edge_list",
    "teamformation_qkp_2": "edge_list",
}
"""Format of the sets that are not named after theirs."""
FILES = sorted(p for p in BENCHMARKS.glob("*/*") if p.name != "mkcbres.txt")

pytestmark = pytest.mark.skipif(
    not FILES, reason="the public benchmark sets are not on this machine"
)

Row = dict[str, str]


@cache
def _table() -> dict[tuple[str, str], list[Row]]:
    """Return the rows of the table by set and file."""
    table = defaultdict(list)
    with (BENCHMARKS / "best_known.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            table[row["set"], re.split("[@#]", row["instance"])[0]].append(row)
    return table


def _id(file: Path) -> str:
    return f"{file.parent.name}/{stem(file.name)}"


def _select(row: Row) -> str | None:
    """Return what selects a row's problem: a share, or a number counted from 1."""
    name = row["instance"]
    if "@" in name:
        return name.partition("@")[2]
    if "#" not in name:
        return None
    number = int(name.partition("#")[2])
    return str(number + (row["set"] == "mkp_orlib"))


@pytest.mark.parametrize("file", FILES, ids=_id)
def test_a_file_is_what_the_table_says(file: Path) -> None:
    """Name, size, capacity and density; of files with many problems first and last."""
    rows = _table()[file.parent.name, stem(file.name)]
    if not rows:
        assert file.parent.name == "qkp_conflict_graph"
        _check_conflicts(file)
    for row in [*rows[:1], *rows[1:][-1:]]:
        instance = read(file, select=_select(row))
        assert instance.name == row["instance"]
        CHECKS.get(row["set"], _check_knapsack)(instance, row)


def _check_conflicts(file: Path) -> None:
    n, count, capacity = map(int, read_bytes(file).split()[:3])
    instance = read(file)
    assert instance.n == n
    assert instance.budgets[0].at_most == capacity
    assert len(instance.rules) == count


def _check_density(instance: Instance, row: Row) -> None:
    n = instance.n
    found = 100 * len(instance.synergies) / (n * (n - 1) / 2)
    assert found == pytest.approx(float(row["density"]), abs=0.06 + 300 / n)


def _check_knapsack(instance: Instance, row: Row) -> None:
    assert instance.n == int(row["n"])
    assert instance.budgets[0].at_most == int(row["capacity"])
    _check_density(instance, row)


def _check_gdp(instance: Instance, row: Row) -> None:
    cost, demand = instance.budgets
    assert instance.n == int(row["n"])
    budget = (cost.at_most or 0) // 10**cost.decimals
    assert f"budget={budget}; demand>={demand.at_least}" == row["capacity"]


def _check_mdp(instance: Instance, row: Row) -> None:
    (size,) = instance.categories
    assert instance.n == int(row["n"])
    assert f"exactly m={size.at_most} items" == row["capacity"]


def _check_bqp(instance: Instance, row: Row) -> None:
    assert instance.n == int(row["n"])
    assert instance.minimise
    assert not instance.limits
    _check_density(instance, row)


def _check_mkp(instance: Instance, row: Row) -> None:
    assert instance.n == int(row["n"])
    assert f"m={len(instance.budgets)}" == row["density"]


def _check_mmkp(instance: Instance, row: Row) -> None:
    assert len(instance.categories) == int(row["n"])
    sizes = [len(category.items) for category in instance.categories]
    each = re.fullmatch(r"m=(\d+),(\d+)(?:-(\d+))?/class", row["density"])
    assert each is not None
    assert len(instance.budgets) == int(each[1])
    assert min(sizes) == int(each[2])
    assert max(sizes) == int(each[3] or each[2])


def _check_qplib(instance: Instance, row: Row) -> None:
    assert instance.n == int(row["n"])
    if "knapsack" in row["capacity"]:
        assert f"{instance.budgets[0].at_most} (knapsack <=)" == row["capacity"]
    elif "exactly" in row["capacity"]:
        assert f"exactly {instance.categories[0].at_least} items" == row["capacity"]
    else:
        assert f"{len(instance.rules)} conflict pairs" == row["capacity"]


CHECKS = {
    "bqp_biqmac": _check_bqp,
    "gdp_maxsum": _check_gdp,
    "mdp": _check_mdp,
    "mkp_orlib": _check_mkp,
    "mmkp_hiremath_hill": _check_mmkp,
    "mmkp_inst": _check_mmkp,
    "mmkp_khan": _check_mmkp,
    "qplib_pb": _check_qplib,
}


@pytest.mark.parametrize("file", FILES, ids=_id)
def test_exactly_one_format_recognises_a_file(file: Path) -> None:
    """Recognition never guesses between two."""
    data = read_bytes(file)
    found = [name for name in FORMATS if reader(name).recognise(data)]
    assert found == [FORMAT.get(file.parent.name, file.parent.name)]


def test_every_row_of_the_table_has_its_file() -> None:
    """None is left out because its name is written differently."""
    files = {(file.parent.name, stem(file.name)) for file in FILES}
    assert set(_table()) <= files


def test_a_table_of_results_is_no_instance() -> None:
    """The OR-Library's published values lie beside the problems."""
    with pytest.raises(InvalidFile, match="one of the formats"):
        read(BENCHMARKS / "mkp_orlib" / "mkcbres.txt")


def test_the_smallest_quadratic_program_has_its_published_minimum() -> None:
    """All 2**20 points tried: the factor 2 of the off-diagonal is right."""
    (row,) = _table()["bqp_biqmac", "gka1b"]
    instance = read(BENCHMARKS / "bqp_biqmac" / "gka1b.sparse.gz")
    assert best_by_brute(instance) == -int(row["best_known"])


def test_the_smallest_multiple_choice_problem_has_its_published_optimum() -> None:
    """All 5**5 choices judged."""
    (row,) = _table()["mmkp_khan", "I01"]
    instance = read(BENCHMARKS / "mmkp_khan" / "I01.txt.gz")
    best = 0
    for choice in product(*(category.items.tolist() for category in instance.categories)):
        units = np.zeros((1, instance.n), dtype=np.int64)
        units[0, list(choice)] = 1
        verdict = check(instance, units)
        if verdict.feasible:
            best = max(best, verdict.objective)
    assert best == int(row["best_known"]) * 10**instance.decimals

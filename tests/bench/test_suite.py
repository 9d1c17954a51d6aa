"""Suites: strict files, names, seeds, filters, known values."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bundlesolve.bench.instances import problems, sets_folder
from bundlesolve.bench.known import Known, KnownValues
from bundlesolve.bench.plan import plan
from bundlesolve.bench.seeds import seed_of
from bundlesolve.bench.suite import (
    InstanceSpec,
    KnownSpec,
    changed,
    read_suite,
    suite_of,
)
from bundlesolve.errors import InvalidFile, InvalidParameter

SUITES = sorted((Path(__file__).resolve().parents[2] / "bench").glob("*.toml"))

CONTENT: dict[str, Any] = {
    "name": "suite",
    "methods": ["greedy", {"method": "brute", "parameters": {"most_points": 9}}],
    "instances": [{"generate": {"kind": "qkp", "items": 9, "seed": [1, 2]}}],
    "stop": {"steps": 10},
    "repetitions": 2,
}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Two sets with a table: one file of a problem, one of two problems."""
    for name in ("one/a.txt.gz", "many/b.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("", encoding="utf-8")
    rows = [
        "set,instance,best_known,status",
        "one,a,12.5,optimal",
        "many,b#0,infeasible,optimal",
        "many,b#1,7,best-known",
    ]
    (tmp_path / "best_known.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("file", SUITES, ids=lambda path: path.stem)
def test_shipped_suite_is_sound(file: Path, benchmarks: Path) -> None:
    """Every suite of the repository finds its instances, and names agree."""
    suite = suite_of(read_suite(file), str(file))
    assert suite.name == file.stem
    assert suite.summary
    jobs = plan(suite, benchmarks, file.parent)
    assert jobs
    assert len({job.key for job in jobs}) == len(jobs)


@pytest.mark.parametrize("number", range(2))
def test_suites_of_the_documentation_are_sound(number: int) -> None:
    """The examples of bench/README.md are what they say."""
    text = (SUITES[0].parent / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    assert suite_of(tomllib.loads(blocks[number]), "README.md").specs


def test_seeds_come_from_names() -> None:
    """Every method gets the seed of the problem and repetition, pinned for ever."""
    jobs = plan(suite_of(CONTENT, "suite"), None, Path())
    assert len(jobs) == 2 * 2 * 2
    for job in jobs:
        assert job.seed == seed_of("suite", job.problem.title, job.repetition)
    assert seed_of("suite", "generated/qkp-items=9#1", 0) == 2146366470


def test_seeds_do_not_depend_on_method_or_order() -> None:
    """Another method, or another order, changes no seed."""
    other = {**CONTENT, "methods": ["genetic"], "instances": CONTENT["instances"][::-1]}
    jobs = plan(suite_of(CONTENT, "suite"), None, Path())
    others = plan(suite_of(other, "suite"), None, Path())
    mine = {(job.problem.title, job.repetition): job.seed for job in jobs}
    assert all(mine[job.problem.title, job.repetition] == job.seed for job in others)


def test_given_seeds_are_repeated() -> None:
    """Seeds that are given replace the derived ones, each repeated."""
    suite = suite_of({**CONTENT, "seeds": [5, 6]}, "suite")
    jobs = plan(suite, None, Path(), ["#1 greedy"])
    assert [(job.seed, job.repetition) for job in jobs] == [(5, 0), (5, 1), (6, 0), (6, 1)]


@pytest.mark.parametrize(
    ("filters", "count"),
    [(["greedy"], 4), (["#1", "greedy"], 2), (["*#2 brute*"], 2), (["none"], 0)],
)
def test_filters(filters: list[str], count: int) -> None:
    """A text is contained, a pattern fits, several must all."""
    assert len(plan(suite_of(CONTENT, "suite"), None, Path(), filters)) == count


def test_method_is_labelled_with_its_parameters() -> None:
    """Two settings of a method are two methods."""
    titles = [spec.title for spec in suite_of(CONTENT, "suite").specs]
    assert titles == ["greedy", "brute(most_points=9)"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stop": {}}, "seconds or steps"),
        ({"methods": ["greedy", "greedy"]}, "again"),
        ({"methods": [{"method": "greedy", "peer": "scip"}]}, "method and peer"),
        ({"methods": [{"peer": "scip", "parameters": {"x": 1}}]}, "parameters"),
        ({"instances": [{}]}, "one of files"),
        ({"instances": []}, "instances"),
        ({"typo": 1}, "typo"),
        ({"repetitions": 0}, "repetitions"),
        ({"seeds": [-1]}, "seeds"),
        ({"grace": -1}, "grace"),
        ({"name": ""}, "name"),
        ({"methods": [{"command": []}]}, "command"),
    ],
)
def test_nonsense_is_refused(change: dict[str, Any], told: str) -> None:
    """What a suite cannot mean is told, not guessed."""
    with pytest.raises(InvalidFile, match=told):
        suite_of({**CONTENT, **change}, "suite")


def test_file_that_is_no_toml(tmp_path: Path) -> None:
    """Neither a missing file nor another format is a suite."""
    (tmp_path / "suite.toml").write_text("{", encoding="utf-8")
    for name in ("suite.toml", "missing.toml"):
        with pytest.raises(InvalidFile, match="TOML"):
            read_suite(tmp_path / name)


def test_limits_are_changed() -> None:
    """The command line has its own say about limits."""
    content = changed(CONTENT, seconds=3.0, steps=None)
    assert content["stop"] == {"steps": 10, "seconds": 3.0}
    with pytest.raises(InvalidParameter, match="limit"):
        changed(CONTENT, minutes=1)


def test_known_values(sets: Path) -> None:
    """The table counts as the set says, and speaks in its own unit."""
    known = KnownValues(sets)
    spec = KnownSpec(counts_from=0)
    assert known.selections("many", "b", spec) == ["1", "2"]
    assert known.of("many", "b", "1", spec) == Known(None, True, True)
    assert known.of("many", "b", "2", spec) == Known("7", False, False)
    turned = KnownSpec(times="-10", rounding="0.5")
    assert known.of("one", "a", None, turned) == Known("-125.0", True, False, "0.5")
    assert known.of("one", "unheard", None, spec) == Known()
    assert KnownValues(None).of("one", "a", None, spec) == Known()


def test_files_are_named_by_set_and_stem(sets: Path) -> None:
    """The endings of a file are no part of its name."""
    specs = [
        InstanceSpec(files="one/*"),
        InstanceSpec(files="many/*", select="known", known=KnownSpec(counts_from=0)),
        InstanceSpec(files="many/*", select=["2"]),
        InstanceSpec(files="./one/a*"),
    ]
    titles = [problem.title for problem in problems(specs, sets, sets)]
    assert titles == ["one/a", "many/b@1", "many/b@2", "many/b@2", "one/a"]


def test_missing_sets_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the folder of public sets, the message names the ways to give it."""
    monkeypatch.delenv("BUNDLESOLVE_BENCHMARKS", raising=False)
    assert sets_folder(None) is None
    with pytest.raises(InvalidParameter, match="BUNDLESOLVE_BENCHMARKS"):
        list(problems([InstanceSpec(files="one/*")], None, tmp_path))
    with pytest.raises(InvalidParameter, match="found none"):
        list(problems([InstanceSpec(files="one/*")], tmp_path, tmp_path))
    monkeypatch.setenv("BUNDLESOLVE_BENCHMARKS", str(tmp_path))
    assert sets_folder(None) == tmp_path
    with pytest.raises(InvalidParameter, match="folder"):
        sets_folder(str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kind": "unheard"}, "kind"),
        ({"kind": "qkp", "typo": 1}, "typo"),
        ({"kind": "qkp", "seed": "one"}, "seed"),
        ({"kind": "qkp", "density": 500}, "density"),
    ],
)
def test_generators_are_checked_before_anything_runs(
    options: dict[str, Any], told: str
) -> None:
    """A typing error in a suite costs no hour."""
    with pytest.raises(InvalidParameter, match=told):
        list(problems([InstanceSpec(generate=options)], None, Path()))


def test_learned_instance_names_its_files(tmp_path: Path) -> None:
    """Receipts must be there, and no option is unknown."""
    for options, told in (
        ({"receipts": "./missing.csv"}, "one file"),
        ({"rules": "./x"}, "receipts"),
    ):
        with pytest.raises(InvalidParameter, match=told):
            list(problems([InstanceSpec(learn=options)], None, tmp_path))

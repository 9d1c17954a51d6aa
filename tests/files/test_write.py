"""LP and MPS files, read back by engines that are not ours."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.files import write
from bundlesolve.files.write import format_of
from bundlesolve.generate import Small
from bundlesolve.model import Budget, Category, Instance, Synergies
from tests.referee import best_by_brute

Optimum = Callable[[Path], int | None]
SEEDS = range(0, 120, 3)


@pytest.fixture(scope="module")
def by_highs() -> Optimum:
    """Optimum of a file by HiGHS; None if it says infeasible."""
    highspy = pytest.importorskip("highspy")

    def optimum(file: Path) -> int | None:
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        assert highs.readModel(str(file)) == highspy.HighsStatus.kOk
        highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        assert status == highspy.HighsModelStatus.kOptimal
        objective: float = highs.getObjectiveValue()
        return round(objective)

    return optimum


@pytest.fixture(scope="module")
def by_scip() -> Optimum:
    """Optimum of a file by SCIP; None if it says infeasible."""
    pyscipopt = pytest.importorskip("pyscipopt")

    def optimum(file: Path) -> int | None:
        model = pyscipopt.Model()
        model.hideOutput()
        model.readProblem(str(file))
        model.optimize()
        if model.getStatus() == "infeasible":
            return None
        assert model.getStatus() == "optimal"
        objective: float = model.getObjVal()
        return round(objective)

    return optimum


@pytest.mark.parametrize("ending", ["lp", "mps"])
@pytest.mark.parametrize("seed", SEEDS)
def test_highs_finds_the_optimum_in_linearised_files(
    seed: int, ending: str, tmp_path: Path, by_highs: Optimum
) -> None:
    """Every part of the model, soft limits and infeasible instances among them."""
    instance = Small(most_points=1 << 12).make(seed)
    file = tmp_path / f"file.{ending}"
    write(instance, file)
    assert by_highs(file) == best_by_brute(instance)


@pytest.mark.parametrize("seed", SEEDS)
def test_scip_finds_the_optimum_in_quadratic_files(
    seed: int, tmp_path: Path, by_scip: Optimum
) -> None:
    """Products count half inside the brackets, hence twice their worth."""
    instance = Small(most_points=1 << 12).make(seed)
    file = tmp_path / "file.lp"
    write(instance, file, format="lp_quadratic")
    assert by_scip(file) == best_by_brute(instance)


@pytest.mark.parametrize("target", ["lp", "mps", "lp_quadratic"])
@pytest.mark.parametrize("at_least", [0, 1])
def test_an_instance_without_items_is_still_a_file(
    target: str, at_least: int, tmp_path: Path, by_highs: Optimum
) -> None:
    """A variable fixed at 1 stands in, also for a row that nothing can fill."""
    nothing = Instance(
        items=(),
        utility=np.zeros(0, dtype=np.int64),
        budgets=(Budget(name="money", at_least=at_least),),
    )
    file = tmp_path / f"file.{target.partition('_')[0]}"
    write(nothing, file, format=target)
    assert by_highs(file) == (None if at_least else 0)


def test_the_quadratic_file_of_two_items_letter_by_letter(tmp_path: Path) -> None:
    """Names are legal whatever the ids; comments map them and never break the line."""
    instance = Instance(
        items=("a\nb", "ü"),
        utility=np.array([1, -2]),
        synergies=Synergies.of({(0, 1): 3}),
        categories=(Category(name="size", items=np.arange(2), at_most=1, penalty=2),),
        decimals=2,
        name="two",
        minimise=True,
    )
    file = tmp_path / "two.txt"
    write(instance, file, format="lp_quadratic")
    assert (
        file.read_text()
        == r"""\ instance 'two', 2 items
\ the objective counts units of worth of 10**-2
\ the source minimises: its objective is this one times -1
\ x1: item 'a\nb' is in 'bundle'
\ x2: item '\xfc' is in 'bundle'
\ r1: categories 'size'
Maximize
 obj: + 1 x1 - 2 x2 - 2 o1
 + [ + 6 x1 * x2
 ] / 2
Subject To
 r1_high: + 1 x1 + 1 x2 - 1 o1
  <= 1
Bounds
 0 <= o1
Binaries
 x1 x2
End
"""
    )


def test_a_file_ending_in_gz_is_compressed(tmp_path: Path, tea: Instance) -> None:
    """The ending before it says the format."""
    write(tea, tmp_path / "tea.mps.gz")
    write(tea, tmp_path / "tea.mps")
    packed = gzip.decompress((tmp_path / "tea.mps.gz").read_bytes())
    assert packed == (tmp_path / "tea.mps").read_bytes()


@pytest.mark.parametrize(
    ("file", "expected"),
    [("a.lp", "lp"), ("b/c.mps.gz", "mps"), ("a.json", "json"), ("-", "json")],
)
def test_the_ending_says_the_format(file: str, expected: str) -> None:
    """Standard output has no ending: JSON."""
    assert format_of(file) == expected


def test_an_unknown_ending_is_refused_with_the_known_ones() -> None:
    """A guess would be found out later than here."""
    with pytest.raises(InvalidParameter, match=r"\.lp, \.mps, found 'a\.xml'"):
        format_of("a.xml")


def test_a_place_that_cannot_be_written_is_an_invalid_file(
    tmp_path: Path, tea: Instance
) -> None:
    """The error names the file."""
    with pytest.raises(InvalidFile, match=r"tea\.lp"):
        write(tea, tmp_path / "none" / "tea.lp")

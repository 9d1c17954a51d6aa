"""Known optima of public instances, reached by search and proved by engines."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from bundlesolve.files.read import read
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

SEARCHED = [
    ("billionnet_soutif/jeu_100_25_1", None),
    ("billionnet_soutif/jeu_100_50_3", None),
    ("billionnet_soutif/jeu_100_75_5", None),
    ("billionnet_soutif/jeu_100_100_1", None),
    ("mdp/SOM-b_12_n300_m120", None),
    ("gdp_maxsum/GKD-b_11_n50_b02_m5_k02", None),
    ("gdp_maxsum/GKD-b_16_n50_b02_m15_k02", None),
]
PROVED = [
    ("mmkp_khan/I01", None),
    ("mmkp_khan/I03", None),
    ("mmkp_khan/I05", None),
    ("mkp_orlib/mknapcb1", "1"),
    ("mkp_orlib/mknapcb1", "17"),
]


def known(benchmarks: Path, name: str, select: str | None) -> Decimal:
    """Return the best known value of an instance."""
    instance = name.split("/")[1]
    if select is not None:
        instance += f"#{int(select) - 1}"
    with (benchmarks / "best_known.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["instance"] == instance:
                return Decimal(row["best_known"])
    raise AssertionError(f"no best known value of {instance}")


@pytest.mark.parametrize(("name", "select"), SEARCHED, ids=[n for n, _ in SEARCHED])
def test_local_search_reaches(benchmarks: Path, name: str, select: str | None) -> None:
    """The value is the target; the search must end there and not by the clock."""
    instance = read(benchmarks / f"{name}.txt.gz", select=select)
    best = int(known(benchmarks, name, select).scaleb(instance.decimals))
    solution = solve(instance, "local", stop=Stop(seconds=60, target=best), certify=False)
    assert solution.objective is not None
    assert solution.objective >= best


@pytest.mark.parametrize(("name", "select"), PROVED, ids=[f"{n} {s}" for n, s in PROVED])
def test_mip_proves(benchmarks: Path, name: str, select: str | None) -> None:
    """Linear instances are closed by the engine, at the published value."""
    instance = read(benchmarks / f"{name}.txt.gz", select=select)
    solution = solve(instance, "mip", stop=Stop(seconds=120))
    assert solution.status is Status.OPTIMAL
    assert solution.worth == known(benchmarks, name, select)


def test_infeasible_demand_is_proved(benchmarks: Path) -> None:
    """A dispersion instance whose demand the budget cannot pay."""
    file = benchmarks / "gdp_maxsum/GKD-b_13_n50_b03_m5_k02.txt.gz"
    solution = solve(read(file), "mip", stop=Stop(seconds=60))
    assert solution.status is Status.INFEASIBLE


def test_auto_proves_infeasibility_on_the_rows_alone(benchmarks: Path) -> None:
    """With 150 items the pairs hide from the engine what the rows alone show at once."""
    file = benchmarks / "gdp_maxsum/GKD-b_49_n150_b03_m45_k02.txt.gz"
    solution = solve(read(file), "auto", stop=Stop(seconds=60))
    assert solution.status is Status.INFEASIBLE

"""The demo's data: a shop's receipts and public instances with known optima."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import bundlesolve
from bundlesolve.errors import InvalidFile
from bundlesolve.files.read import read
from bundlesolve.learn.build import Learned, learn
from bundlesolve.model.instance import Instance

RECEIPTS = "online-retail-receipts.csv.gz"
CATALOGUE = "online-retail-catalogue.csv"
RULES = "online-retail-rules.toml"
OPTIMA = "known-optima.csv"


@dataclass(frozen=True)
class Known:
    """A public instance with its optimum.

    Parameters
    ----------
    instance
        The problem.
    optimum
        Its known optimum.
    source
        What it is and who published it.
    """

    instance: Instance
    optimum: Decimal
    source: str


def find_folder(folder: str | None) -> Path:
    """Return the folder with the demo's data.

    Parameters
    ----------
    folder
        Where to look. None: ``instances`` here, then beside the package's source.

    Raises
    ------
    InvalidFile
        If the data are in none of these places.
    """
    places = [Path("instances"), Path(bundlesolve.__file__).parents[2] / "instances"]
    if folder is not None:
        places = [Path(folder)]
    needed = (RECEIPTS, CATALOGUE, RULES, OPTIMA)
    for place in places:
        if all((place / name).is_file() for name in needed):
            return place
    expected = f"the demo's data ({', '.join(needed)}); --instances says where"
    raise InvalidFile(str(places[0]), "$", expected, "not all of them")


def learn_shop(folder: Path) -> Learned:
    """Learn the shop's instance from its receipts, catalogue and rules."""
    return learn(folder / RECEIPTS, catalogue=folder / CATALOGUE, rules=folder / RULES)


def known_instances(folder: Path) -> list[Known]:
    """Read the public instances and their optima."""
    with (folder / OPTIMA).open(encoding="utf-8", newline="") as lines:
        return [
            Known(read(folder / row["file"]), Decimal(row["optimum"]), row["source"])
            for row in csv.DictReader(lines)
        ]

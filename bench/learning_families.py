"""Every utility and every synergy of the registries on the public sets: one table.

    python bench/learning_families.py ../shared/protocol [--only NAME] [--sets SET]

Each model is fitted and asked in a process of its own, whose peak memory (reading the
data included) stands beside the seconds of the fit. Utilities answer alone, whatever is
in the basket. Synergies keep their strongest pairs (20 an item if not their own number)
and are weighed together with popularity. A model whose extra is not installed is told as
absent, one that takes longer than the limit as too slow.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

SETS = ("online_retail", "complete_journey")
SHOWN = ("Recall@10", "NDCG@10", "MRR", "NLL", "AUC", "accuracy", "precision", "recall")
COSTS = ("fit s", "CPU s", "peak MiB")
LIMIT = 600.0
"""Seconds that a model may take, reading and questions included."""
DEFAULT = "default"
PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "torch", "implicit")


def families() -> list[str]:
    """Return the models as ``kind name``, and the default of ``evaluate``."""
    from bundlesolve.learn.synergies.registry import SYNERGIES
    from bundlesolve.learn.utilities.registry import UTILITIES

    utilities = [f"utility {name}" for name in sorted(UTILITIES)]
    return [*utilities, *(f"synergy {name}" for name in sorted(SYNERGIES)), DEFAULT]


def measure(protocol_folder: str, name: str, family: str) -> dict[str, float]:
    """Fit and ask one model; to be called in a process of its own."""
    import numpy as np
    from learning import queries_of, transactions_of

    from bundlesolve.learn.catalogue import Catalogue
    from bundlesolve.learn.evaluation.evaluate import evaluate

    sys.path.insert(0, protocol_folder)
    import protocol

    task = getattr(protocol, name)()
    train, number = transactions_of(task)
    valid, test = (queries_of(task, part, number) for part in ("valid", "test"))
    prices = {"price": np.nan_to_num(task.price), "cost": np.zeros(task.n)}
    texts = tuple(t or i for t, i in zip(task.text, train.items, strict=True))
    catalogue = Catalogue(train.items, texts, tuple(task.category), prices)
    wall, cpu = time.perf_counter(), time.process_time()
    scorer = fitted(family, train, catalogue, valid)
    seconds = {"fit s": time.perf_counter() - wall, "CPU s": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    log_count = np.log(train.baskets_with + 1.0)
    found = evaluate(scorer, valid, test, log_count).metrics
    return {m: float(found[m]) for m in SHOWN} | seconds | {"peak MiB": peak}


def fitted(family: str, train: Any, catalogue: Any, valid: Any) -> Any:
    """Return a scorer that has learned from train, and weights from valid."""
    from bundlesolve.learn.joint import BasketModel, Chances
    from bundlesolve.learn.synergies.registry import synergy_class
    from bundlesolve.learn.utilities.model import UtilityModel
    from bundlesolve.learn.utilities.registry import utility_class

    if family == DEFAULT:
        first, more = synergy_class("partial_correlation")(), (synergy_class("lift")(),)
        model = BasketModel(utility_class("household")(), first, more=more)
        return model.fit(train, catalogue).blend(valid)
    kind, name = family.split()
    if kind == "synergy":
        return BasketModel(None, synergy_class(name)()).fit(train, catalogue).blend(valid)
    utility = utility_class(name)()
    if isinstance(utility, UtilityModel):
        return Chances(utility.fit(train, catalogue))
    return Worth(utility.estimate(train, catalogue))


class Worth:
    """Scores by money, the same for every basket."""

    def __init__(self, worth: Any) -> None:
        self.worth = worth

    def score(self, queries: Any) -> Any:
        """Return the worths. Shape ``[q, n]``."""
        import numpy as np

        return np.broadcast_to(self.worth, (len(queries), len(self.worth)))


def row(protocol_folder: str, name: str, family: str) -> str:
    """Return the cells of a model, measured in another process."""
    command = [sys.executable, __file__, protocol_folder, "--one", name, family]
    try:
        # The child's peak would begin at ours, which is why nothing is imported here.
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"over {LIMIT:.0f} s |" + " |" * (len(SHOWN) + len(COSTS) - 1)
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["no message"])[-1]
        told = "absent" if "MissingExtra" in last else "failed"
        print(last, file=sys.stderr)
        return f"{told} |" + " |" * (len(SHOWN) + len(COSTS) - 1)
    found = json.loads(ended.stdout.splitlines()[-1])
    cells = [f"{found[m]:.4f}" for m in SHOWN]
    cells += [f"{found['fit s']:.1f}", f"{found['CPU s']:.1f}", f"{found['peak MiB']:.0f}"]
    return " | ".join(cells) + " |"


def machine() -> str:
    """Return versions and processor, for the page."""
    known = []
    for package in PACKAGES:
        try:
            known.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            known.append(f"no {package}")
    return f"{platform.platform()}, Python {platform.python_version()}, " + ", ".join(known)


def main() -> None:
    """Measure and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("protocol")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.protocol, *given.one)))
        return
    listing = "import learning_families as f; print('\\n'.join(f.families()))"
    command = [sys.executable, "-c", listing]
    folder = __file__.rpartition("/")[0] or "."
    listed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    print(f"{machine()}, {time.strftime('%Y-%m-%d')}", file=sys.stderr)
    print("| set | family | " + " | ".join((*SHOWN, *COSTS)) + " |")
    print("|---" * (len(SHOWN) + len(COSTS) + 2) + "|")
    for name in given.sets:
        for family in listed.stdout.splitlines():
            if not given.only or any(word in family for word in given.only):
                print(
                    f"| {name} | {family} | " + row(given.protocol, name, family),
                    flush=True,
                )


if __name__ == "__main__":
    main()

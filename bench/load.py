"""How long a large instance file takes to load, and in how much memory.

    python bench/load.py --items 5000 --synergies 1000000

Writes a random file into a temporary folder and reads it in a new process, three times.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

IN_A_NEW_PROCESS = """
import resource, sys, time
from bundlesolve.files.read import read
began = time.perf_counter()
instance = read(sys.argv[1])
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{len(instance.synergies)} synergies: {seconds:.2f} s, peak {peak:.0f} MiB")
"""


def write(file: Path, items: int, synergies: int) -> None:
    """Write a file of that size, worths with two decimals."""
    rng = np.random.default_rng(0)
    codes = rng.choice(items * items, size=3 * synergies, replace=False)
    first, second = np.divmod(codes, items)
    kept = np.flatnonzero(first < second)[:synergies]
    worths = rng.integers(-9999, 10000, len(kept))
    utility = rng.integers(0, 100, items)
    with file.open("w", encoding="utf-8") as stream:
        stream.write('{"bundlesolve": 1, "items": [\n')
        rows = (f'{{"id": "item-{i}", "utility": {u}}}' for i, u in enumerate(utility))
        stream.write(",\n".join(rows) + '\n], "synergies": [\n')
        pairs = zip(first[kept], second[kept], worths, strict=True)
        rows = (f'["item-{i}", "item-{j}", {w / 100}]' for i, j, w in pairs)
        stream.write(",\n".join(rows) + "\n]}\n")


def main() -> int:
    """Write, then read three times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--synergies", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.json"
        write(file, options.items, options.synergies)
        print(f"{file.stat().st_size / 1e6:.1f} MB")
        for _ in range(3):
            subprocess.run([sys.executable, "-c", IN_A_NEW_PROCESS, str(file)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

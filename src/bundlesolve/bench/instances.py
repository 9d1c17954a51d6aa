"""The problems of a suite: named, found and loaded."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bundlesolve.bench.known import Known, KnownValues
from bundlesolve.bench.suite import InstanceSpec
from bundlesolve.errors import InvalidParameter
from bundlesolve.files.read import read
from bundlesolve.generate import KINDS
from bundlesolve.generate.kind import Kind
from bundlesolve.model.instance import Instance

ENVIRONMENT = "BUNDLESOLVE_BENCHMARKS"
"""Variable that names the folder of public sets where no option does."""

ENDINGS = (".gz", ".txt", ".sparse", ".opb", ".json", ".dat", ".csv")


class Problem(msgspec.Struct, frozen=True):
    """One problem; everything a child needs to load it.

    Parameters
    ----------
    name, select
        As in the record. ``select`` is empty for the only one.
    source
        The spec's ``generate`` or ``learn`` with full paths and one seed; None: a file.
    file, format
        Path and format of the file.
    known
        What is known about it.
    """

    name: str
    select: str = ""
    file: str | None = None
    format: str | None = None
    generate: dict[str, Any] | None = None
    learn: dict[str, Any] | None = None
    known: Known = Known()

    @property
    def title(self) -> str:
        """Name and selection, as in `bundlesolve.bench.record.Record.problem`."""
        return f"{self.name}@{self.select}" if self.select else self.name

    def load(self) -> Instance:
        """Read, draw or learn the instance."""
        if self.generate is not None:
            return _drawn(dict(self.generate))
        if self.learn is not None:
            from bundlesolve.learn.build import learn

            options = dict(self.learn)
            return learn(options.pop("receipts"), **options).instance
        assert self.file is not None
        return read(self.file, format=self.format, select=self.select or None)


def sets_folder(given: str | None) -> Path | None:
    """Return the folder of public sets: as given, or as the environment says.

    Raises
    ------
    InvalidParameter
        If it is no folder.
    """
    name = given or os.environ.get(ENVIRONMENT)
    if not name:
        return None
    if not Path(name).is_dir():
        raise InvalidParameter(f"expected a folder of public sets, found {name}")
    return Path(name)


def problems(
    specs: list[InstanceSpec], sets: Path | None, folder: Path
) -> Iterator[Problem]:
    """Yield the problems of a suite in its order.

    Parameters
    ----------
    specs
        The suite's instances.
    sets
        Folder of the public sets; None: there is none.
    folder
        Folder of the suite.

    Raises
    ------
    InvalidParameter
        If a file or folder is not there, or a generator or its options make no sense.
    """
    known = KnownValues(sets)
    for spec in specs:
        if spec.files is not None:
            yield from _files(spec, spec.files, known, sets, folder)
        elif spec.generate is not None:
            yield from _generated(spec, spec.generate)
        elif spec.learn is not None:
            yield _learned(spec, spec.learn, sets, folder)


def _files(
    spec: InstanceSpec, pattern: str, known: KnownValues, sets: Path | None, folder: Path
) -> Iterator[Problem]:
    found = sorted(_found(pattern, sets, folder))
    if not found:
        raise InvalidParameter(f"expected files like {pattern}, found none")
    for file in found:
        group, name = file.parent.name, _stem(file.name)
        selections: list[str | None] = [None]
        if spec.select == "known":
            selections = known.selections(group, name, spec.known)
        elif spec.select is not None:
            selections = [*spec.select]
        for select in selections:
            yield Problem(
                f"{group}/{name}",
                select or "",
                file=str(file),
                format=spec.format,
                known=known.of(group, name, select, spec.known),
            )


def _found(pattern: str, sets: Path | None, folder: Path) -> list[Path]:
    if pattern.startswith(("./", "../")):
        steps = Path(pattern).parts
        while steps and steps[0] == "..":
            folder, steps = folder.resolve().parent, steps[1:]
        return list(folder.resolve().glob(str(Path(*steps))))
    if sets is None:
        expected = f"the folder of public sets (--sets or {ENVIRONMENT}) for {pattern}"
        raise InvalidParameter(f"expected {expected}, found none")
    return list(sets.resolve().glob(pattern))


def _stem(name: str) -> str:
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


def _generated(spec: InstanceSpec, options: dict[str, Any]) -> Iterator[Problem]:
    seeds = options.get("seed", 0)
    for seed in seeds if isinstance(seeds, list) else [seeds]:
        one = {**options, "seed": seed}
        _kind(dict(one))
        words = [f"{k}={v}" for k, v in one.items() if k not in ("kind", "seed")]
        title = spec.name or "-".join((str(one["kind"]), *words))
        yield Problem(f"generated/{title}#{seed}", generate=one)


def _kind(options: dict[str, Any]) -> tuple[Kind, int]:
    name, seed = options.pop("kind", None), options.pop("seed", 0)
    if name not in KINDS:
        raise InvalidParameter(f"expected a kind out of {', '.join(KINDS)}, found {name!r}")
    if not isinstance(seed, int):
        raise InvalidParameter(f"expected a whole number as seed, found {seed!r}")
    try:
        return KINDS[name](**options), seed
    except TypeError as error:
        raise InvalidParameter(f"expected options of {name}: {error}") from None


def _drawn(options: dict[str, Any]) -> Instance:
    kind, seed = _kind(options)
    return kind.make(seed)


def _learned(
    spec: InstanceSpec, options: dict[str, Any], sets: Path | None, folder: Path
) -> Problem:
    full = dict(options)
    unknown = set(full) - {"receipts", "rules", "catalogue", "most_items"}
    if unknown or "receipts" not in full:
        expected = "receipts, rules, catalogue, most_items"
        raise InvalidParameter(f"expected {expected} in learn, found {sorted(full)}")
    for part in ("receipts", "rules", "catalogue"):
        if part in full:
            files = list(itertools.islice(_found(full[part], sets, folder), 2))
            if len(files) != 1:
                raise InvalidParameter(f"expected one file {full[part]}, found {files}")
            full[part] = str(files[0])
    title = spec.name or _stem(Path(full["receipts"]).name)
    return Problem(f"learned/{title}", learn=full)

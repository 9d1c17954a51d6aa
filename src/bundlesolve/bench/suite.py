"""A suite: which methods on which instances, how long and how often. A small TOML file."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from bundlesolve.errors import InvalidFile, InvalidParameter

MEGABYTE = 1_000_000


class KnownSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the table of best known values speaks of these instances.

    Parameters
    ----------
    counts_from
        Number of a file's first problem in the table (``name#number``). Default 1.
    times
        The table's value times this is in the instance's unit and sense. Default "1".
    rounding
        Half a unit of the last published digit. Default "0": exact.
    """

    counts_from: int = 1
    times: str = "1"
    rounding: str = "0"


class InstanceSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Instances of one source; exactly one of ``files``, ``generate``, ``learn``.

    Parameters
    ----------
    files
        Glob below the folder of public sets; starting with ``./`` or ``../``: below the
        suite's own folder.
    format
        Of the files. Default: told from their content.
    select
        Which problems of each file: a list, or ``known``: all that the table of best
        known values lists. Default: the only one.
    known
        How that table speaks of them.
    generate
        ``kind``, ``seed`` (one or several) and options of that kind.
    learn
        ``receipts`` and, optional, ``rules``, ``catalogue`` (files, found as ``files``
        are) and ``most_items``.
    name
        Name of a generated or learned instance. Default: its options.
    """

    files: str | None = None
    format: str | None = None
    select: list[str] | Literal["known"] | None = None
    known: KnownSpec = KnownSpec()
    generate: dict[str, Any] | None = None
    learn: dict[str, Any] | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        given = [w for w in ("files", "generate", "learn") if getattr(self, w) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"expected one of files, generate, learn; found {found}")


class MethodSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One method; exactly one of ``method``, ``peer``, ``command``.

    Parameters
    ----------
    method
        A solver's name.
    peer
        A peer's name, see `bundlesolve.bench.peers`.
    command
        Program and arguments of somebody else's solver, see `bundlesolve.bench.adapter`.
    parameters
        Of the solver. Default: its defaults.
    label
        Name in the records. Default: the method's, with its parameters.
    """

    method: str | None = None
    peer: str | None = None
    command: list[str] | None = None
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    label: str | None = None

    def __post_init__(self) -> None:
        given = [w for w in ("method", "peer", "command") if getattr(self, w) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"expected one of method, peer, command; found {found}")
        if self.command == []:
            raise ValueError("expected a program and its arguments, found an empty command")
        if self.parameters and self.method is None:
            raise ValueError("expected parameters of a method, found those of another kind")

    @property
    def kind(self) -> str:
        """``solver``, ``peer`` or ``command``."""
        if self.method is not None:
            return "solver"
        return "peer" if self.peer is not None else "command"

    @property
    def title(self) -> str:
        """Its name in the records."""
        if self.label is not None:
            return self.label
        if self.command is not None:
            return Path(self.command[0]).name
        if self.peer is not None:
            return f"peer-{self.peer}"
        options = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.method}({options})" if options else str(self.method)


class StopSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a run ends, as `bundlesolve.stop.Stop`; target: ``best_known`` or none."""

    seconds: float | None = None
    steps: int | None = None
    gap: float | None = None
    target: Literal["best_known"] | None = None


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole suite.

    Parameters
    ----------
    name
        Part of every record's key and seed.
    instances, methods
        What is run on what; a method may be its name alone.
    stop
        When a run ends; seconds or steps must be limited.
    summary
        One line for people.
    repetitions
        Runs of every method on every instance, each with a seed of its own. Default 1.
    seeds
        Seeds to use instead of those derived from the names; each is then repeated
        ``repetitions`` times. Default None.
    threads
        Threads that a method may use. Default 1.
    grace
        Seconds after the limit at which the harness ends a run. Default 10.
    memory
        Megabytes that a run may hold. Default: no limit.
    """

    name: str
    instances: list[InstanceSpec]
    methods: list[MethodSpec | str]
    stop: StopSpec
    summary: str = ""
    repetitions: int = 1
    seeds: list[int] | None = None
    threads: int = 1
    grace: float = 10.0
    memory: int | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("expected a name, found an empty one")
        if not self.instances or not self.methods:
            raise ValueError("expected instances and methods, found none")
        if self.repetitions < 1 or self.threads < 1:
            raise ValueError("expected repetitions and threads of 1 or more")
        if self.seeds is not None and (not self.seeds or min(self.seeds) < 0):
            raise ValueError(f"expected seeds of 0 or more, found {self.seeds}")
        if self.grace < 0 or (self.memory is not None and self.memory < 1):
            raise ValueError("expected grace of 0 or more and memory of 1 or more")
        if self.stop.seconds is None and self.stop.steps is None:
            raise ValueError("expected a limit of seconds or steps in stop, found neither")
        titles = [spec.title for spec in self.specs]
        for title in titles:
            if titles.count(title) > 1:
                raise ValueError(f"expected labels of methods once, found {title!r} again")

    @property
    def specs(self) -> list[MethodSpec]:
        """The methods, names of solvers spelt out."""
        return [MethodSpec(method=m) if isinstance(m, str) else m for m in self.methods]


def read_suite(file: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the content of a suite's file, checked.

    Raises
    ------
    InvalidFile
        If it is no suite.
    """
    name = os.fspath(file)
    try:
        content = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidFile(name, "$", "a TOML file", error) from None
    suite_of(content, name)
    return content


def suite_of(content: dict[str, Any], file: str) -> Suite:
    """Return the suite that a file's content stands for.

    Raises
    ------
    InvalidFile
        If it is none.
    """
    try:
        return msgspec.convert(content, Suite)
    except msgspec.ValidationError as error:
        raise InvalidFile(file, "$", "a suite", error) from None


def changed(content: dict[str, Any], **stop: float | None) -> dict[str, Any]:
    """Return a suite's content with other limits in ``stop``; None changes nothing.

    Raises
    ------
    InvalidParameter
        If there is no such limit.
    """
    for name in stop:
        if name not in StopSpec.__struct_fields__:
            raise InvalidParameter(f"expected a limit of a suite's stop, found {name!r}")
    given = {name: value for name, value in stop.items() if value is not None}
    return {**content, "stop": {**content.get("stop", {}), **given}}

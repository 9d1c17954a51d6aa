"""One run as one record, and the file of records: JSON lines, appended, never rewritten.

The first line of a file tells what was asked for (`Header`), every further line is one
run (`Record`). A line is on the disk before the next run starts; a torn last line, left by
a power cut or a kill, is no record and is cut off by the next `Appender`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from bundlesolve.bench.limits import Limits
from bundlesolve.bench.machine import Machine
from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.files.source import display_name, write_bytes
from bundlesolve.isolated.appender import Appender

T = TypeVar("T")

VERSION = 1
"""Version of the format."""

_HEADER_MARK = b'{"records":'


class RunStatus(StrEnum):
    """How a run ended. The first two hold an answer that the harness has verified."""

    OPTIMAL = "optimal"  #: a verified answer, and a bound equal to it
    FEASIBLE = "feasible"  #: a verified answer
    INFEASIBLE = "infeasible"  #: the method claims to have proved that there is no answer
    UNKNOWN = "unknown"  #: in time, without an answer
    LATE = "late"  #: ended by the harness at limit plus grace; whatever it held is lost
    UNVERIFIED = "unverified"  #: its answer breaks a limit, or its claims contradict it
    CRASHED = "crashed"  #: the process died, or was ended at the memory limit
    FAILED = "failed"  #: it raised an error, or could not be set up
    REFUSED = "refused"  #: the method declines this instance
    ABSENT = "absent"  #: a package or program that it needs is not there


class Moment(NamedTuple):
    """A step of a trace: ``[seconds, steps, value]``.

    ``seconds`` on the harness's clock (see ``Record.seconds``), ``steps`` in the method's
    own units (0 where it counts none), ``value`` an exact decimal like
    ``Record.objective``.
    """

    seconds: float
    steps: int
    value: str


class Key(NamedTuple):
    """What identifies a run in its suite."""

    suite: str
    instance: str
    select: str
    method: str
    seed: int
    repetition: int


@dataclass(frozen=True)
class Record:
    """One run, whatever became of it.

    All values (``objective``, ``bound``, ``best_known``, the traces') are exact decimals
    as texts, in the *user's* unit and sense: of an instance with ``minimise`` they are the
    minimised numbers, ``bound`` lies below ``objective``, and traces of the incumbent
    fall. Use `signed` to get numbers of which more is better.

    Parameters
    ----------
    suite, instance, select, method, seed, repetition
        The key. ``instance`` is ``set/name`` for public files (``set`` being the folder)
        and a text of kind, options and seed for generated ones; ``select`` is which
        problem of the file (empty: its only one); ``method`` is the label of the suite's
        method, unique in it; ``seed`` is derived from suite, instance and repetition, so
        it is the same for every method.
    status
        How it ended, see `RunStatus`.
    stop_reason
        Why the search ended, in the words of `bundlesolve.stop.StopReason` (also
        ``memory_limit`` for what the harness ended); empty where nobody said.
    objective
        Of the verified answer, recomputed by the harness. None without a verified answer:
        a late, crashed, failed or unverified run has none, whatever its trace says.
    bound
        What the method claims to have proved; None without. It is believed but for
        contradictions: a bound on the wrong side of the verified answer, or of
        ``best_known``, makes the run unverified (``best_known`` only where it is exact).
    minimise
        Sense of the instance; None where it was not read.
    best_known
        Best value known before; None where none is.
    best_known_proved
        True where ``best_known`` is proved to be optimal.
    known_infeasible
        True where the instance is known to have no answer.
    rounding
        Half a unit of ``best_known``'s last published digit where that is rounded (an
        answer may then be better than "optimal" by this much); "0" for an exact value.
    incumbents, bounds
        When the incumbent, and the bound, got better, in order. The last incumbent equals
        ``objective`` where there is one.
    seconds
        Wall clock taken by the harness in the child around the call of the method:
        building, start, search, certifying, its own check; compiling kernels and imports
        (warm-up), reading the instance and the harness's judging are outside. Of a late
        or crashed run: until its end. None where the method was never called.
    total_seconds
        Wall clock outside the child, from its start to its end: everything.
    split
        Seconds of ``compile``, ``start``, ``search``, ``certify``, ``check`` as far as
        the method tells (a peer: ``build`` and ``search``).
    setup
        Seconds outside the clock: ``interpreter`` (from outside to the child's first
        line, with Python's own start), ``imports``, ``read``, ``warm_up``, ``judge``.
    peak_memory
        Largest resident memory of the whole process tree in bytes, sampled (pages that
        processes share count for each); at least the child's own exact peak. None where
        no process ran.
    items, pairs, bundles
        Size of the instance; 0 where it was not read.
    fingerprint
        SHA-256 of the instance, see `bundlesolve.model.instance.Instance`.
    kind
        ``solver`` (ours), ``peer`` or ``command`` (an adapter).
    parameters
        Parameters of the method, JSON values only.
    limits, machine
        What it was allowed, and where it ran.
    jobs
        How many runs went on at a time: with more than one, do not compare times.
    versions
        Of bundlesolve and the packages the method runs on.
    revision
        Git revision of the source, with ``+changes`` when the tree was not clean; empty
        outside a repository.
    started
        UTC time of the start, ISO 8601.
    error
        What went wrong, in words; empty when nothing did. With a verified answer: that it
        is better than what is listed as optimal.
    note
        What the method itself says about its end.
    """

    suite: str
    instance: str
    select: str
    method: str
    seed: int
    repetition: int
    status: RunStatus
    stop_reason: str = ""
    objective: str | None = None
    bound: str | None = None
    minimise: bool | None = False
    best_known: str | None = None
    best_known_proved: bool = False
    known_infeasible: bool = False
    rounding: str = "0"
    incumbents: tuple[Moment, ...] = ()
    bounds: tuple[Moment, ...] = ()
    seconds: float | None = None
    total_seconds: float | None = None
    split: dict[str, float] = field(default_factory=dict)
    setup: dict[str, float] = field(default_factory=dict)
    peak_memory: int | None = None
    items: int = 0
    pairs: int = 0
    bundles: int = 0
    fingerprint: str = ""
    kind: str = "solver"
    parameters: dict[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    machine: Machine = field(default_factory=Machine)
    jobs: int = 1
    versions: dict[str, str] = field(default_factory=dict)
    revision: str = ""
    started: str = ""
    error: str = ""
    note: str = ""

    @property
    def key(self) -> Key:
        """What identifies it."""
        return Key(
            self.suite,
            self.instance,
            self.select,
            self.method,
            self.seed,
            self.repetition,
        )

    @property
    def problem(self) -> str:
        """Instance and selection in one text, such as ``large_qkp/x@2.5%``."""
        return f"{self.instance}@{self.select}" if self.select else self.instance

    @property
    def solved(self) -> bool:
        """True when it holds a verified answer."""
        return self.objective is not None

    @property
    def proved(self) -> bool:
        """True when the question is settled: optimal, or infeasible."""
        return self.status in (RunStatus.OPTIMAL, RunStatus.INFEASIBLE)

    def signed(self, value: str) -> Decimal:
        """Return a value of this record as a number of which more is better."""
        number = Decimal(value)
        return -number if self.minimise else number


@dataclass(frozen=True)
class Header:
    """First line of a file of records: what was asked for, enough to go on.

    Parameters
    ----------
    records
        Version of the format.
    suite
        The suite as its TOML file says it.
    planned
        Number of runs.
    filters
        What the runs were filtered by.
    jobs
        Runs at a time.
    sets
        Folder of the public sets, None: none.
    folder
        Folder of the suite's file, from which its relative names count. Both are told from
        the folder of the records, so that nothing about a machine is in them.
    """

    records: int
    suite: dict[str, Any]
    planned: int
    filters: tuple[str, ...] = ()
    jobs: int = 1
    sets: str | None = None
    folder: str = "."


def read_records(file: str | os.PathLike[str]) -> list[Record]:
    """Return the runs of a file in the order in which they ended.

    A torn last line is left out; a file without a header (several put together, say) is
    read too.

    Raises
    ------
    InvalidFile
        If it cannot be read, or another line than the last is no record.
    """
    name = display_name(file)
    lines = enumerate(_whole_lines(file, name), 1)
    return [
        _decoded(line, Record, name, number)
        for number, line in lines
        if line.strip() and not line.startswith(_HEADER_MARK)
    ]


def read_header(file: str | os.PathLike[str]) -> Header:
    """Return the first line of a file.

    Raises
    ------
    InvalidFile
        If it is no header.
    """
    name = display_name(file)
    lines = _whole_lines(file, name)
    if not lines or not lines[0].startswith(_HEADER_MARK):
        raise InvalidFile(name, "line 1", "a header of records", "none")
    return _decoded(lines[0], Header, name, 1)


def _whole_lines(file: str | os.PathLike[str], name: str) -> list[bytes]:
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise InvalidFile(name, "$", "a readable file", what) from None
    return data.split(b"\n")[:-1]


def _decoded(line: bytes, kind: type[T], name: str, number: int) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        expected = f"a {kind.__name__.lower()} of a run"
        raise InvalidFile(name, f"line {number}", expected, error) from None


def append_record(file: str | os.PathLike[str], record: Record) -> None:
    """Append one record and wait until the disk has it."""
    with Appender(file) as appender:
        appender.append(msgspec.json.encode(record))


def create_records(file: str | os.PathLike[str], header: Header) -> None:
    """Make a new file of records, whole or not at all.

    Raises
    ------
    InvalidParameter
        If there already is such a file.
    InvalidFile
        If the place cannot be written.
    """
    if Path(file).exists():
        found = f"{os.fspath(file)}, which is there"
        raise InvalidParameter(f"expected a new file of records, found {found}")
    write_bytes(file, msgspec.json.encode(header) + b"\n")

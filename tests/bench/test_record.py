"""The file of records: nothing that was written is ever lost, and nothing torn is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.bench.machine import calibration, this_machine
from bundlesolve.bench.record import (
    VERSION,
    Header,
    Moment,
    Record,
    RunStatus,
    append_record,
    create_records,
    read_header,
    read_records,
)
from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.isolated.appender import Appender

HEADER = Header(VERSION, {"name": "suite"}, 2, ("a",), 3, "sets", "bench")

MACHINE = this_machine()


def made(number: int = 0) -> Record:
    return Record(
        "suite",
        f"set/instance {number}",
        "2.5%",
        "local",
        7,
        number,
        RunStatus.FEASIBLE,
        objective="-1.50",
        minimise=True,
        incumbents=(Moment(0.5, 3, "-1.00"), Moment(1.0, 9, "-1.50")),
        parameters={"deep": [1, {"x": None}]},
        machine=MACHINE,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of records with its header."""
    path = tmp_path / "records.jsonl"
    create_records(path, HEADER)
    return path


def test_what_is_appended_is_read(file: Path) -> None:
    """Records come back equal and in order, the header too."""
    records = [made(k) for k in range(3)]
    for record in records:
        append_record(file, record)
    assert read_records(file) == records
    assert read_header(file) == HEADER


@given(cut=st.integers(1, 400))
def test_torn_line_is_cut_off(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is missing of the last line, only that record is lost, and work goes on."""
    path = tmp_path_factory.mktemp("torn") / "records.jsonl"
    create_records(path, HEADER)
    append_record(path, made(0))
    append_record(path, made(1))
    path.write_bytes(path.read_bytes()[:-cut])
    assert read_records(path) == [made(0)]
    append_record(path, made(2))
    assert [record.repetition for record in read_records(path)] == [0, 2]


def test_long_torn_line_is_cut_off(file: Path) -> None:
    """A torn line longer than the block that is looked at does not take others along."""
    append_record(file, made(0))
    with file.open("ab") as stream:
        stream.write(b"x" * 200_000)
    append_record(file, made(1))
    assert [record.repetition for record in read_records(file)] == [0, 1]


def test_nonsense_in_the_middle_is_told(file: Path) -> None:
    """A broken line that is not the last one is no accident of a kill."""
    with file.open("ab") as stream:
        stream.write(b"{}\n")
    append_record(file, made())
    with pytest.raises(InvalidFile, match="line 2"):
        read_records(file)


def test_file_is_not_overwritten(file: Path) -> None:
    """A new run does not wipe out an old one's records."""
    with pytest.raises(InvalidParameter, match="new file"):
        create_records(file, HEADER)


def test_one_writer(file: Path) -> None:
    """Two benchmarks do not write one file at a time."""
    with Appender(file), pytest.raises(InvalidParameter, match="in use"):
        append_record(file, made())
    append_record(file, made())


def test_no_header_is_told(tmp_path: Path) -> None:
    """Records without a header are read, but cannot be resumed."""
    path = tmp_path / "records.jsonl"
    append_record(path, made())
    assert len(read_records(path)) == 1
    with pytest.raises(InvalidFile, match="header"):
        read_header(path)


def test_signed_values() -> None:
    """Of a minimisation, less is more."""
    record = made()
    assert record.signed("-1.50") > record.signed("-1.00")
    assert record.problem == "set/instance 0@2.5%"
    assert record.solved
    assert not record.proved


def test_machine_is_told() -> None:
    """The fixed kernel takes some time, and the machine has a name."""
    assert calibration() > 0
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.cpu

"""Bytes in and out: paths, gzip, standard input; all of it or nothing."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bundlesolve.errors import InvalidFile
from bundlesolve.files import source
from bundlesolve.files.source import display_name, read_bytes, write_bytes

TEXT = b"tea and cake\n" * 100


def test_a_plain_file(tmp_path: Path) -> None:
    """What lies in a file is read, by path or by name."""
    file = tmp_path / "file"
    file.write_bytes(TEXT)
    assert read_bytes(file) == TEXT
    assert read_bytes(str(file)) == TEXT


def test_gzip_is_recognised_by_content(tmp_path: Path) -> None:
    """The name does not matter; several members one after the other are one file."""
    file = tmp_path / "plain.txt"
    file.write_bytes(gzip.compress(TEXT) + gzip.compress(b"more"))
    assert read_bytes(file) == TEXT + b"more"
    file.write_bytes(gzip.compress(TEXT) + b"\0" * 512)
    assert read_bytes(file) == TEXT


def test_standard_input_and_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input to a reader and standard output to a writer."""
    sent = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT)))
    assert read_bytes("-") == TEXT
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=sent))
    write_bytes("-", TEXT)
    assert sent.getvalue() == TEXT
    assert display_name("-") == "<stdin>"
    assert display_name(Path("a") / "b") == os.path.join("a", "b")  # noqa: PTH118


@pytest.mark.parametrize("cut", [3, 15, 60])
def test_a_truncated_gzip_file(tmp_path: Path, cut: int) -> None:
    """Half a download is named as such."""
    file = tmp_path / "file.gz"
    file.write_bytes(gzip.compress(os.urandom(100))[:cut])
    with pytest.raises(InvalidFile, match="expected a whole gzip file, found a truncated"):
        read_bytes(file)


def test_a_damaged_gzip_file(tmp_path: Path) -> None:
    """A flipped bit is found by the checksum; what follows a member must be one."""
    file = tmp_path / "file.gz"
    whole = gzip.compress(TEXT)
    for data in (whole[:-6] + b"\0" + whole[-5:], whole + b"more"):
        file.write_bytes(data)
        with pytest.raises(InvalidFile, match="expected a sound gzip file"):
            read_bytes(file)


def test_a_bomb_stops_at_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows too much is refused with the cap, in one member or in many."""
    monkeypatch.setattr(source, "SMALL", 1000)
    file = tmp_path / "bomb.gz"
    for data in (gzip.compress(b"a" * 10**6), gzip.compress(b"a" * 9000) * 1000):
        monkeypatch.setattr(source, "MOST_BYTES", 50_000)
        file.write_bytes(data)
        with pytest.raises(InvalidFile, match="at most 50000 bytes after decompression"):
            read_bytes(file)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cap holds for plain files, and for standard input, too."""
    monkeypatch.setattr(source, "MOST_BYTES", 100)
    file = tmp_path / "file"
    file.write_bytes(TEXT)
    with pytest.raises(InvalidFile, match="expected at most 100 bytes, found"):
        read_bytes(file)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT)))
    with pytest.raises(InvalidFile, match=r"<stdin>: .*: expected at most 100 bytes"):
        read_bytes("-")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, a folder, a name with a NUL: one line each."""
    for file in (tmp_path / "none", tmp_path, "a\0b"):
        with pytest.raises(InvalidFile, match="expected a readable file, found") as caught:
            read_bytes(file)
        assert "\n" not in str(caught.value)


def test_writing_replaces_in_one_step(tmp_path: Path) -> None:
    """The old content goes when the new one is whole; no scrap is left beside it."""
    file = tmp_path / "file.json"
    write_bytes(file, b"old")
    write_bytes(file, TEXT)
    assert file.read_bytes() == TEXT
    assert list(tmp_path.iterdir()) == [file]


def test_a_written_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """As if it had been opened for writing; a file that was there keeps its own."""
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.write_bytes(b"")
    write_bytes(ours, b"")
    assert stat.S_IMODE(ours.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    ours.chmod(0o600)
    write_bytes(ours, b"new")
    assert stat.S_IMODE(ours.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing through a symbolic link changes what it points to."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """What is no plain file is written to and stays what it is; devices above all."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_bytes(pipe, TEXT)
        assert os.read(reader, 2 * len(TEXT)) == TEXT
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_gz_is_compressed_the_same_every_time(tmp_path: Path) -> None:
    """Equal content makes equal files: no time and no name inside."""
    for name in ("one.gz", "two.gz"):
        write_bytes(tmp_path / name, TEXT)
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()
    assert read_bytes(tmp_path / "one.gz") == TEXT


def test_what_cannot_be_written(tmp_path: Path) -> None:
    """No such folder, a folder in its place: one line each, and nothing left over."""
    (tmp_path / "folder").mkdir()
    for file in (tmp_path / "none" / "file", tmp_path / "folder", "a\0b"):
        with pytest.raises(InvalidFile, match="expected a place to write, found"):
            write_bytes(file, TEXT)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs the new content, never the old."""
    file = tmp_path / "file"
    write_bytes(file, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidFile, match="No space left on device"):
        write_bytes(file, TEXT)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]

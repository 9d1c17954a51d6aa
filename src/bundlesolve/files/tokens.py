"""The words of a plain-text file with the lines they stand on, turned into numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.model.decimals import digits_after_point, to_integer
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.magnitude import LARGEST

SAFE = 2**51
"""Below this, ``round(float(text) * 10**d)`` is exact for a text of ``d`` decimals: the
two roundings together err by less than one half."""

MOST_DECIMALS = 15

_BLANKS = np.zeros(256, dtype=bool)
_BLANKS[[ord(c) for c in " \t\n\r\v\f"]] = True


class Numbers(NamedTuple):
    """Whole numbers that stand for decimals: ``values / 10**decimals``."""

    values: IntArray
    decimals: int


class Tokens:
    """A cursor over the blank-separated words of a file.

    Parameters
    ----------
    data
        The file's content.
    file
        Its name, for errors.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self.data = data
        self.file = file
        self.words = data.split()
        self.at = 0

    @property
    def left(self) -> int:
        """Words not taken yet."""
        return len(self.words) - self.at

    @cached_property
    def lines(self) -> IntArray:
        """Line of every word, counted from 1; one more entry stands for the end."""
        raw = np.frombuffer(self.data, dtype=np.uint8)
        blank = _BLANKS[raw]
        starts = ~blank
        starts[1:] &= blank[:-1]
        newlines = np.cumsum(raw == ord("\n"))
        last = newlines[-1] if len(raw) else 0
        return integers(np.append(newlines[starts], last) + 1)

    def fail(self, expected: str, at: int | None = None) -> InvalidFile:
        """Return the error for a word (by default the next one) that is not expected."""
        at = self.at if at is None else at
        if at >= len(self.words):
            return self.error(expected, "the end of the file", at)
        word = self.words[at].decode("ascii", "replace")
        short = word if len(word) <= 40 else f"{word[:37]}... ({len(word)} characters)"
        return self.error(expected, repr(short), at)

    def error(self, expected: str, found: object, at: int | None = None) -> InvalidFile:
        """Return an error that stands at a word (by default the next one)."""
        at = self.at if at is None else at
        line = int(self.lines[min(at, len(self.words))])
        return InvalidFile(self.file, f"line {line}", expected, found)

    # -- taking words ---------------------------------------------------------------

    def take(self, count: int, what: str) -> range:
        """Move past ``count`` words, wherever their lines end; return their positions."""
        if count > self.left:
            expected = f"{what}: {count} numbers from line {self._line()} on"
            raise self.error(expected, f"only {self.left}", len(self.words))
        self.at += count
        return range(self.at - count, self.at)

    def row(self, count: int, what: str) -> range:
        """Move past one line, which must have exactly ``count`` words."""
        return self.rows(1, count, what)

    def rows(self, count: int, width: int, what: str) -> range:
        """Move past ``count`` lines of exactly ``width`` words each."""
        start = self.at
        if count == 0 or width == 0:
            return range(start, start)
        # No more rows are looked at than there are words, whatever the file claims.
        whole = min(count, self.left // width)
        lines = self.lines[start : start + whole * width].reshape(whole, width)
        after = self.lines[start + width :: width][:whole]
        before = self.lines[start - 1 : start] if start else np.zeros(1, np.int64)
        before = np.append(before, lines[:-1, -1])
        wrong = (lines[:, 0] != lines[:, -1]) | (lines[:, 0] == before[:whole])
        at_end = start + whole * width == len(self.words)
        same = lines[:, -1] == after
        if at_end and whole:
            same[-1] = False
        wrong |= same
        if np.any(wrong) or whole < count:
            row = int(np.flatnonzero(wrong)[0]) if np.any(wrong) else whole
            raise self._wrong_row(start + row * width, width, what)
        self.at = start + count * width
        return range(start, self.at)

    def _wrong_row(self, at: int, width: int, what: str) -> InvalidFile:
        expected = f"{what}: a line of {width} words"
        if at >= len(self.words):
            return self.fail(expected, at)
        count = int(np.count_nonzero(self.lines[:-1] == self.lines[at]))
        if count == width:
            return self.error(expected, "a line that began earlier", at)
        return self.error(expected, f"{count}", at)

    def end(self) -> None:
        """Raise `InvalidFile` if words are left."""
        if self.left:
            raise self.fail("the end of the file")

    def _line(self) -> int:
        return int(self.lines[min(self.at, len(self.words))])

    # -- turning words into numbers ---------------------------------------------------

    def integer(self, what: str, low: int = 0, high: int = LARGEST) -> int:
        """Take one whole number in ``low..high``."""
        return int(self.whole(self.take(1, what), what, low, high)[0])

    def whole(
        self, positions: Sequence[int], what: str, low: int = -LARGEST, high: int = LARGEST
    ) -> IntArray:
        """Return the words at some positions as whole numbers in ``low..high``."""
        words = self._at(positions)
        try:
            if b"".join(words).translate(None, b"0123456789+-"):
                raise ValueError
            values = integers(np.array(list(map(int, words)), dtype=np.int64))
        except (ValueError, OverflowError):
            bad = next(k for k, word in enumerate(words) if not _is_whole(word))
            raise self.fail(f"{what}: a whole number", positions[bad]) from None
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            expected = f"{what} in {low}..{high}"
            raise self.fail(expected, positions[int(wrong[0])])
        return values

    def decimal(self, positions: Sequence[int], what: str) -> Numbers:
        """Return the words at some positions as decimals of one scale, exactly."""
        words = self._at(positions)
        text = b"".join(words)
        if not text.translate(None, b"0123456789+-"):
            return Numbers(self.whole(positions, what), 0)
        if text.translate(None, b"0123456789+-."):
            return self._slowly(words, positions, what)
        decimals = max(len(word.partition(b".")[2]) for word in words)
        try:
            values = np.array(list(map(float, words)))
        except ValueError:
            return self._slowly(words, positions, what)
        if decimals > MOST_DECIMALS or np.abs(values).max() >= SAFE / 10.0**decimals:
            return self._slowly(words, positions, what)
        return _trimmed(np.rint(values * 10.0**decimals).astype(np.int64), decimals)

    def _slowly(self, words: list[bytes], positions: Sequence[int], what: str) -> Numbers:
        """Do the same word by word: exponents, long numbers, and which one is bad."""
        texts = [word.decode("ascii", "replace") for word in words]
        places = [str(k) for k in range(len(texts))]
        decimals = 0
        try:
            for place, text in zip(places, texts, strict=True):
                if "_" in text:
                    raise InvalidInstance("a number", text, place)
                decimals = max(decimals, digits_after_point(text, place))
                if decimals > MOST_DECIMALS:
                    raise InvalidInstance(f"at most {MOST_DECIMALS} decimals", text, place)
            values = [
                to_integer(text, decimals, place)
                for place, text in zip(places, texts, strict=True)
            ]
        except InvalidInstance as error:
            at = positions[int(error.place)]
            raise self.fail(f"{what}: {error.expected}", at) from None
        return _trimmed(np.array(values, dtype=np.int64), decimals)

    def _at(self, positions: Sequence[int]) -> list[bytes]:
        if isinstance(positions, range):
            return self.words[positions.start : positions.stop : positions.step]
        return [self.words[k] for k in positions]


def _is_whole(word: bytes) -> bool:
    if word.translate(None, b"0123456789+-"):
        return False
    try:
        return abs(int(word)) < 2**63
    except ValueError:
        return False


def _trimmed(values: IntArray, decimals: int) -> Numbers:
    """Drop decimals that are 0 everywhere."""
    while decimals and not np.any(values % 10):
        values, decimals = values // 10, decimals - 1
    return Numbers(integers(values), decimals)


def head(data: bytes, count: int = 5) -> list[list[bytes]]:
    """Return the words of a file's first lines that are not blank."""
    # Leading blank lines are few; a line longer than this is no line of ours.
    lines = data[: 1 << 20].lstrip().split(b"\n", 4 * count)[: 4 * count]
    return [words for line in lines if (words := line.split())][:count]


def are_whole(words: list[bytes]) -> bool:
    """Tell whether every word is a whole number of 0 or more."""
    return all(word.isdigit() for word in words)

"""One answer out of many: a line of JSON, whatever became of it."""

from __future__ import annotations

import os
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.files.solution_document import Document
from bundlesolve.files.solution_json import document
from bundlesolve.files.source import display_name
from bundlesolve.many.question import Question
from bundlesolve.model.solution import Solution

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_LEFT_OUT = ("uses", "trace", "bound_trace")


class AnswerStatus(StrEnum):
    """How an instance ended. The first two hold a verified answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"  #: proved
    UNKNOWN = "unknown"  #: nothing found within the limits
    REFUSED = "refused"  #: the method declines the instance
    UNREAD = "unread"  #: its file could not be read
    FAILED = "failed"  #: an error was raised
    LATE = "late"  #: ended at the time limit plus grace
    CRASHED = "crashed"  #: its process died, or was ended at the memory limit


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer.

    Parameters
    ----------
    index
        Which of the instances, from 0.
    name
        The instance's name, or its file.
    fingerprint
        SHA-256 of the instance; empty where it could not be read.
    status
        How it ended.
    question
        Digest of method, parameters, limits and seed.
    error
        What went wrong, in words; empty when nothing did.
    solution
        What ``bundlesolve solve -o`` writes, without the history and the use of limits;
        None where an error ended it.
    """

    index: int
    name: str
    fingerprint: str
    status: AnswerStatus
    question: str
    error: str = ""
    solution: Document | None = None

    @property
    def solved(self) -> bool:
        """True when it holds a verified answer."""
        return self.units is not None

    @property
    def objective(self) -> int | Decimal | None:
        """Worth of the answer in the user's unit; None without one."""
        return None if self.solution is None else self.solution.objective

    @property
    def bound(self) -> int | Decimal | None:
        """Proved upper bound in the user's unit; None without one."""
        return None if self.solution is None else self.solution.bound

    @property
    def gap(self) -> float | None:
        """Proved relative gap; None without an answer or a bound."""
        return None if self.solution is None else self.solution.gap

    @property
    def units(self) -> dict[str, dict[str, int]] | None:
        """Units by bundle and item of what is in; None without an answer."""
        return None if self.solution is None else self.solution.units

    @property
    def seconds(self) -> float | None:
        """Seconds that the search took."""
        return None if self.solution is None else self.solution.seconds

    @property
    def key(self) -> tuple[int, str, str]:
        """What tells whether it is the answer that is asked for."""
        return (self.index, self.fingerprint, self.question)


def line_of(index: int, name: str, solution: Solution, question: Question) -> bytes:
    """Return the line of a solution."""
    told = document(solution)
    for part in _LEFT_OUT:
        del told[part]
    return _ENCODER.encode(
        {
            "index": index,
            "name": name,
            "fingerprint": told["fingerprint"],
            "status": told["status"],
            "question": question.digest,
            "solution": told,
        }
    )


def error_line(answer: Answer) -> bytes:
    """Return the line of an answer that is none."""
    return _ENCODER.encode(answer)


def answer_of(line: bytes, file: str = "answers", number: int = 0) -> Answer:
    """Return the answer of a line.

    Raises
    ------
    InvalidFile
        If it is none.
    """
    try:
        return msgspec.json.decode(line, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = f"line {number}"
        raise InvalidFile(file, place, "an answer of solve_many", error) from None


def read_answers(file: str | os.PathLike[str]) -> list[Answer]:
    """Return the answers of a file, of each index the last, by ascending index.

    A torn last line is left out.

    Raises
    ------
    InvalidFile
        If it cannot be read, or another line than the last is no answer.
    """
    name = display_name(file)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise InvalidFile(name, "$", "a readable file", what) from None
    lines = data.split(b"\n")[:-1]
    found = [answer_of(line, name, number) for number, line in enumerate(lines, 1)]
    latest = {answer.index: answer for answer in found}
    return [latest[index] for index in sorted(latest)]

"""Ids and the numbers that stand for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.columns import whole_numbers
from bundlesolve.model.decimals import shortened
from bundlesolve.model.draft import NumberMap
from bundlesolve.model.frozen import IntArray, integers


def is_text(value: object) -> bool:
    """Return whether a value can be an id or a name."""
    return isinstance(value, str) and value != ""


def is_list(value: object) -> bool:
    """Return whether a value is a list of things and not a single text."""
    return isinstance(value, Sequence) and not isinstance(value, str)


class Ids:
    """The ids of all items or of all bundles, numbered from 0.

    Parameters
    ----------
    ids
        The ids, in the order of their numbers.
    noun
        What they are ids of, for errors.
    place
        Where the list stands, for errors.

    Raises
    ------
    InvalidInstance
        If an id is no text, is empty, or stands twice.
    """

    def __init__(self, ids: Sequence[str], noun: str, place: str) -> None:
        self.noun = noun
        self.numbers: dict[str, int] = {}
        for row, text in enumerate(ids):
            where = f"{place}[{row}].id"
            if not is_text(text):
                raise InvalidInstance("a text that is not empty", shortened(text), where)
            if text in self.numbers:
                raise InvalidInstance("each id once", f"{shortened(text)} again", where)
            self.numbers[text] = row

    def __len__(self) -> int:
        return len(self.numbers)

    def number(self, text: str, place: str) -> int:
        """Return the number of one id."""
        number = self.numbers.get(text) if is_text(text) else None
        if number is None:
            raise InvalidInstance(f"the id of {self.noun}", shortened(text), place)
        return number

    def group(self, ids: Sequence[str], place: str) -> IntArray:
        """Return the numbers of different ids, in their order."""
        if not is_list(ids):
            expected = f"a list of ids of {self.noun.split()[-1]}s"
            raise InvalidInstance(expected, shortened(ids), place)
        seen: set[str] = set()
        for row, text in enumerate(ids):
            self.number(text, f"{place}[{row}]")
            if text in seen:
                found = f"{shortened(text)} again"
                raise InvalidInstance("each id once", found, f"{place}[{row}]")
            seen.add(text)
        return integers([self.numbers[text] for text in ids])

    def column(self, ids: Sequence[str], place: str, start: int, side: int) -> IntArray:
        """Return the numbers of a long column, at ``place[start + row][side]``."""
        try:
            return np.fromiter(map(self.numbers.__getitem__, ids), np.int64, len(ids))
        except (KeyError, TypeError):  # now slowly, to say where
            for row, text in enumerate(ids):
                self.number(text, f"{place}[{start + row}][{side}]")
            raise

    def amounts(self, amounts: NumberMap, decimals: int, place: str) -> Amounts:
        """Turn amounts by id into amounts by number, at a scale."""
        ids = list(amounts)
        numbers = [self.number(text, f"{place}[{shortened(text)}]") for text in ids]
        values = whole_numbers(
            [amounts[text] for text in ids],
            decimals,
            lambda row: f"{place}[{shortened(ids[row])}]",
        )
        order = np.argsort(integers(numbers))
        return Amounts(integers(numbers)[order], values[order])

"""Immutable records that hold arrays: equality, hashing, pickling and ``replace``."""

from __future__ import annotations

import dataclasses
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundlesolve.errors import InvalidInstance

IntArray = NDArray[np.int64]


def integers(values: ArrayLike, place: str = "$") -> IntArray:
    """Return whole numbers as a read-only one-dimensional ``int64`` array.

    They are copied, unless they are such an array already and it owns its memory: then
    nobody else can write to it, and ten million pairs are held once.

    Parameters
    ----------
    values
        Whole numbers; an empty sequence is allowed.
    place
        Where they come from, for the error.

    Raises
    ------
    InvalidInstance
        If a value is not a whole number or does not fit 64 bits.
    """
    array = np.asarray(values)
    if array.dtype == np.int64 and array.ndim == 1:
        flags = array.flags
        if flags.owndata and not flags.writeable and flags.c_contiguous:
            return array
    if array.size == 0:
        array = np.zeros(0, dtype=np.int64)
    if array.ndim != 1:
        raise InvalidInstance("a one-dimensional list", f"shape {array.shape}", place)
    if array.dtype.kind not in "iu":
        raise InvalidInstance("64-bit integers", f"values of type {array.dtype}", place)
    if array.dtype.kind == "u" and array.max(initial=0) > np.iinfo(np.int64).max:
        raise InvalidInstance("64-bit integers", int(array.max()), place)
    copy = array.astype(np.int64, copy=True)
    copy.setflags(write=False)
    return copy


def hand_over(array: IntArray) -> IntArray:
    """Return an array read-only, so that `integers` takes it without a copy.

    For arrays that nobody else holds, also not through a view.
    """
    array.setflags(write=False)
    return array


def _key(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    return value


def _rebuild(kind: type[Frozen], values: tuple[Any, ...]) -> Frozen:
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**dict(zip(names, values, strict=True)))


@dataclasses.dataclass(frozen=True, eq=False)
class Frozen:
    """Base of immutable dataclasses whose fields may be arrays.

    Two records are equal when they are of one type and every field is equal, arrays
    element by element. Unpickling runs the constructor again, so arrays come back
    read-only and the data validated.
    """

    def _keys(self) -> tuple[Any, ...]:
        return tuple(_key(getattr(self, f.name)) for f in dataclasses.fields(self))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Frozen):
            return NotImplemented
        return self._keys() == other._keys()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._keys()))

    def __reduce__(self) -> tuple[Any, ...]:
        values = tuple(getattr(self, f.name) for f in dataclasses.fields(self))
        return (_rebuild, (type(self), values))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated again."""
        return dataclasses.replace(self, **changes)

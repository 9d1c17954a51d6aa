"""What a kind of generated instance is: validated options and one method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.instance import Instance


@dataclass(frozen=True)
class Kind(ABC):
    """Options of one kind of random instance; the same seed gives the same instance.

    A subclass is a frozen dataclass of its options, validated in ``__post_init__``.
    Only whole numbers are drawn wherever the kind allows it, so that an instance is the
    same on every platform.
    """

    name: ClassVar[str]
    """How `KINDS` calls it."""
    summary: ClassVar[str]
    """One line for people."""

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw an instance from a generator."""

    def make(self, seed: int) -> Instance:
        """Draw the instance of a seed.

        Parameters
        ----------
        seed
            A whole number of 0 or more.

        Raises
        ------
        InvalidParameter
            If the seed is negative.
        """
        if seed < 0:
            raise InvalidParameter(f"expected a seed of 0 or more, found {seed}")
        instance = self.draw(np.random.default_rng(seed))
        return instance.replace(name=f"{self.name}-{instance.n}-{seed}")


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise `InvalidParameter` unless ``low <= value <= high``."""
    if not low <= value <= high:
        raise InvalidParameter(f"expected {name} in {low}..{high}, found {value}")

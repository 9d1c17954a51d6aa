"""A solver that does what an instance tells it to: end its process, hang, raise, swell."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.model.instance import Instance
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver, get_solver

EXIT, SEGFAULT, RAISE, HANG, SWELL = range(666_001, 666_006)
"""Worths of the first item that mean trouble."""


@dataclass(frozen=True)
class Trouble(Solver):
    """The greedy solver, but for instances that ask for something else."""

    name: ClassVar[str] = "trouble"
    summary: ClassVar[str] = "greedy with accidents"
    step: ClassVar[str] = "one move"

    def search(self, program: Program, run: Run) -> Proof:
        """Do what the first worth says."""
        sys.stdout.write("whatever it prints disturbs nobody\n")
        kind = int(program.worth[0])
        if kind == EXIT:
            sys.stderr.write("those were its last words")
            sys.stderr.flush()
            os._exit(3)
        if kind == SEGFAULT:
            ctypes.string_at(0)
        if kind == RAISE:
            raise ValueError("it did not feel like it")
        if kind == HANG:
            time.sleep(600)
        if kind == SWELL:
            held = np.ones(1 << 27)
            time.sleep(60)
            assert held[-1]
        return get_solver("greedy").search(program, run)


@dataclass(frozen=True)
class Stillborn(Trouble):
    """A solver that cannot even be warmed up."""

    name: ClassVar[str] = "stillborn"

    def warm_up(self) -> None:
        """End the process."""
        os._exit(4)


def troubled(instance: Instance, kind: int) -> Instance:
    """Return an instance that asks for trouble."""
    utility = instance.utility.copy()
    utility[0] = kind
    return instance.replace(utility=utility)

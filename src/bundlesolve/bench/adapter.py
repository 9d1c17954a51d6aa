"""Somebody else's solver: a command that reads our JSON and writes our solution JSON.

Words in braces in the command are replaced: ``{instance}`` and ``{solution}`` by the paths
of the file to read and the file to write, ``{seconds}``, ``{steps}``, ``{seed}`` and
``{threads}`` by the run's (``{seconds}`` and ``{steps}`` by nothing where there is no such
limit). The command runs in the folder in which the benchmark was started. Of what it
writes, ``status``, ``objective`` and ``units`` must be there; ``bound``, ``trace`` and
``bound_trace`` are taken as its claims. The clock runs from its start to its end.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bundlesolve.bench.claim import Call, Claim, Contender, steps_of
from bundlesolve.errors import EngineFailed
from bundlesolve.files.solution_json import read_solution
from bundlesolve.files.write import write
from bundlesolve.model.solution import Status

PR_SET_PDEATHSIG = 1
LAST_WORDS = 1000
"""Characters of the command's stderr that a record keeps."""


class CommandContender(Contender):
    """A command.

    Parameters
    ----------
    command
        Program and arguments, see the module.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._home: Path | None = None

    def absent(self) -> str | None:
        """Return the program if it is not there."""
        program = self._command[0]
        return None if shutil.which(program) else program

    def parameters(self) -> dict[str, Any]:
        """Return the command as the suite has it."""
        return {"command": self._command}

    def warm_up(self, call: Call) -> None:
        """Write the instance down."""
        self._home = Path(tempfile.mkdtemp(prefix="bundlesolve-command-"))
        write(call.instance, self._home / "instance.json")

    def solve(self, call: Call) -> Claim:
        """Run the command and read what it wrote."""
        if self._home is None:
            self.warm_up(call)
        assert self._home is not None
        home, told = self._home, self._home / "solution.json"
        words = [self._filled(word, call, home) for word in self._command]
        with (home / "stderr").open("wb") as stderr:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                check=False,
                preexec_fn=_ending_with_parent(),
            )
        if not told.is_file():
            words_left = (home / "stderr").read_text(errors="replace").strip()
            how = f"exit code {done.returncode} and no solution file"
            reason = f"{how}; {words_left[-LAST_WORDS:]}" if words_left else how
            raise EngineFailed(Path(self._command[0]).name, reason)
        return _claim(told, call, done.returncode)

    @staticmethod
    def _filled(word: str, call: Call, home: Path) -> str:
        values = {
            "instance": str(home / "instance.json"),
            "solution": str(home / "solution.json"),
            "seconds": "" if call.stop.seconds is None else f"{call.stop.seconds:g}",
            "steps": "" if call.stop.steps is None else str(call.stop.steps),
            "seed": str(call.seed),
            "threads": str(call.limits.threads),
        }
        for name, value in values.items():
            word = word.replace(f"{{{name}}}", value)
        return word


def _claim(told: Path, call: Call, code: int) -> Claim:
    solution = read_solution(told, call.instance)
    return Claim(
        status=solution.status,
        units=solution.units,
        objective=solution.objective,
        bound=solution.objective if solution.status is Status.OPTIMAL else solution.bound,
        incumbents=steps_of(solution.trace, "objective"),
        bounds=steps_of(solution.bound_trace, "bound"),
        note=f"exit code {code}" if code else "",
    )


def _ending_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def end_with_parent() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent

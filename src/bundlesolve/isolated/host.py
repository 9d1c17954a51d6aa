"""A process of ours from outside: how it is started, what it said last, how it ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import bundlesolve
from bundlesolve.isolated.tree import ProcessTree

MARK = "BUNDLESOLVE_ISOLATED"
"""Variable of the environment by which a process and all that it started are known."""
LAST_WORDS = 2000
"""Characters of stderr that are kept of a crash."""


class Host:
    """One process that runs a module of ours; started at once.

    It leads a session of its own, so that Ctrl-C reaches only us, has a temporary folder of
    its own, as many threads in its libraries as are asked for, and ends with us.

    Parameters
    ----------
    module
        What it runs, as ``python -m`` takes it; `bundlesolve.isolated.guest` is its side.
    threads
        Threads of BLAS, OpenMP and Numba. Default 1.
    """

    def __init__(self, module: str, threads: int = 1) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="bundlesolve-"))
        mark = uuid.uuid4().hex
        with (self._home / "stderr").open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", module],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                env=_environment(self._home, mark, str(threads)),
            )
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None  # noqa: PT018 - asked for above
        # Stays open: its end tells the process that we are gone.
        self.stdin, self.stdout = stdin, stdout
        self.tree = ProcessTree(self.process.pid, f"{MARK}={mark}")

    @property
    def pipe(self) -> int:
        """File descriptor of what it says."""
        return self.stdout.fileno()

    def last_words(self) -> str:
        """Wait for its end; return how it ended and the end of its stderr."""
        code = self.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        words = (self._home / "stderr").read_text(errors="replace").strip()
        return f"{how}; {words[-LAST_WORDS:]}" if words else how

    def end(self) -> None:
        """End it and all that it started, and leave nothing behind."""
        self.tree.kill()
        for stream in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self.process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


def _environment(home: Path, mark: str, threads: str) -> dict[str, str]:
    """Return our environment, with our import path, few threads and a mark."""
    root = str(Path(bundlesolve.__file__).resolve().parents[1])
    paths = [path for path in sys.path if path]
    if root not in paths:
        paths.append(root)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "TMPDIR": str(home),
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "NUMBA_NUM_THREADS": threads,
        MARK: mark,
    }

"""``bundlesolve``: the list of commands and the way into them."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

import click

from bundlesolve import __version__
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.cli.lazy_group import LazyGroup

PLACES = {
    "solve": ("Choose the best bundle of an instance.", "solve:solve"),
    "check": ("Recompute a solution and every limit.", "check:check"),
    "certify": ("Prove an answer best, in a file to replay.", "certify:certify"),
    "generate": ("Write a random instance.", "generate:generate"),
    "convert": ("Write an instance in another format.", "convert:convert"),
    "learn": ("Make an instance from receipts.", "learn:learn"),
    "group": ("Divide sets of items into bundles.", "group:group"),
    "evaluate": ("Judge learned models on later receipts.", "evaluate:evaluate"),
    "models": ("List what worth is learned with.", "models:models"),
    "solve-many": ("Solve many instances on all cores.", "solve_many:solve_many"),
    "bench": ("Measure solvers: ours, peers, yours.", "bench:bench"),
    "solvers": ("List the methods.", "solvers:solvers"),
    "schema": ("Print the JSON schema of the files.", "schema:schema"),
    "doctor": ("Check the installation.", "doctor:doctor"),
    "demo": ("Learn, solve and compare on small data.", "demo:demo"),
}


@click.group(
    cls=LazyGroup,
    places={n: (text, f"bundlesolve.cli.{p}") for n, (text, p) in PLACES.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="bundlesolve")
def cli() -> None:
    """Learn what articles are worth together, then choose the bundle that is provably
    best.

    \b
    Exit codes: 0 verified answer, 2 usage, 3 invalid input, 10 proved infeasible,
    11 no answer within the limit, 12 --require-optimal not met, 20 verification
    failed, 70 a bug of ours or of an engine, 130 interrupted (an answer found before
    is written).
    """  # noqa: D205, D301 - \b is click's mark for lines to keep


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = int(cli.main(prog_name="bundlesolve", standalone_mode=False) or 0)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        code = ExitCode.BROKEN_PIPE
    except Exception:  # noqa: BLE001 - Python's own exit code for it is `bench compare`'s
        traceback.print_exc()
        code = ExitCode.BUG
    if code == ExitCode.BROKEN_PIPE:
        # The interpreter's last flush would complain.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)

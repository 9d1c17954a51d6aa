"""``python -m bundlesolve``: the command line."""

from __future__ import annotations

from bundlesolve.cli.main import main

if __name__ == "__main__":
    main()

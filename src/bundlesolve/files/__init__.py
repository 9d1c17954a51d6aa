"""Files: our own versioned format, and the formats of others."""

from bundlesolve.files.formats import FORMATS, WRITERS
from bundlesolve.files.read import read
from bundlesolve.files.write import write

__all__ = ["FORMATS", "WRITERS", "read", "write"]

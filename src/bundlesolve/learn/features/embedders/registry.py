"""Every embedder by name; imported when asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.features.embedders.base import Embedder

ROOM = "bundlesolve.learn.features.embedders"

EMBEDDERS: dict[str, str] = {
    "minilm": f"{ROOM}.minilm:MiniLM",
    "tfidf": f"{ROOM}.tfidf:TfIdf",
    "wordllama": f"{ROOM}.wordllama:WordLlama",
}
"""As ``module:class``; a folder names a model of sentence-transformers."""


def embedder(name: str) -> Embedder:
    """Return an embedder with its default parameters.

    Parameters
    ----------
    name
        One of `EMBEDDERS`, or the folder of a model of sentence-transformers.

    Raises
    ------
    InvalidParameter
        If it is neither.
    """
    if name in EMBEDDERS:
        module, _, attribute = EMBEDDERS[name].partition(":")
        found: type[Embedder] = getattr(import_module(module), attribute)
        return found()
    if Path(name).is_dir():
        from bundlesolve.learn.features.embedders.sentences import Sentences

        return Sentences(path=name)
    known = ", ".join(sorted(EMBEDDERS))
    expected = f"an embedder out of {known} or the folder of a model"
    raise InvalidParameter(f"expected {expected}, found {name!r}")

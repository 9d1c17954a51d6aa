"""What an embedder is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how alike two texts are.

    An embedder is a frozen dataclass of its own parameters; its model is loaded when the
    first text comes.

    Parameters
    ----------
    name
        How the command line and the model card call it.
    summary
        What it is, in a line.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    def embed(self, texts: Sequence[str]) -> Any:
        """Return a vector a text, of length 1, of length 0 where the text is blank.

        Parameters
        ----------
        texts
            ``n`` of them. Vectors may depend on all (as TF-IDF's do), so those of two
            calls are not comparable unless the embedder says so.

        Returns
        -------
        numpy.ndarray or scipy.sparse.csr_matrix
            Shape ``[n, d]``, float64.

        Raises
        ------
        MissingExtra
            If the package that it needs is not installed.
        """
        ...


def unit_rows(vectors: FloatArray, texts: Sequence[str]) -> FloatArray:
    """Return rows scaled to length 1; those of blank texts are 0. Shape ``[n, d]``."""
    rows = np.asarray(vectors, dtype=np.float64)
    blank = np.array([not text.strip() for text in texts], dtype=bool)
    rows = np.where(blank[:, None], 0.0, rows)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1.0)


def once(texts: Sequence[str]) -> tuple[list[str], IntArray]:
    """Return the different texts, sorted, and each text's place among them."""
    different, place = np.unique(np.array(texts, dtype=object), return_inverse=True)
    return [str(text) for text in different], place.astype(np.int64)

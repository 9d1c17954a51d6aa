"""Any model of sentence-transformers, from a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.errors import MissingExtra
from bundlesolve.learn.features.embedders.base import once, unit_rows
from bundlesolve.learn.tables import FloatArray


@dataclass(frozen=True)
class Sentences:
    """A model of sentence-transformers that lies in a folder; nothing is downloaded.

    Parameters
    ----------
    path
        The folder.

    References
    ----------
    N. Reimers, I. Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
    BERT-Networks", EMNLP 2019.
    """

    name: ClassVar[str] = "sentences"
    summary: ClassVar[str] = "any model of sentence-transformers, from a folder"

    path: str

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return a vector a text. Shape ``[n, d]``."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtra("sentence-transformers", "text-torch") from error
        model = SentenceTransformer(self.path, device="cpu", local_files_only=True)
        different, place = once(texts)
        vectors = model.encode([*different, ""], show_progress_bar=False)
        return unit_rows(vectors[place], texts)

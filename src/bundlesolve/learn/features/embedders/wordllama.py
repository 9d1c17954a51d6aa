"""Averages of word vectors taken out of a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bundlesolve.errors import MissingExtra
from bundlesolve.learn.features.embedders.base import once, unit_rows
from bundlesolve.learn.tables import FloatArray


@dataclass(frozen=True)
class WordLlama:
    """Mean of token vectors that were distilled from language models; no network.

    About 10,000 titles a second. The package carries its weights (256 numbers a token);
    nothing is downloaded. A text's vector does not depend on the other texts.

    References
    ----------
    D. L. Miller, "WordLlama: Recycled Token Embeddings from Large Language Models"
    (2024), https://github.com/dleemiller/wordllama
    """

    name: ClassVar[str] = "wordllama"
    summary: ClassVar[str] = "mean of token vectors of language models"

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return a vector a text. Shape ``[n, 256]``."""
        try:
            import wordllama
        except ImportError as error:
            raise MissingExtra("wordllama", "text") from error
        # Its own default looks for the weights beside, not inside, the package.
        home = Path(next(iter(wordllama.__path__)))
        model = wordllama.WordLlama.load(cache_dir=home, disable_download=True)
        different, place = once(texts)
        # At least one text, which the model needs for the shape.
        vectors = model.embed([text or " " for text in [*different, ""]])
        return unit_rows(vectors[place], texts)

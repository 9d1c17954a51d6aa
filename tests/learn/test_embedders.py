"""Vectors of texts: contracts of every embedder that is installed, errors of the others."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter, MissingExtra
from bundlesolve.learn.features.embedders.base import Embedder, once, unit_rows
from bundlesolve.learn.features.embedders.minilm import MiniLM
from bundlesolve.learn.features.embedders.registry import EMBEDDERS, embedder
from bundlesolve.learn.features.embedders.sentences import Sentences
from bundlesolve.learn.features.texts import nearest_texts
from bundlesolve.learn.synergies.blend import Blend
from bundlesolve.learn.synergies.text import TextSimilarity

TEXTS = ["camera lens", "", "lens for a camera", "red wool socks", "camera lens"]
NEEDS = {"tfidf": "sklearn", "wordllama": "wordllama", "minilm": "onnxruntime"}


@pytest.mark.parametrize("name", sorted(EMBEDDERS))
def test_every_embedder(name: str) -> None:
    """Length 1, 0 for a blank text; equal texts are equal; camera is nearer than socks."""
    if find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    one = embedder(name)
    assert isinstance(one, Embedder)
    assert one.name == name
    assert one.summary
    found: Any = one.embed(TEXTS)
    rows = np.asarray(found.toarray() if hasattr(found, "toarray") else found)
    assert rows.shape[0] == len(TEXTS)
    np.testing.assert_allclose((rows**2).sum(1), [1, 0, 1, 1, 1], atol=1e-9)
    np.testing.assert_array_equal(rows[0], rows[4])
    assert rows[0] @ rows[2] > rows[0] @ rows[3]
    again: Any = one.embed(TEXTS)
    same = np.asarray(again.toarray() if hasattr(again, "toarray") else again)
    np.testing.assert_array_equal(rows, same)
    assert one.embed([]).shape[0] == 0


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [("wordllama", "wordllama", "text"), ("minilm", "onnxruntime", "text-onnx")],
)
def test_a_missing_package_names_its_extra(
    name: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"bundlesolve\[{extra}\]"):
        embedder(name).embed(TEXTS)


def test_sentence_transformers_come_from_a_folder(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert embedder(str(tmp_path)) == Sentences(path=str(tmp_path))
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match=r"bundlesolve\[text-torch\]"):
        embedder(str(tmp_path)).embed(TEXTS)


def test_unknown_names_and_wrong_parameters() -> None:
    with pytest.raises(InvalidParameter, match="minilm, tfidf, wordllama"):
        embedder("word2vec")
    with pytest.raises(InvalidParameter, match="batch"):
        MiniLM(batch=0)


def test_synergies_take_an_embedder() -> None:
    """Both models that read texts; a wrong name is told at once."""
    for model in (TextSimilarity, Blend):
        assert model().embedder == "tfidf"
        with pytest.raises(InvalidParameter, match="minilm, tfidf, wordllama"):
            model(embedder="word2vec")
    vectors = np.array([[1.0, 0], [0.8, 0.6], [0, 1]])
    first, second, cosine = nearest_texts(["a", "b", "c"], 2, 0.5, vectors)
    assert (first.tolist(), second.tolist()) == ([0, 1], [1, 2])
    np.testing.assert_allclose(cosine, np.array([0.8, 0.6]))


def test_rows_and_repeats_by_hand() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 0.0]]), ["a", " ", "b"])
    np.testing.assert_allclose(rows, np.array([[0.6, 0.8], [0, 0], [0, 0]]))
    different, place = once(["b", "a", "b"])
    assert (different, place.tolist()) == (["a", "b"], [1, 0, 1])

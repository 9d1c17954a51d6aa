"""What is known of the items before any bundle is: texts, vectors, paths of categories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.features.embedders.base import Embedder, unit_rows
from bundlesolve.learn.features.embedders.tfidf import TfIdf
from bundlesolve.learn.tables import FloatArray

Path = tuple[str, ...]

WORD = re.compile(r"\w+")

COMPONENTS = 12
"""Principal components of a text, and of a category, whose products are features."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What products are made of.

    Parameters
    ----------
    same
        Component times the same component of the other item. Shape ``[n, d]``.
    cross
        Each component times each of the other item, symmetric. Each ``[n, 12]``.
    """

    same: FloatArray
    cross: tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class Articles:
    """Items with their texts as vectors.

    Parameters
    ----------
    items
        Ids. ``n`` of them.
    words
        Words of each text, in small letters, in their order.
    paths
        Paths of categories of each item, from the root; none where there is none.
    vectors
        By name, a vector an item, of length 1 or 0. Each of shape ``[n, d]``.
    parts
        Vectors of few numbers whose products are features too, ``[n, d]`` each: the whole
        vector for products of equal components, some principal components for products
        of all. Default: none.
    """

    items: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    paths: tuple[tuple[Path, ...], ...]
    vectors: dict[str, Any]
    parts: Parts | None = None


def describe_articles(
    items: Sequence[str],
    texts: Sequence[str],
    categories: Sequence[str],
    embedders: Sequence[Embedder] = (),
) -> Articles:
    """Return articles with TF-IDF vectors of text, category, and both; and embeddings.

    Parameters
    ----------
    items
        Ids. ``n`` of them.
    texts
        One an item.
    categories
        One an item: levels from the root, parted by ``>``; several paths by ``|``.
    embedders
        Further vectors: of the texts, of the categories (below the root of the longest
        path), and the two added. Products of principal components, and of the last
        one's components, are features too.

    Raises
    ------
    InvalidParameter
        If there are not as many texts and categories as items.
    MissingExtra
        If an embedder's package is not installed.
    """
    sizes = (len(texts), len(categories))
    if sizes != (len(items), len(items)):
        expected = f"{len(items)} texts and categories"
        raise InvalidParameter(f"expected {expected}, found {sizes[0]} and {sizes[1]}")
    paths = tuple(category_paths(category) for category in categories)
    levels = [" ".join(level for path in some for level in path) for some in paths]
    both = [f"{text} {level}" for text, level in zip(texts, levels, strict=True)]
    tf_idf = TfIdf()
    vectors: dict[str, Any] = {
        "text": tf_idf.embed(texts),
        "text and category": tf_idf.embed(both),
        "category": tf_idf.embed(levels),
    }
    longest = [" ".join(max(some, key=len, default=())[1:]) for some in paths]
    parts, cross = None, []
    for one in embedders:
        if isinstance(one, TfIdf):
            continue
        text, category = one.embed(texts), one.embed(longest)
        vectors[one.name] = text
        vectors[f"{one.name} of category"] = category
        sums = text + category
        vectors[f"{one.name} of both"] = unit_rows(sums, both)
        cross += [principal(text), principal(category)]
        parts = Parts(text, tuple(cross))
    words = tuple(tuple(WORD.findall(text.lower())) for text in texts)
    return Articles(tuple(items), words, paths, vectors, parts)


def principal(vectors: FloatArray) -> FloatArray:
    """Return the first 12 principal components, one common variance of 1. ``[n, 12]``.

    The signs are such that each direction's largest loading is positive; products of two
    components need them all the same.
    """
    centred = vectors - vectors.mean(0)
    _, _, directions = np.linalg.svd(centred.T @ centred)
    some = directions[:COMPONENTS]
    largest = np.abs(some).argmax(1)
    some = some * np.sign(some[np.arange(len(some)), largest])[:, None]
    found = centred @ some.T
    return np.asarray(found / max(float(found.std()), 1e-9))


def category_paths(category: str) -> tuple[Path, ...]:
    """Return the paths in a category such as ``Home > Kitchen > Cups | Gifts``."""
    found = []
    for text in category.split("|"):
        path = tuple(level.strip() for level in text.split(">") if level.strip())
        if path:
            found.append(path)
    return tuple(found)

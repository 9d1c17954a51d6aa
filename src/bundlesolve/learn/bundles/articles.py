"""What is known of the items before any bundle is: texts, vectors, paths of categories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.features.embedders.base import Embedder
from bundlesolve.learn.features.embedders.tfidf import TfIdf

Path = tuple[str, ...]

WORD = re.compile(r"\w+")


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
    product
        Name of the vectors whose products of components are features too. Default None.
    """

    items: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    paths: tuple[tuple[Path, ...], ...]
    vectors: dict[str, Any]
    product: str | None = None


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
        Further vectors of the texts. The last one's components are features too.

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
    others = [e for e in embedders if not isinstance(e, TfIdf)]
    for one in others:
        vectors[one.name] = one.embed(texts)
    words = tuple(tuple(WORD.findall(text.lower())) for text in texts)
    product = others[-1].name if others else None
    return Articles(tuple(items), words, paths, vectors, product)


def category_paths(category: str) -> tuple[Path, ...]:
    """Return the paths in a category such as ``Home > Kitchen > Cups | Gifts``."""
    found = []
    for text in category.split("|"):
        path = tuple(level.strip() for level in text.split(">") if level.strip())
        if path:
            found.append(path)
    return tuple(found)

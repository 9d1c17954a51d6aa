"""The wiring of the learned way: some sets have bundles, the others get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bundlesolve.grouping.group import Grouping, group
from bundlesolve.grouping.tune import choose_threshold
from bundlesolve.learn.bundles.articles import describe_articles
from bundlesolve.learn.bundles.labelled import LabelledSet
from bundlesolve.learn.bundles.scorer import PairScorer
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.embedders.base import Embedder
from bundlesolve.model.frozen import IntArray
from bundlesolve.stop import Stop

VALID_SHARE = 0.125


def learn_and_divide(
    catalogue: Catalogue,
    sets: Mapping[str, IntArray],
    known: Mapping[str, LabelledSet],
    *,
    embedders: Sequence[Embedder] = (),
    threshold: float | None = None,
    stop: Stop = Stop(seconds=10),  # noqa: B008 - frozen
    seed: int = 0,
) -> tuple[float, list[tuple[str, Grouping]]]:
    """Learn from the sets whose bundles are known and divide the others.

    An eighth of the known sets, drawn by ``seed``, chooses the threshold for a scorer that
    did not learn from it; then the scorer learns from all known sets.

    Parameters
    ----------
    catalogue
        Texts and categories (``Home > Kitchen > Cups | Gifts``).
    sets
        Item numbers of each set, by name.
    known
        Those of them that have bundles.
    embedders
        Further vectors of the texts. Default: none but TF-IDF.
    threshold
        Log odds that a pair must exceed. Default None: chosen by Jaccard on the eighth.
    stop, seed
        As of `group`, a set.

    Returns
    -------
    tuple
        The threshold, and by name the division of each set that has no bundles.

    Raises
    ------
    InvalidParameter
        If the known sets do not hold pairs of both kinds.
    """
    articles = describe_articles(
        catalogue.items, catalogue.text, catalogue.category, embedders
    )
    names = sorted(known)
    order = np.random.default_rng(seed).permutation(len(names))
    kept = {names[k] for k in order[: int(VALID_SHARE * len(names))]}
    train = [known[name] for name in names if name not in kept]
    valid = [known[name] for name in names if name in kept]
    least = threshold
    if least is None:
        least = 0.0
        if valid:
            least = choose_threshold(PairScorer().fit(articles, train), valid)
    scorer = PairScorer().fit(articles, [*train, *valid])
    found = []
    for name in sorted(set(sets) - set(known)):
        items = sets[name]
        ids = [catalogue.items[i] for i in items]
        found.append((name, group(ids, scorer.worth(items) - least, stop=stop, seed=seed)))
    return least, found

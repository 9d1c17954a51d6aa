"""Measure learned pair scores and bundles on the bundles that people made (protocol B).

    python bench/human_bundles.py ../shared/protocol --embedders wordllama minilm

Five split seeds. Train sets fit the scorer, valid sets choose both thresholds (ours and
average linkage's, each its own); then the scorer is fitted to train and valid sets, as
`bundlesolve group` does it, and test sets are judged. ``--no-refit`` leaves the second
fit out. The metrics are the protocol's. Packages:
``pip install 'bundlesolve[text,text-onnx]'``.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from importlib import metadata
from typing import Any

import numpy as np

from bundlesolve.grouping.group import group
from bundlesolve.grouping.linkage import average_linkage
from bundlesolve.grouping.tune import choose_threshold, sets_of
from bundlesolve.learn.bundles.articles import Articles, describe_articles
from bundlesolve.learn.bundles.labelled import LabelledSet
from bundlesolve.learn.bundles.scorer import PairScorer
from bundlesolve.learn.features.embedders.registry import embedder

SHOWN = ("precision", "recall", "coverage", "jaccard")
PACKAGES = (
    "bundlesolve",
    "numpy",
    "scikit-learn",
    "wordllama",
    "onnxruntime",
    "tokenizers",
)


def path_text(categories: str) -> str:
    """Return ``[[A,B],[C]]`` as ``A > B | C``."""
    return categories.strip("[] ").replace("],[", " | ").replace(",", " > ")


def mean_of(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the sessions' means; coverage over those with a hit, as the protocol says."""
    found = {k: float(np.mean([row[k] for row in rows])) for k in SHOWN if k != "coverage"}
    hit = [row["coverage"] for row in rows if row["has_hit"]]
    return found | {"coverage": float(np.mean(hit)) if hit else 0.0}


def measure(
    protocol: Any, domain: str, seed: int, articles: Articles, *, refit: bool
) -> dict[str, dict[str, float]]:
    """Return the metrics of one split, by way of bundling; pair AUC under ``pairs``."""
    protocol.SEED = seed
    _, sessions, bundles, of_session, part = protocol.bundles(domain)

    def sets(split: str) -> dict[Any, LabelledSet]:
        names = [s for s in sorted(part[split]) if s in of_session]
        made = {
            s: tuple(frozenset(bundles[b].tolist()) for b in of_session[s]) for s in names
        }
        return {s: LabelledSet(sessions[s], made[s]) for s in names}

    train, valid, test = (sets(split) for split in ("train", "valid", "test"))
    scorer = PairScorer().fit(articles, list(train.values()), list(valid.values()))
    ours = choose_threshold(scorer, list(valid.values()))
    theirs = choose_threshold(scorer, list(valid.values()), divide=average_linkage)
    if refit:
        scorer = PairScorer().fit(articles, [*train.values(), *valid.values()])
    pairs = protocol.within_session_pairs(sessions, bundles, of_session, part)
    score = {}
    rows: dict[str, list[dict[str, Any]]] = {"solver": [], "linkage": [], "whole": []}
    proved = 0
    for session, one in test.items():
        worth = scorer.worth(one.items)
        for a, i in enumerate(one.items):
            for b, j in enumerate(one.items):
                score[session, int(i), int(j)] = worth[a, b]
        names = [str(i) for i in one.items]
        answer = group(names, worth - ours)
        proved += answer.optimal
        linked = sets_of(one.items, average_linkage(worth - theirs))
        found = {
            "solver": [{int(i) for i in some} for some in answer.bundles],
            "linkage": [set(some) for some in linked],
            "whole": [{int(i) for i in one.items}],
        }
        for way, sets_found in found.items():
            rows[way].append(protocol.set_metrics(sets_found, one.bundles))
    by_session: dict[Any, list[tuple[Any, ...]]] = {}
    for pair in pairs:
        by_session.setdefault(pair[0], []).append(pair)
    aucs = [
        protocol.pair_auc(some, lambda i, j, s=s: score[s, i, j])[0]
        for s, some in by_session.items()
    ]
    about = {
        "AUC": float(np.mean(aucs)),
        "strength": scorer.strength,
        "ours": ours,
        "theirs": theirs,
        "proved": proved / len(test),
    }
    return {"pairs": about} | {way: mean_of(some) for way, some in rows.items()}


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("protocol")
    parser.add_argument("--embedders", nargs="*", default=["wordllama", "minilm"])
    parser.add_argument("--domains", nargs="*", default=["electronic", "clothing", "food"])
    parser.add_argument(
        "--seeds", nargs="*", type=int, default=list(range(20260101, 20260106))
    )
    parser.add_argument("--refit", action=argparse.BooleanOptionalAction, default=True)
    given = parser.parse_args()
    sys.path.insert(0, given.protocol)
    import protocol

    there = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    told = [f"{name} {there[name]}" for name in PACKAGES if name in there]
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    print(
        f"{machine}, {', '.join(told)}; embedders: {', '.join(given.embedders) or 'none'}"
    )
    for domain in given.domains:
        items, *_ = protocol.bundles(domain)
        if not len(items):
            print(f"\n{domain}: not in the data")
            continue
        started = time.process_time()
        texts = [str(text) for text in items.title.fillna("")]
        paths = [path_text(str(c)) for c in items.categories]
        made = [embedder(name) for name in given.embedders]
        ids = [str(i) for i in items.item_id]
        articles = describe_articles(ids, texts, paths, made)
        print(f"\n{domain}: vectors in {time.process_time() - started:.0f} CPU s")
        started = time.process_time()
        runs = [
            measure(protocol, domain, seed, articles, refit=given.refit)
            for seed in given.seeds
        ]
        for seed, run in zip(given.seeds, runs, strict=True):
            about = run["pairs"]
            jac = "  ".join(f"{w} {run[w]['jaccard']:.3f}" for w in list(run)[1:])
            told_of = ", ".join(f"{k} {v:.4g}" for k, v in about.items())
            print(f"  seed {seed}: {told_of}; jaccard {jac}")
        auc = np.array([run["pairs"]["AUC"] for run in runs])
        print(f"pair AUC {auc.mean():.4f} (least {auc.min():.3f}, most {auc.max():.3f})")
        print("| bundling | " + " | ".join(SHOWN) + " |")
        print("|---" * (len(SHOWN) + 1) + "|")
        for way in ("solver", "linkage", "whole"):
            mean = [np.mean([run[way][k] for run in runs]) for k in SHOWN]
            print(f"| {way} | " + " | ".join(f"{m:.3f}" for m in mean) + " |")
        print(
            f"fit, tune and bundle: {time.process_time() - started:.0f} CPU s", flush=True
        )


if __name__ == "__main__":
    main()

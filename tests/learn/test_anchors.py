"""The evaluation finds the published protocol's numbers for baselines of others."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bundlesolve.learn import Catalogue
from bundlesolve.learn.evaluation.evaluate import evaluate
from tests.conftest import ROOT, SHARED


def module_of(path: Path, name: str) -> ModuleType:
    """Import a file."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench() -> tuple[ModuleType, Any]:
    """Return bench/learning.py and the protocol's task of UCI Online Retail."""
    ruler = SHARED / "protocol" / "protocol.py"
    if not ruler.is_file():
        pytest.skip("the evaluation protocol is not on this machine")
    learning = module_of(ROOT / "bench" / "learning.py", "bench_learning")
    return learning, module_of(ruler, "protocol").online_retail()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "recall", "ndcg", "nll", "within"),
    [
        ("utility popularity", 0.033, 0.017, 7.55, 0.001),
        ("all pairs cosine", 0.184, 0.118, 6.83, 0.001),
        # Standard error of Recall@10 on 6,000 queries: 0.006.
        ("all pairs ease", 0.320, 0.196, 6.32, 0.006),
        ("20 pairs + popularity partial_correlation", 0.318, 0.192, 6.07, 0.012),
    ],
)
def test_baselines(
    bench: tuple[ModuleType, Any],
    title: str,
    recall: float,
    ndcg: float,
    nll: float,
    within: float,
) -> None:
    """The same rows, queries and metrics give the same figures."""
    learning, task = bench
    train, number = learning.transactions_of(task)
    valid, test = (learning.queries_of(task, s, number) for s in ("valid", "test"))
    prices = {"price": task.price, "cost": np.zeros(task.n)}
    catalogue = Catalogue(train.items, train.items, ("",) * task.n, prices)
    scorer = learning.contenders(catalogue)[title](train, valid)
    log_count = np.log(train.baskets_with + 1.0)
    found = evaluate(scorer, valid, test, log_count).metrics
    assert found["Recall@10"] == pytest.approx(recall, abs=within)
    assert found["NDCG@10"] == pytest.approx(ndcg, abs=within)
    assert found["NLL"] == pytest.approx(nll, abs=0.05)

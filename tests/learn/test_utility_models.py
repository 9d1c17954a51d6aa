"""Every utility model: contracts of all, and each by hand or against another way."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model import Ridge as SklearnRidge
from sklearn.tree import DecisionTreeRegressor

from bundlesolve.errors import InvalidFile, InvalidParameter, MissingExtra
from bundlesolve.learn import Catalogue, Transactions, UtilityEstimator
from bundlesolve.learn.features.cells import NAMES, CellFeatures
from bundlesolve.learn.features.companions import companion_weights
from bundlesolve.learn.features.history import History
from bundlesolve.learn.utilities.boosting import Boosting
from bundlesolve.learn.utilities.factors import Factors, solve_side
from bundlesolve.learn.utilities.household import Household
from bundlesolve.learn.utilities.implicit_factors import ImplicitAls, ImplicitBpr
from bundlesolve.learn.utilities.linear import weighted_ridge
from bundlesolve.learn.utilities.logistic_fit import fit_logistic
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.popularity import Popularity
from bundlesolve.learn.utilities.registry import UTILITIES, utility_class
from bundlesolve.learn.utilities.segments import Segments
from bundlesolve.learn.utilities.store import load_model, save_model
from bundlesolve.learn.utilities.tree_arrays import Trees
from bundlesolve.learn.utilities.trend import Trend
from tests.learn.shop import baskets, catalogue

DEEP = {"gru", "text_cnn"}
IMPLICIT = {"implicit_als", "implicit_bpr"}
NO_TORCH = importlib.util.find_spec("torch") is None
NO_IMPLICIT = importlib.util.find_spec("implicit") is None
WITHOUT = [
    *((name, NO_TORCH, "torch is not installed") for name in sorted(DEEP)),
    *((name, NO_IMPLICIT, "implicit is not installed") for name in sorted(IMPLICIT)),
]
MODELS = [
    *sorted(set(UTILITIES) - {"expected_margin"} - DEEP - IMPLICIT),
    *(
        pytest.param(name, marks=pytest.mark.skipif(absent, reason=why))
        for name, absent, why in WITHOUT
    ),
]
SMALL: dict[str, dict[str, float]] = {
    "factors": {"size": 2},
    "tree": {"least_cells": 5},
    "user_neighbours": {"neighbours": 5},
}
"""Parameters for a shop of eight items and twenty customers."""


def habits(m: int = 600, n: int = 8, people: int = 20) -> Transactions:
    """Return receipts of customers of two tastes: low or high items, in time."""
    rng = np.random.default_rng(0)
    who = rng.integers(0, people, m)
    lists = []
    for customer in who:
        liked = np.arange(n // 2) + (customer % 2) * (n // 2)
        chance = np.full(n, 0.05)
        chance[liked] = 0.4
        lists.append(np.flatnonzero(rng.random(n) < chance).tolist())
    return baskets(lists, n, customer=who).replace(time=np.arange(m))


def shop_of(receipts: Transactions) -> Catalogue:
    """Return a catalogue in which everything earns 1 and costs 1."""
    return catalogue(receipts, np.ones(receipts.n))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_keeps_the_contract(name: str, tmp_path: Path) -> None:
    """Chances, tastes told apart, the same again, and the same from disk."""
    receipts = habits(people=80)
    shop = shop_of(receipts)
    model = utility_class(name)(**SMALL.get(name, {}))
    assert isinstance(model, UtilityModel)
    assert isinstance(model, UtilityEstimator)
    assert (model.name, bool(model.summary)) == (name, True)
    with pytest.raises(InvalidParameter, match="fitted"):
        save_model(model, tmp_path / "model.npz")
    assert model.fit(receipts, shop) is model
    everybody = model.predict()
    assert everybody.shape == (8,)
    who = np.array([0, 1, -1, 999])
    chance = model.predict(who)
    assert chance.shape == (4, 8)
    assert np.all((chance > 0) & (chance < 1))
    assert np.array_equal(chance[2], chance[3])
    assert abs(everybody.sum() - receipts.purchase_share.sum()) < 0.6
    if model.personal:
        assert chance[0, :4].mean() > 1.3 * chance[0, 4:].mean()
        assert chance[1, 4:].mean() > 1.3 * chance[1, :4].mean()
    features = model.features(who)
    assert features.shape[1:] == (4, 8)
    assert np.isfinite(features).all()
    worth = utility_class(name)(**SMALL.get(name, {})).estimate(receipts, shop)
    assert worth == pytest.approx(1000 * everybody)
    save_model(model, tmp_path / "model.npz")
    stored = load_model(tmp_path / "model.npz")
    assert type(stored) is type(model)
    assert stored.parameters() == model.parameters()
    assert np.array_equal(stored.predict(who), chance)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_does_without_customers_and_times(name: str) -> None:
    """Receipts may tell nothing but what was bought; an item may never be sold."""
    receipts = baskets([[0, 1], [1], [0], [1, 2]] * 10, 4)
    model = utility_class(name)().fit(receipts, shop_of(receipts))
    chance = model.predict()
    assert chance.shape == (4,)
    assert np.isfinite(chance).all()
    assert model.predict(np.array([-1, 5])).shape == (2, 4)


def test_no_model_of_ours_on_disk(tmp_path: Path) -> None:
    """Other files, other versions: an error that names the file."""
    with pytest.raises(InvalidFile, match=r"none\.npz"):
        load_model(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.ones(2))
    with pytest.raises(InvalidFile, match="a model of version 1"):
        load_model(tmp_path / "other.npz")
    np.savez(tmp_path / "late.npz", bundlesolve=np.array('{"version": 9}'))
    with pytest.raises(InvalidFile, match="version"):
        load_model(tmp_path / "late.npz")
    (tmp_path / "text.npz").write_text("no zip", encoding="utf-8")
    with pytest.raises(InvalidFile, match=r"text\.npz"):
        load_model(tmp_path / "text.npz")


def test_household_by_hand() -> None:
    """Bought on 1 of 2 own baskets, on 2 of 4 of all; a prior of 2 baskets."""
    receipts = baskets([[0], [1], [0, 1], [1]], 2, customer=[0, 0, 1, 1])
    model = Household(strength=2.0).fit(receipts, shop_of(receipts))
    share = (2 + 0.05) / (4 + 1)
    assert model.predict(np.array([0]))[0, 0] == pytest.approx((1 + 2 * share) / 4)
    assert model.predict(np.array([-1]))[0, 0] == pytest.approx(share)
    history = model.history(np.array([0, 7])).toarray()
    assert history[0].tolist() == pytest.approx([math.log(2)] * 2)
    assert history[1].tolist() == [0, 0]


def test_household_shrinks_to_its_category() -> None:
    """By hand: of two categories household 0 buys one; c never, but its neighbour a."""
    receipts = baskets([[0], [0, 1], [1], [1, 2]], 3, customer=[0, 0, 1, 1])
    shop = dataclasses.replace(shop_of(receipts), category=("x", "y", "x"))
    model = Household().fit(receipts, shop)
    share = (np.array([2, 3, 1]) + 0.05) / 5
    of_x = share[0] + share[2]
    prior = (2 + 5 * of_x) / (2 + 5) * share / of_x
    features = model.features(np.array([0, -1]))
    assert len(features) == 15 + 3 + 2
    assert features[15, 0, [0, 2]] == pytest.approx(np.log(prior[[0, 2]]))
    assert features[15, 1] == pytest.approx(np.log(share))
    assert features[16, 0, 2] == pytest.approx(np.log((0 + 2 * prior[2]) / (2 + 2)))
    assert features[17, 0, 0] == pytest.approx(np.log((2 + 10 * prior[0]) / (2 + 10)))


def test_companions_by_hand() -> None:
    """Two items, each weight ``n_ab / (n_a + ridge)``; one customer is too few."""
    ever = csr_matrix([[1.0, 3.0], [2.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    weight = companion_weights(ever, 2.0, 2)
    assert weight == pytest.approx(np.array([[0, 2 / 5], [2 / 4, 0]]))
    assert not companion_weights(ever, 2.0, 3).any()
    assert companion_weights(csr_matrix((4, 2)), 2.0, 1).size == 0


def test_history_counts_and_ages() -> None:
    """Ages in spans; a faded basket counts less; unknown customers buy nothing."""
    receipts = baskets([[0], [0, 1], [1]], 2, customer=[0, -1, 0])
    receipts = receipts.replace(time=np.array([0, 5, 10]))
    history = History(receipts)
    assert history.age.tolist() == [1.0, 0.5, 0.0]
    youngest = history.last().toarray()[0]
    assert youngest.tolist() == pytest.approx([1.001, 0.001])
    counts, number = history.bought()
    assert counts.toarray().tolist() == [[1, 1], [0, 0]]
    assert number.tolist() == [2, 0]
    late, _ = history.bought(0.5)
    assert late.toarray()[0].tolist() == pytest.approx([math.exp(-2), 1.0])
    assert history.rows(np.array([0, 1, -1])).tolist() == [0, 1, 1]
    assert History(receipts.replace(time=None)).age.tolist() == [0, 0, 0]
    days = np.array(["2024-01-01", "NaT", "2024-01-03"], dtype="datetime64[us]")
    assert History(receipts.replace(time=days)).age.tolist() == [1.0, 1.0, 0.0]


def test_a_trend_is_followed() -> None:
    """An item that comes and one that goes: the forecast knows, popularity does not."""
    rng = np.random.default_rng(3)
    rise = np.linspace(0.02, 0.6, 2000)
    lists = [
        np.flatnonzero(rng.random(6) < [p, 0.62 - p, 0.3, 0.3, 0.1, 0.2]).tolist()
        for p in rise
    ]
    receipts = baskets(lists, 6).replace(time=np.arange(2000))
    forecast = Trend().fit(receipts, shop_of(receipts)).predict()
    assert forecast[0] > 0.45
    assert forecast[1] < 0.2
    assert forecast[2] == pytest.approx(0.3, abs=0.1)
    plain = Popularity().fit(receipts, shop_of(receipts)).predict()
    assert plain[0] == pytest.approx(plain[1], abs=0.05)
    recent = Popularity(fade=0.05).fit(receipts, shop_of(receipts)).predict()
    assert recent[0] > 0.45


def test_segments_find_the_tastes() -> None:
    """Two groups of customers, as many as there are."""
    receipts = habits()
    model = Segments(segments=2).fit(receipts, shop_of(receipts))
    groups = model.segment_[:20]
    assert len(set(groups[::2].tolist())) == len(set(groups[1::2].tolist())) == 1
    assert groups[0] != groups[1]
    assert model.segments_.shape == (2, 8)


def test_one_side_of_factors_has_no_slope() -> None:
    """The closed form minimises the weighted loss of one row."""
    rng = np.random.default_rng(4)
    other, bought = rng.normal(size=(6, 3)), rng.random(6) < 0.5
    bought[0] = True
    more = csr_matrix(bought * 2.0)
    found = solve_side(more, other, 0.7)[0]
    confidence = 1 + bought * 2.0
    slope = -2 * other.T @ (confidence * (bought - other @ found)) + 2 * 0.7 * found
    assert np.abs(slope).max() < 1e-9


def test_ridge_and_logistic_equal_scikit_learn() -> None:
    """Closed form and Newton against the field's library."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 3))
    y = x @ [1.0, -2.0, 0.5] + rng.normal(size=400)
    w = rng.uniform(0.5, 2.0, 400)
    w /= w.mean()
    mean = w @ x / w.sum()
    scaled = (x - mean) / np.sqrt(w @ (x - mean) ** 2 / w.sum())
    reference = SklearnRidge(alpha=30.0).fit(scaled, y, sample_weight=w)
    line = weighted_ridge(x, y, w, 30.0)
    assert line[0] + x @ line[1:] == pytest.approx(reference.predict(scaled), abs=1e-5)
    label = rng.random(400) < 1 / (1 + np.exp(-y))
    columns = np.hstack([np.ones((400, 1)), x])
    beta = fit_logistic(columns, label.astype(float), w, ridge=1e-9)
    logistic = LogisticRegression(C=np.inf, tol=1e-10).fit(x, label, sample_weight=w)
    assert beta[1:] == pytest.approx(logistic.coef_[0], abs=1e-3)
    assert beta[0] == pytest.approx(logistic.intercept_[0], abs=1e-3)


def test_trees_as_arrays_answer_like_their_library() -> None:
    """Two trees, summed; none at all is 0."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(200, 4)).astype(np.float32)
    grown = [
        DecisionTreeRegressor(max_depth=d, random_state=0).fit(x, x[:, d]) for d in (2, 3)
    ]
    trees = Trees.of([tree.tree_ for tree in grown])
    expected = sum(tree.predict(x) for tree in grown)
    assert trees.sum(x.astype(float)) == pytest.approx(expected)
    assert Trees.of([]).sum(x.astype(float)).tolist() == [0.0] * 200


def test_cells_alone_equal_the_table() -> None:
    """The columns of some cells are those of the whole table."""
    receipts = habits(200)
    cells = CellFeatures.of(receipts, shop_of(receipts))
    table = cells.table(np.array([3, 20])).reshape(2, 8, len(NAMES))
    row, item = np.array([3, 20, 3]), np.array([0, 5, 7])
    some = cells.columns(row, item)
    assert some == pytest.approx(table[[0, 1, 0], item])
    assert np.isfinite(table).all()


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (Popularity, {"fade": 0.0}),
        (Household, {"strength": 0.0}),
        (Segments, {"segments": 0}),
        (Factors, {"size": 0}),
        (Factors, {"weight": math.nan}),
        (ImplicitAls, {"rounds": 0}),
        (ImplicitAls, {"weight": 0.0}),
        (ImplicitBpr, {"rate": -1.0}),
        (Boosting, {"sample": 2.0}),
        (Boosting, {"trees": 0}),
    ],
)
def test_parameters_out_of_range(model: type, wrong: dict[str, float]) -> None:
    """Nonsense is refused when the model is made."""
    with pytest.raises(InvalidParameter, match=next(iter(wrong))):
        model(**wrong)


def test_unknown_names_are_told() -> None:
    """The message lists what there is."""
    with pytest.raises(InvalidParameter, match="utility out of boosting"):
        utility_class("magic")


@pytest.mark.parametrize("name", sorted(DEEP | IMPLICIT))
def test_without_the_library_the_extra_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, extra = ("torch", "deep") if name in DEEP else ("implicit", "implicit")
    monkeypatch.setitem(sys.modules, package, None)
    receipts = habits(m=60)
    with pytest.raises(MissingExtra, match=rf"{package} .*bundlesolve\[{extra}\]"):
        utility_class(name)().fit(receipts, shop_of(receipts))


@pytest.mark.skipif(NO_IMPLICIT, reason="implicit is not installed")
def test_als_of_implicit_minimises_our_loss() -> None:
    """Its last half round is the closed form of `Factors`; customers follow suit."""
    receipts = habits()
    model = ImplicitAls(size=3, rounds=60).fit(receipts, shop_of(receipts))
    more, _ = History(receipts).bought()
    more = more.copy()
    more.data = model.weight * np.log1p(more.data)
    columns = more.T.tocsr()
    expected = solve_side(columns, model.users_, model.ridge)
    assert model.items_ == pytest.approx(expected, abs=1e-3)
    expected = solve_side(more, model.items_, model.ridge)
    assert model.users_ == pytest.approx(expected, abs=1e-2)


@pytest.mark.skipif(NO_TORCH, reason="torch is not installed")
def test_torchs_generator_is_left_alone() -> None:
    """Same model twice; what torch would have drawn is drawn still."""
    import torch

    receipts = habits(m=60)
    torch.manual_seed(5)
    expected = torch.rand(3).tolist()
    torch.manual_seed(5)
    first = utility_class("gru")(passes=1).fit(receipts, shop_of(receipts)).predict()
    assert torch.rand(3).tolist() == expected
    again = utility_class("gru")(passes=1).fit(receipts, shop_of(receipts)).predict()
    assert np.array_equal(first, again)

"""Every synergy model: contracts of all, and each by hand or against another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import Catalogue, SynergyEstimator, Transactions
from bundlesolve.learn.features.texts import nearest_texts
from bundlesolve.learn.synergies.blend import Blend
from bundlesolve.learn.synergies.candidates import candidates
from bundlesolve.learn.synergies.confidence import Confidence
from bundlesolve.learn.synergies.cosine import Cosine
from bundlesolve.learn.synergies.counts import count, symmetric
from bundlesolve.learn.synergies.ease import Ease
from bundlesolve.learn.synergies.ising import Ising
from bundlesolve.learn.synergies.lift import Lift, never_met, surprise_of
from bundlesolve.learn.synergies.partial_correlation import PartialCorrelation
from bundlesolve.learn.synergies.plackett import fit_slope, joint_share
from bundlesolve.learn.synergies.registry import SYNERGIES, synergy_class
from bundlesolve.learn.synergies.text import TextSimilarity
from tests.learn.shop import baskets, catalogue
from tests.learn.test_estimators import drawn


def dense(matrix: object) -> np.ndarray:
    """Return any matrix as an array."""
    array: np.ndarray = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()  # type: ignore[attr-defined]
    return array


def shop_of(receipts: Transactions) -> Catalogue:
    """Return a catalogue with texts and two categories."""
    plain = catalogue(receipts, np.ones(receipts.n))
    text = tuple(f"red cup {i}" if i < 3 else f"blue plate {i}" for i in range(receipts.n))
    group = tuple("cups" if i < 3 else "plates" for i in range(receipts.n))
    return Catalogue(plain.items, text, group, plain.numbers)


@pytest.mark.parametrize("name", sorted(SYNERGIES))
def test_every_model_keeps_the_contract(name: str) -> None:
    """Sorted pairs, at most so many an item, the follower positive, repeatable."""
    receipts = baskets(drawn(3, 600, 7), 7, customer=np.arange(600) % 50)
    receipts = receipts.replace(time=np.arange(600))
    shop = shop_of(receipts)
    model = synergy_class(name)(pairs_per_item=4)
    assert isinstance(model, SynergyEstimator)
    assert model.name == name
    assert model.summary
    pairs = model.estimate(receipts, shop)
    assert np.all(pairs.first < pairs.second)
    keys = pairs.first * 7 + pairs.second
    assert np.all(np.diff(keys) > 0)
    degree = np.bincount(np.concatenate([pairs.first, pairs.second]), minlength=7)
    assert degree.max() <= 4
    assert np.isfinite(pairs.worth).all()
    if pairs.error is not None:
        assert np.all(pairs.error >= 0)
    worth = dict(zip(keys.tolist(), pairs.worth.tolist(), strict=True))
    if name != "text":
        assert worth[1] == max(worth.values()) > 0
    if name in {"lift", "ising", "partial_correlation"}:
        assert worth[2] < 0
    again = model.estimate(receipts, shop)
    assert np.array_equal(again.worth, pairs.worth)
    weights = dense(model.weights(receipts, shop, count(receipts)))
    assert weights.shape == (7, 7)
    assert np.all(np.diag(weights) == 0)


@pytest.mark.parametrize("name", sorted(SYNERGIES))
def test_every_model_survives_a_poor_shop(name: str) -> None:
    """No pair at all, one item, an item never sold."""
    for lists, n in (([[0], [1], []], 3), ([[0]] * 12, 1), ([[0, 1]] * 12, 3)):
        receipts = baskets(lists, n)
        shop = catalogue(receipts, np.ones(n))
        pairs = synergy_class(name)().estimate(receipts, shop)
        assert np.isfinite(pairs.worth).all()


def test_formulas_by_hand() -> None:
    """Ten baskets: both items on 3, the first on 5, the second on 4."""
    lists = [[0, 1]] * 3 + [[0]] * 2 + [[1]] + [[]] * 4
    receipts = baskets(lists, 2)
    counts, shop = count(receipts), catalogue(receipts, [1.0, 1.0])
    cosine = dense(Cosine().weights(receipts, shop, counts))
    assert cosine[0, 1] == cosine[1, 0] == pytest.approx(3 / math.sqrt(20))
    rule = dense(Confidence().weights(receipts, shop, counts))
    assert rule[0, 1] == pytest.approx(3 / 5 - 4 / 10)
    assert rule[1, 0] == pytest.approx(3 / 4 - 5 / 10)
    lift = dense(Lift(shrinkage=1, significance=0).weights(receipts, shop, counts))
    assert lift[0, 1] == pytest.approx(math.log((3 + 1) / (2 + 1)))
    assert np.all(dense(Lift(significance=2).weights(receipts, shop, counts)) == 0)


def test_ease_minimises_its_loss() -> None:
    """The closed form has no slope off the diagonal (power 0 is the paper's)."""
    receipts = baskets(drawn(1, 200, 6), 6)
    x = receipts.matrix().toarray()
    model = Ease(ridge=20.0, power=0.0)
    weights = dense(
        model.weights(receipts, catalogue(receipts, np.ones(6)), count(receipts))
    )
    slope = -2 * x.T @ (x - x @ weights) + 2 * 20.0 * weights
    np.fill_diagonal(slope, 0.0)
    assert np.abs(slope).max() < 1e-5


def test_partial_correlation_weights_are_its_strengths() -> None:
    """One matrix behind `weights` and `estimate`."""
    receipts = baskets(drawn(2, 300, 5), 5)
    shop = catalogue(receipts, np.ones(5))
    model = PartialCorrelation(least_baskets=1)
    weights = dense(model.weights(receipts, shop, count(receipts)))
    pairs = model.estimate(receipts, shop)
    assert pairs.strength == pytest.approx(weights[pairs.first, pairs.second])


def test_surprise_is_zero_where_nothing_surprises() -> None:
    """G of the count expected is 0, of none where e were expected 2 e."""
    seen, expected = np.array([4.0, 0.0, 8.0]), np.array([4.0, 6.0, 4.0])
    found = surprise_of(seen, expected)
    assert found.tolist() == [0.0, 12.0, pytest.approx(2 * (8 * math.log(2) - 4))]


@given(st.integers(0, 10_000))
def test_never_met_are_exactly_those_expected_and_absent(seed: int) -> None:
    """The walk by falling sales finds what all pairs compared find."""
    rng = np.random.default_rng(seed)
    lists = [np.flatnonzero(rng.random(6) < rng.random(6)).tolist() for _ in range(20)]
    lists = [[i for i in b if i != (b[0] + 1)] for b in lists]
    counts = count(baskets(lists, 6))
    first, second = never_met(counts, 2.0)
    i, j = np.triu_indices(6, 1)
    seen, _ = counts.look_up(i, j)
    absent = (seen == 0) & (counts.expected(i, j) >= 2.0 - 1e-9)
    expected = set(zip(i[absent].tolist(), j[absent].tolist(), strict=True))
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == expected


def enumerated(bias: np.ndarray, coupling: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all baskets of a log-linear model and their chances."""
    n = len(bias)
    states = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    energy = states @ bias + np.einsum("si,ij,sj->s", states, np.triu(coupling, 1), states)
    chance = np.exp(energy - energy.max())
    return states, chance / chance.sum()


def test_ising_finds_the_couplings_that_drew() -> None:
    """Baskets drawn from a log-linear model of four items give its couplings back."""
    bias = np.array([-1.5, -1.0, -1.2, -0.8])
    coupling = np.zeros((4, 4))
    coupling[0, 1], coupling[1, 2], coupling[0, 3] = 1.5, -1.2, 0.8
    states, chance = enumerated(bias, coupling)
    rng = np.random.default_rng(0)
    rows = states[rng.choice(len(states), 40_000, p=chance)]
    receipts = baskets([np.flatnonzero(row).tolist() for row in rows], 4)
    first, second = np.triu_indices(4, 1)
    # Size classes take up what these baskets' sizes tell; without, the model is exact.
    found = Ising(ridge=1e-3, steps=200).couplings(
        receipts, count(receipts), first, second, np.zeros(6), sizes=False
    )
    assert found == pytest.approx(coupling[first, second], abs=0.1)


@given(st.integers(0, 1000))
def test_pseudo_likelihood_against_plain_sums(seed: int) -> None:
    """Loss by a double loop over baskets and items; slopes by differences."""
    from bundlesolve.kernels.pseudo_likelihood import pseudo_likelihood

    rng = np.random.default_rng(seed)
    n, m = 5, 12
    x = rng.random((m, n)) < 0.4
    receipts = baskets([np.flatnonzero(row).tolist() for row in x], n)
    first, second = np.array([0, 0, 2]), np.array([1, 3, 4])
    rows = np.concatenate([first, second])
    order = np.argsort(rows, kind="stable")
    begin = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=n))))
    neighbour, pair = (
        np.concatenate([second, first])[order],
        np.tile(np.arange(3), 2)[order],
    )
    kind = (np.arange(m) % 2).astype(np.int64)
    point = rng.normal(size=3 + n + 2)
    slopes = np.zeros(3), np.zeros(n), np.zeros(2)

    def loss(p: np.ndarray) -> float:
        at = p[:3].copy(), p[3 : 3 + n].copy(), p[3 + n :].copy()
        shape = receipts.starts, receipts.item, kind, begin, neighbour, pair
        return float(pseudo_likelihood(*shape, *at, *slopes, np.zeros(3)))

    w = symmetric(n, first, second, point[:3]).toarray()
    z = x @ w + point[3 : 3 + n] + point[3 + n :][kind][:, None]
    plain = (np.logaddexp(0, z) - x * z).sum()
    assert loss(point) == pytest.approx(plain)
    got = np.concatenate(slopes)
    for k in range(len(point)):
        step = np.zeros(len(point))
        step[k] = 1e-5
        change = (loss(point + step) - loss(point - step)) / 2e-5
        assert change == pytest.approx(got[k], abs=1e-4)


@given(st.floats(0.001, 0.9), st.floats(0.001, 0.9), st.floats(-6, 6))
def test_joint_share_has_its_margins_and_odds(a: float, b: float, log_odds: float) -> None:
    """The four cells are chances, and their odds ratio is the one asked for."""
    both = float(joint_share(np.array([a]), np.array([b]), np.array([log_odds]))[0])
    cells = np.array([both, a - both, b - both, 1 - a - b + both])
    assert cells.min() >= -1e-12
    if cells.min() > 1e-9:
        ratio = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        assert ratio == pytest.approx(log_odds, abs=1e-4)


def test_slope_is_the_one_that_drew() -> None:
    """Counts of a slope of 2 give 2 back; noise gives about 0; nothing gives 0."""
    rng = np.random.default_rng(1)
    w = rng.normal(size=400)
    a, b = rng.uniform(0.05, 0.3, 400), rng.uniform(0.05, 0.3, 400)
    seen = rng.binomial(5000, joint_share(a, b, 2 * w))
    assert fit_slope(w, a, b, seen, 5000) == pytest.approx(2.0, abs=0.03)
    noise = rng.binomial(5000, a * b)
    assert abs(fit_slope(w, a, b, noise, 5000)) < 0.03
    assert fit_slope(w[:0], a[:0], b[:0], seen[:0], 10) == 0.0


def test_priced_at_a_forecast() -> None:
    """Twice the sales, more money, the same pairs."""
    receipts = baskets(drawn(3, 600, 5), 5)
    shop = catalogue(receipts, np.ones(5))
    model = Cosine()
    now = model.estimate(receipts, shop)
    more = model.priced(receipts, shop, np.minimum(receipts.purchase_share * 0.5, 0.9))
    assert np.array_equal(now.first, more.first)
    assert np.all(np.abs(more.worth) < np.abs(now.worth))


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_candidates_of_sparse_and_dense_agree(seed: int, most: int) -> None:
    """The same weights, stored in either way, propose the same pairs."""
    from scipy.sparse import csr_matrix

    rng = np.random.default_rng(seed)
    counts = count(baskets(drawn(seed, 40, 6), 6))
    weights = rng.normal(size=(6, 6)) * (rng.random((6, 6)) < 0.7)
    np.fill_diagonal(weights, 0.0)
    one = candidates(weights, counts, 2, most)
    two = candidates(csr_matrix(weights), counts, 2, most)
    for left, right in zip(one, two, strict=True):
        assert left == pytest.approx(right)


def test_texts_alike_are_near() -> None:
    """Plural and order do not matter much; other words do."""
    texts = ["red teacup", "red teacups", "garden spade", ""]
    first, second, cosine = nearest_texts(texts, 3, 0.2)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 1)]
    assert 0.4 < cosine[0] < 1
    assert len(nearest_texts(["", " "], 2, 0.1)[0]) == 0


def test_text_learns_that_likes_are_substitutes() -> None:
    """Cups are never bought with cups: a cup never sold gets negative pairs, too."""
    rng = np.random.default_rng(6)
    lists = [[int(rng.integers(0, 6)), int(rng.integers(6, 12))] for _ in range(2000)]
    receipts = baskets(lists, 14)
    plain = catalogue(receipts, np.ones(14))
    text = tuple(["blue cup"] * 6 + ["oak tray"] * 6 + ["blue cup", "oak tray"])
    shop = Catalogue(plain.items, text, ("",) * 14, plain.numbers)
    weights = dense(TextSimilarity().weights(receipts, shop, count(receipts)))
    assert weights[0, 1] < -1
    assert weights[0, 12] < -1
    assert weights[0, 6] == 0


def test_parameters_out_of_range() -> None:
    """Nonsense is refused when the model is made."""
    with pytest.raises(InvalidParameter, match="members"):
        Blend(members=("lift",))
    with pytest.raises(InvalidParameter, match="members"):
        Blend(members=("lift", "blend"))
    with pytest.raises(InvalidParameter, match="ridge"):
        Ease(ridge=0)
    with pytest.raises(InvalidParameter, match="power"):
        Ease(power=2)
    with pytest.raises(InvalidParameter, match="steps"):
        Ising(steps=0)
    with pytest.raises(InvalidParameter, match="shrinkage"):
        Lift(shrinkage=-1)
    with pytest.raises(InvalidParameter, match="neighbours"):
        TextSimilarity(neighbours=0)
    with pytest.raises(InvalidParameter, match="least_similarity"):
        TextSimilarity(least_similarity=1)
    with pytest.raises(InvalidParameter, match="pairs_per_item"):
        Cosine(pairs_per_item=0)
    with pytest.raises(InvalidParameter, match="synergy out of"):
        synergy_class("magic")

"""What every kind of generated instance owes, and what each promises."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate import (
    KINDS,
    Conflicts,
    Dispersion,
    Distance,
    LargeQkp,
    Mkp,
    Mmkp,
    Qkp,
    Qmkp,
    Retail,
    Team,
)
from bundlesolve.generate.draws import exponential
from bundlesolve.generate.team import _similarities
from bundlesolve.model import check, compile

FINGERPRINTS = {
    "conflicts": "faedb61908cb",
    "dispersion": "21ddf270cdff",
    "large_qkp": "d0117de5335a",
    "mkp": "e0bcc9d7d1ab",
    "mmkp": "dda134beb622",
    "qkp": "65b1f8ee48ac",
    "qmkp": "e899cc1687e0",
    "retail": "39220e6b8e0e",
    "segments": "190258783482",
    "small": "0b92812ecb20",
    "team": "f0821c3e9e04",
}
"""First digits of the fingerprint of each kind's default instance with seed 7."""


@pytest.mark.parametrize("name", KINDS)
def test_the_same_seed_gives_the_same_instance(name: str) -> None:
    """Another seed gives another one; the name tells kind, size and seed."""
    kind = KINDS[name]()
    one = kind.make(3)
    assert one == kind.make(3)
    assert one.replace(name="") != kind.make(4).replace(name="")
    assert one.name == f"{name}-{one.n}-3"
    compile(one)


@pytest.mark.parametrize("name", KINDS)
def test_default_instances_never_change(name: str) -> None:
    """Published results name a kind and a seed; these must stand for one instance."""
    assert KINDS[name]().make(7).fingerprint[:12] == FINGERPRINTS[name]


@pytest.mark.parametrize("name", KINDS)
def test_drawing_leaves_global_generators_alone(name: str) -> None:
    """Only the seed counts."""
    before = repr(np.random.get_state())  # noqa: NPY002
    KINDS[name]().make(0)
    assert repr(np.random.get_state()) == before  # noqa: NPY002


@pytest.mark.parametrize("name", KINDS)
def test_a_negative_seed_is_refused(name: str) -> None:
    """The generator's own error would not say which parameter."""
    with pytest.raises(InvalidParameter, match="seed"):
        KINDS[name]().make(-1)


@pytest.mark.parametrize("name", [n for n in KINDS if n not in ("small", "mmkp")])
def test_one_item_is_enough(name: str) -> None:
    """The smallest instance of a kind is an instance."""
    assert KINDS[name](items=1).make(0).n == 1  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Qkp, {"items": 0}),
        (LargeQkp, {"density": 101}),
        (Dispersion, {"share": -1}),
        (Conflicts, {"conflict_density": 101}),
        (Qmkp, {"bundles": 0}),
        (Mkp, {"tightness": 100.5}),
        (Mmkp, {"classes": 0}),
        (Retail, {"size": 0}),
        (Team, {"skills": 0}),
    ],
)
def test_options_out_of_range_are_named(kind: type, options: dict[str, float]) -> None:
    """The message says which option and which range."""
    with pytest.raises(InvalidParameter, match=next(iter(options))):
        kind(**options)


def test_an_unknown_distance_is_named_with_the_known_ones() -> None:
    """A text stands for the enum's member."""
    assert Dispersion(distance="geo").distance is Distance.GEO  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="expo, geo, wgeo, ran, found 'far'"):
        Dispersion(distance="far")  # type: ignore[arg-type]


def test_qkp_keeps_the_ranges_of_the_paper() -> None:
    """Profits 1..100 at the density asked for, weights 1..50, capacity within the sum."""
    instance = Qkp(items=200, density=25).make(1)
    budget = instance.budgets[0]
    assert set(budget.per_item.values.tolist()) <= set(range(1, 51))
    assert 50 <= (budget.at_most or 0) <= budget.per_item.values.sum()
    worth = instance.synergies.worth
    assert (worth.min(), worth.max()) == (1, 100)
    pairs = 200 * 199 / 2
    assert abs(len(worth) / pairs - 0.25) < 4 * np.sqrt(0.25 * 0.75 / pairs)


def test_large_qkp_takes_a_share_of_the_weight() -> None:
    """2.5 % of the sum, rounded down, without floating-point arithmetic."""
    budget = LargeQkp(items=100, density=5, share=2.5).make(0).budgets[0]
    assert budget.at_most == int(budget.per_item.values.sum()) * 25 // 1000


@pytest.mark.parametrize(
    ("distance", "mean"), [("expo", 50), ("geo", 52.14), ("ran", 50.5)]
)
def test_distances_have_the_mean_of_their_kind(distance: str, mean: float) -> None:
    """Exponential 50; a unit square's mean distance is 0.5214; uniform 1..100 is 50.5."""
    kind = Dispersion(items=400, density=100, distance=distance)  # type: ignore[arg-type]
    instance = kind.make(2)
    found = instance.synergies.worth.mean() / 10**instance.decimals
    assert abs(found - mean) < 1.5


def test_weighted_distances_break_no_scale() -> None:
    """Weights of 5..10 at both ends multiply the distance by 25 to 100."""
    plain = Dispersion(items=50, density=100, distance=Distance.GEO).make(5)
    weighted = Dispersion(items=50, density=100, distance=Distance.WGEO).make(5)
    ratio = weighted.synergies.worth / plain.synergies.worth
    assert ratio.min() >= 25
    assert ratio.max() <= 100


def test_exponential_draws_follow_their_law() -> None:
    """Median ln 2, and one in e**3 beyond three times the mean."""
    drawn = exponential(np.random.default_rng(0), 200_000, 10**6) / 10**6
    assert abs(np.median(drawn) - np.log(2)) < 0.01
    assert abs((drawn > 3).mean() - np.exp(-3)) < 0.002


def test_team_synergies_are_jaccard_similarities() -> None:
    """Recomputed with Python's sets."""
    rng = np.random.default_rng(4)
    skills = [set(rng.integers(0, 6, 3).tolist()) for _ in range(12)]
    person = np.array([i for i, own in enumerate(skills) for _ in own])
    skill = np.array([s for own in skills for s in sorted(own)])
    found = _similarities(person, skill, 12)
    expected = {
        (i, j): round(10**6 * len(skills[i] & skills[j]) / len(skills[i] | skills[j]))
        for i, j in combinations(range(12), 2)
        if skills[i] & skills[j]
    }
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    assert dict(zip(pairs, found.worth.tolist(), strict=True)) == expected


def test_a_team_that_all_can_do_the_same_is_refused() -> None:
    """A hundred thousand people with one skill would make five billion pairs."""
    with pytest.raises(InvalidParameter, match="more skills or fewer items"):
        Team(items=100_000, skills=1).make(0)


def test_conflicts_have_the_density_asked_for() -> None:
    """Every pair conflicts at 100 %, none at 0 %."""
    assert len(Conflicts(items=10, conflict_density=100).make(0).rules) == 45
    assert not Conflicts(items=10, conflict_density=0).make(0).rules


def test_an_item_goes_into_one_knapsack_only() -> None:
    """In two of them it is more than the stock."""
    instance = Qmkp(items=8, bundles=2).make(0)
    units = np.zeros((2, 8), dtype=np.int64)
    units[0, 0] = 1
    assert check(instance, units).feasible
    units[1, 0] = 1
    assert not check(instance, units).feasible


def test_mmkp_always_has_a_feasible_choice() -> None:
    """Tried by choosing one item of each of two classes in every way."""
    for seed in range(30):
        instance = Mmkp(classes=2, items_each=3, resources=4).make(seed)
        feasible = []
        for i in range(3):
            for j in range(3):
                units = np.zeros((1, 6), dtype=np.int64)
                units[0, [i, 3 + j]] = 1
                feasible.append(check(instance, units).feasible)
        assert any(feasible)


def test_mkp_limits_are_a_share_of_the_amounts() -> None:
    """Half of the sum, rounded down."""
    for budget in Mkp(items=50, resources=3).make(1).budgets:
        assert budget.at_most == int(budget.per_item.values.sum()) // 2


def test_retail_synergies_know_their_categories() -> None:
    """Within a category substitutes prevail, across categories complements."""
    instance = Retail(items=1000, synergies=12_000, categories=5).make(0)
    category = np.zeros(1000, dtype=np.int64)
    for number, limit in enumerate(instance.categories[1:]):
        category[limit.items] = number
    pairs = instance.synergies
    assert len(pairs) == 12_000
    same = category[pairs.first] == category[pairs.second]
    assert (pairs.worth[same] < 0).mean() > 0.8
    assert (pairs.worth[~same] > 0).mean() > 0.8


def test_retail_is_vectorised_to_a_hundred_thousand_articles() -> None:
    """The size that the library promises to make; a loop over pairs would show."""
    instance = Retail(items=100_000, synergies=1_000_000, categories=100).make(0)
    assert instance.n == 100_000
    assert len(instance.synergies) > 990_000

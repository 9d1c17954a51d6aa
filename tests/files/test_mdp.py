"""Maximum diversity files."""

from __future__ import annotations

from bundlesolve.files import mdp
from tests.files.samples import MDP


def test_the_sample_says_what_was_written() -> None:
    """Exactly two of three; trailing zeros are no decimals."""
    instance = mdp.read(MDP, "f", None)
    assert instance.items == ("0", "1", "2")
    assert instance.decimals == 2
    assert instance.synergies.worth.tolist() == [125, 250, 75]
    (size,) = instance.categories
    assert (size.at_least, size.at_most, size.items.tolist()) == (2, 2, [0, 1, 2])


def test_pairs_may_come_in_any_order() -> None:
    """A reader that trusts the order would mix up distances."""
    shuffled = b"3 2\n2 1 0.75000\n0 2 2.50000\n1 0 1.25\n"
    assert mdp.read(shuffled, "f", None) == mdp.read(MDP, "f", None)

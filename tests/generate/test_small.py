"""Tiny instances: small enough, varied enough, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate import Small
from bundlesolve.model.compile import compile
from bundlesolve.model.rules import Budget, Category, Conflict, Exclude, Include, Requires


def test_boxes_stay_within_the_promised_size() -> None:
    """A referee that tries every point must be able to."""
    kind = Small(most_points=1 << 12)
    for seed in range(60):
        program = compile(kind.make(seed)).program
        assert np.prod(program.upper - program.lower + 1.0) <= 1 << 12


def test_every_kind_of_limit_appears_hard_and_soft() -> None:
    """A part of the model that is never drawn would never be fuzzed."""
    limits = [limit for seed in range(150) for limit in Small().make(seed).limits]
    seen = {(type(limit), limit.penalty is None) for limit in limits}
    kinds = (Budget, Category, Conflict, Exclude, Include, Requires)
    assert seen == {(kind, hard) for kind in kinds for hard in (True, False)}


@pytest.mark.parametrize("options", [{"items": 0}, {"bundles": 11}, {"most_points": 1}])
def test_options_out_of_range_are_named(options: dict[str, int]) -> None:
    """The message says which option and which range."""
    with pytest.raises(InvalidParameter, match=next(iter(options))):
        Small(**options)

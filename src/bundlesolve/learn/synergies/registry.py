"""Every synergy model by name; imported when asked for."""

from __future__ import annotations

from importlib import import_module

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.synergies.pair_model import PairModel

ROOM = "bundlesolve.learn.synergies"

SYNERGIES: dict[str, str] = {
    "blend": f"{ROOM}.blend:Blend",
    "confidence": f"{ROOM}.confidence:Confidence",
    "cosine": f"{ROOM}.cosine:Cosine",
    "ease": f"{ROOM}.ease:Ease",
    "excess": f"{ROOM}.excess:Excess",
    "ising": f"{ROOM}.ising:Ising",
    "lift": f"{ROOM}.lift:Lift",
    "partial_correlation": f"{ROOM}.partial_correlation:PartialCorrelation",
    "text": f"{ROOM}.text:TextSimilarity",
}
"""As ``module:class``."""


def synergy_class(name: str) -> type[PairModel]:
    """Return a synergy model's class.

    Raises
    ------
    InvalidParameter
        If there is none of that name.
    """
    if name not in SYNERGIES:
        known = ", ".join(sorted(SYNERGIES))
        raise InvalidParameter(f"expected a synergy out of {known}, found {name!r}")
    module, _, attribute = SYNERGIES[name].partition(":")
    found: type[PairModel] = getattr(import_module(module), attribute)
    return found

"""Every utility model by name; imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bundlesolve.errors import InvalidParameter

ROOM = "bundlesolve.learn.utilities"

UTILITIES: dict[str, str] = {
    "boosting": f"{ROOM}.boosting:Boosting",
    "combination": f"{ROOM}.combination:Combination",
    "expected_margin": f"{ROOM}.margin:ExpectedMargin",
    "factors": f"{ROOM}.factors:Factors",
    "gru": f"{ROOM}.gru:Gru",
    "household": f"{ROOM}.household:Household",
    "implicit_als": f"{ROOM}.implicit_factors:ImplicitAls",
    "implicit_bpr": f"{ROOM}.implicit_factors:ImplicitBpr",
    "item_neighbours": f"{ROOM}.item_neighbours:ItemNeighbours",
    "linear": f"{ROOM}.linear:Linear",
    "logistic": f"{ROOM}.logistic:Logistic",
    "popularity": f"{ROOM}.popularity:Popularity",
    "ridge": f"{ROOM}.ridge:Ridge",
    "segments": f"{ROOM}.segments:Segments",
    "smoothing": f"{ROOM}.smoothing:Smoothing",
    "text_cnn": f"{ROOM}.text_cnn:TextCnn",
    "tree": f"{ROOM}.tree:Tree",
    "trend": f"{ROOM}.trend:Trend",
    "user_neighbours": f"{ROOM}.user_neighbours:UserNeighbours",
}
"""As ``module:class``. `ExpectedMargin` is an estimator without ``fit``."""


def utility_class(name: str) -> type[Any]:
    """Return a utility model's class.

    Raises
    ------
    InvalidParameter
        If there is none of that name.
    """
    if name not in UTILITIES:
        known = ", ".join(sorted(UTILITIES))
        raise InvalidParameter(f"expected a utility out of {known}, found {name!r}")
    module, _, attribute = UTILITIES[name].partition(":")
    found: type[Any] = getattr(import_module(module), attribute)
    return found

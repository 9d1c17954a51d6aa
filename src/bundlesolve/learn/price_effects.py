"""How sales answered to price and promotion, item by item, drawn to what all items did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.features.price_panel import panel_of
from bundlesolve.learn.features.price_regression import LEAST_INFORMATION, respond
from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.logistic_fit import fit_logistic
from bundlesolve.learn.utilities.model import chances

FADE = 0.1
"""Recent prices, in spans of the data: those that stand behind a forecast of sales."""
MOST = float(np.log(2.0))
"""A price is taken for changed by a factor of two at most: nobody saw more."""
HORIZONS = (0.6, 0.7, 0.8, 0.9)
"""Shares of the receipts after which a forecast of the next tenth is tried."""
FORMULA = (
    "logit P_i' = logit P_i + a min(e_i, 0) log(price_i / recent price_i)"
    " + b f_i (promotion_i - recent promotion_i), e_i ~ N(e, s), f_i ~ N(f, t)"
)
Forecast = Callable[[Transactions], FloatArray]
"""From past receipts to the chance of each item to be in a coming basket."""


@dataclass
class PriceEffects:
    """Elasticities and promotion effects from the prices paid in the past.

    The data's span is cut into periods; ``n_it`` of the ``m_t`` baskets of period ``t``
    hold item ``i``, at the median price ``p_it``, a share ``q_it`` of them promoted. Given
    an item's total, counts are multinomial (the conditional Poisson regression of Hausman,
    Hall, Griliches, Econometrica 1984)::

        n_it ~ m_t exp(e_i log p_it + f_i q_it + g_i t)

    from the first to the last period with a sale; ``g_i`` is the item's own trend, which
    shall not pass for an effect of prices that drift. Few sales say little, so ``e_i``,
    ``f_i`` and ``g_i`` are normal around means over all items; means and spreads are
    fitted too (empirical Bayes, EM with Laplace's approximation), and counts that scatter
    more than Poisson's say less, by Pearson's statistic.

    A forecast knows part of this already: it takes an item that sold well at a low price
    for one on the rise, or foretells its fall. So ``a`` and ``b``, from 0 to 1, say how
    much of the effects to add to it. They are those that, after 60, 70, 80 and 90 % of
    the receipts, would have foretold the next tenth best from its own prices.

    Association is not effect: a price that was cut *because* nobody bought any more, or
    together with a catalogue's front page, tells a wrong story. Prices are seen only where
    something was sold; where not, the nearest earlier one is taken.

    Parameters
    ----------
    periods
        How many the span is cut into. Default 26: a fortnight each of a year.

    Attributes
    ----------
    elasticity_, elasticity_error_
        ``e_i`` and its standard deviation. Shape ``[n]``.
    promotion_
        ``f_i``; 0 where receipts tell no promotions. Shape ``[n]``.
    mean_, spread_
        Of elasticity, promotion effect and trend over the items. Shape ``[3]``.
    believed_
        ``a`` and ``b``. Shape ``[2]``.
    log_price_, promoted_
        Recent mean log price, NaN where none is known, and recent share of promoted
        sales. Shape ``[n]``.
    told_
        Number of items whose own price varied.
    """

    periods: int = 26

    def __post_init__(self) -> None:
        if self.periods < 3:
            found = self.periods
            raise InvalidParameter(f"periods: expected 3 or more, found {found}")

    def fit(self, receipts: Transactions, forecast: Forecast | None = None) -> Self:
        """Learn from receipts with times and prices.

        Parameters
        ----------
        receipts
            The past, and nothing else.
        forecast
            What the effects shall be added to, for `believed_`; called with earlier
            receipts of the same items. Default None: ``a = b = 1``.

        Raises
        ------
        InvalidParameter
            If the receipts tell no times or no prices.
        """
        if receipts.time is None or not (receipts.price > 0).any():
            what = "times" if receipts.time is None else "prices"
            raise InvalidParameter(
                f"price effects: expected {what} of receipts, found none"
            )
        self.believed_ = np.ones(2)
        if forecast is not None:
            self.believed_ = self._believed(receipts, forecast)
        self._learn(receipts)
        return self

    def _learn(self, receipts: Transactions) -> None:
        panel = panel_of(receipts, self.periods)
        found = respond(panel)
        self.elasticity_, self.promotion_ = found.beta[:, 0], found.beta[:, 1]
        self.elasticity_error_ = np.sqrt(found.variance[:, 0])
        self.mean_, self.spread_ = found.mean, found.spread
        self.told_ = int((found.information[:, 0] > LEAST_INFORMATION).sum())
        self.log_price_, self.promoted_ = panel.level(FADE)

    def coming(self, later: Transactions) -> tuple[FloatArray, FloatArray]:
        """Return mean log prices and promotion of a later time, as it turned out. [n].

        Parameters
        ----------
        later
            A tenth of the span, or so. What was not sold then has no price, NaN, and the
            promotion of before.
        """
        panel = panel_of(later, max(self.periods // 10, 1))
        log_price, promoted = panel.level()
        sold = later.baskets_with > 0
        return log_price, np.where(sold, promoted, self.promoted_)

    def _believed(self, receipts: Transactions, forecast: Forecast) -> FloatArray:
        """Return ``a`` and ``b``, by a logistic regression with the forecast as offset."""
        shifts, odds, share, times = [], [], [], []
        for horizon in HORIZONS:
            past = earlier(receipts, horizon)
            future = earlier(receipts, horizon + 0.1) & ~past
            if not past.any() or not future.any():
                continue
            before, later = receipts.some(past), receipts.some(future)
            if not (before.price > 0).any():
                continue
            chance = forecast(before)
            self._learn(before)
            log_price, promoted = self.coming(later)
            shifts.append(np.stack(self._shifts(np.exp(log_price), promoted), axis=1))
            odds.append(np.log(chance) - np.log1p(-chance))
            share.append(later.baskets_with / later.m)
            times.append(np.full(receipts.n, float(later.m)))
        if not shifts:
            return np.ones(2)
        return _factors(*(np.concatenate(parts) for parts in (shifts, odds, share, times)))

    def adjust(
        self, share: FloatArray, price: FloatArray, promotion: FloatArray | None = None
    ) -> FloatArray:
        """Return chances at other prices.

        ::

            logit P_i' = logit P_i + a min(e_i, 0) log(price_i / recent price_i)
                         + b f_i (promotion_i - recent promotion_i)

        the ratio of prices held between 1/2 and 2. Where a price is not known, or is 0,
        or nothing was sold at a known price, the price changes nothing.

        Parameters
        ----------
        share
            Chances as forecast from the past. Shape ``[..., n]``.
        price
            Coming price. Shape ``[n]``.
        promotion
            Coming share of promoted sales, 0 to 1, as a rule 0 or 1. Shape ``[n]``.
            Default None: as it was lately.
        """
        a, b = self.believed_
        by_price, by_promotion = self._shifts(price, promotion)
        odds = np.log(share) - np.log1p(-share) + a * by_price + b * by_promotion
        return chances(1.0 / (1.0 + np.exp(-odds)))

    def _shifts(
        self, price: FloatArray, promotion: FloatArray | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return what price and promotion add to the log odds. Shape ``[n]`` each."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(price) - self.log_price_
        ratio = np.where(np.isfinite(ratio), np.clip(ratio, -MOST, MOST), 0.0)
        by_price = np.minimum(self.elasticity_, 0.0) * ratio
        change = np.zeros(len(by_price))
        if promotion is not None:
            change = np.nan_to_num(np.clip(promotion, 0.0, 1.0) - self.promoted_)
        return by_price, self.promotion_ * change

    def describe(self) -> dict[str, Any]:
        """Return what the model card tells."""
        return {
            "formula": FORMULA,
            "periods": self.periods,
            "believed": [round(float(part), 4) for part in self.believed_],
            "items_with_price_changes": self.told_,
            "elasticity": round(float(self.mean_[0]), 4),
            "elasticity_spread": round(float(self.spread_[0]), 4),
            "promotion": round(float(self.mean_[1]), 4),
            "promotion_spread": round(float(self.spread_[1]), 4),
        }


def _factors(
    shift: FloatArray, odds: FloatArray, share: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the factors of two shifts, held between 0 and 1. ``[2]``."""
    columns = np.concatenate([np.ones((len(shift), 1)), shift], axis=1)
    found = fit_logistic(columns, share, times, offset=odds)[1:]
    return np.where(shift.std(axis=0) > 0, np.clip(found, 0.0, 1.0), 1.0)

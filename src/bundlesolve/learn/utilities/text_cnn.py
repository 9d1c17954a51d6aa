"""Utility from an item's description, read by a convolutional network."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.deep import find_torch, seeded
from bundlesolve.learn.utilities.model import UtilityModel, chances, check_above
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)

WIDTHS = (1, 2, 3)
LONGEST = 24
"""Words of a description that are read."""
DROPPED = 0.3
"""Share of the features dropped at random while training."""


@dataclass
class TextCnn(UtilityModel):
    """What an item's words say of its sales, and its sales say of themselves.

    Words (of text, category and a step of the log price) become vectors, filters over 1,
    2 and 3 words in a row are maximised over the text, and a line of the maxima gives the
    logit of a share ``t_i``; trained by Adam on the binomial likelihood per receipt of
    the items' sales, each item alike in weight, with dropout. Then::

        P_i = (m_i + strength * t_i) / (m + strength)

    so that the text speaks where few receipts do.

    Parameters
    ----------
    strength
        Receipts that the text is worth. Default 200.
    size
        Numbers in a word's vector, and filters of each width. Default 48.
    passes
        Over all items. Default 30.
    rate
        Of Adam. Default 0.002.
    seed
        Of the first weights and the order of items. Default 0.

    References
    ----------
    Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014.
    """

    name: ClassVar[str] = "text_cnn"
    summary: ClassVar[str] = "convolutional network over descriptions (torch)"
    formula: ClassVar[str] = (
        "P_i = (m_i + strength t_i) / (m + strength), logit t_i = CNN(words of i)"
    )
    personal: ClassVar[bool] = False

    strength: float = 200.0
    size: int = 48
    passes: int = 30
    rate: float = 0.002
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("strength", "size", "passes", "rate"):
            check_above(self, name)

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Train and keep what the text says of each item.

        Raises
        ------
        MissingExtra
            If torch is not installed.
        """
        torch = find_torch()
        share = chances(History(receipts).share())
        words = _words(catalogue)
        with seeded(torch, self.seed):
            self.text_share_ = self._trained(torch, words, share)
        weight = self.strength / (receipts.m + self.strength)
        self.share_ = chances((1 - weight) * share + weight * self.text_share_)
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))

    def _trained(self, torch: Any, words: IntArray, share: FloatArray) -> FloatArray:
        nn = torch.nn
        vectors = nn.Embedding(int(words.max()) + 1, self.size, padding_idx=0)
        filters = nn.ModuleList([nn.Conv1d(self.size, self.size, w) for w in WIDTHS])
        line = nn.Linear(self.size * len(WIDTHS), 1)
        drop = nn.Dropout(DROPPED)
        mean = float(np.log(share).mean())
        with torch.no_grad():
            line.bias.fill_(mean)
        layers = nn.ModuleList([vectors, filters, line, drop])

        def logits(rows: Any) -> Any:
            x = vectors(text[rows]).transpose(1, 2)
            best = [torch.relu(part(x)).amax(dim=2) for part in filters]
            return line(drop(torch.cat(best, dim=1)))[:, 0]

        text, target = torch.from_numpy(words), torch.from_numpy(share).float()
        adam = torch.optim.Adam(layers.parameters(), lr=self.rate, weight_decay=1e-5)
        loss_of = nn.BCEWithLogitsLoss(reduction="none")
        for turn in range(self.passes):
            total = 0.0
            for rows in torch.randperm(len(words)).split(64):
                # Over the share itself: a rare item's text teaches as much as a common's.
                loss = (loss_of(logits(rows), target[rows]) / target[rows]).mean()
                adam.zero_grad()
                loss.backward()
                adam.step()
                total += float(loss.detach()) * len(rows)
            log.info("text_cnn: pass %d, loss %.4f", turn + 1, total / len(words))
        layers.eval()
        with torch.no_grad():
            parts = torch.arange(len(words)).split(1024)
            said = torch.cat([torch.sigmoid(logits(rows)) for rows in parts])
        return chances(said.double().numpy())


def _words(catalogue: Catalogue) -> IntArray:
    """Return the numbers of each item's words, padded with 0. Shape ``[n, LONGEST]``."""
    price = np.rint(2 * np.log2(np.maximum(catalogue.price, 1e-2))).astype(int)
    numbers: dict[str, int] = {}
    rows = np.zeros((len(catalogue.items), LONGEST), dtype=np.int64)
    told = zip(catalogue.text, catalogue.category, price.tolist(), strict=True)
    for row, (text, category, step) in zip(rows, told, strict=True):
        found = [f"price {step}", f"category {category}"]
        found += re.findall(r"\w+", text.lower())
        for k, word in enumerate(found[:LONGEST]):
            row[k] = numbers.setdefault(word, len(numbers) + 1)
    return rows

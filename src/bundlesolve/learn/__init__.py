"""Worth of items and pairs from receipts; never imported at ``import bundlesolve``."""

from bundlesolve.learn.build import Learned, learn, to_instance
from bundlesolve.learn.card import Card
from bundlesolve.learn.catalogue import Catalogue, read_catalogue
from bundlesolve.learn.cleaning import Cleaning, CleaningRule, clean
from bundlesolve.learn.columns import Columns, TextFormat
from bundlesolve.learn.rules_file import Rules, read_rules
from bundlesolve.learn.synergies import (
    PairWorths,
    PartialCorrelation,
    SynergyEstimator,
)
from bundlesolve.learn.tables import read_table
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities import ExpectedMargin, UtilityEstimator

__all__ = [
    "Card",
    "Catalogue",
    "Cleaning",
    "CleaningRule",
    "Columns",
    "ExpectedMargin",
    "Learned",
    "PairWorths",
    "PartialCorrelation",
    "Rules",
    "SynergyEstimator",
    "TextFormat",
    "Transactions",
    "UtilityEstimator",
    "clean",
    "learn",
    "read_catalogue",
    "read_rules",
    "read_table",
    "to_instance",
]

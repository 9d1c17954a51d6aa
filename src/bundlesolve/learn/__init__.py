"""Worth of items and pairs from receipts; never imported at ``import bundlesolve``."""

from bundlesolve.learn.build import Learned, learn, to_instance
from bundlesolve.learn.card import Card
from bundlesolve.learn.catalogue import Catalogue, read_catalogue
from bundlesolve.learn.cleaning import Cleaning, CleaningRule, clean
from bundlesolve.learn.columns import Columns, TextFormat
from bundlesolve.learn.price_effects import PriceEffects
from bundlesolve.learn.rules_file import Rules, read_rules
from bundlesolve.learn.split import Split, split_by_customer, split_by_time
from bundlesolve.learn.synergies import (
    PairWorths,
    PartialCorrelation,
    SynergyEstimator,
)
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.synergies.registry import SYNERGIES
from bundlesolve.learn.tables import read_table
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities import ExpectedMargin, UtilityEstimator
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.registry import UTILITIES
from bundlesolve.learn.utilities.store import load_model, save_model

__all__ = [
    "SYNERGIES",
    "UTILITIES",
    "Card",
    "Catalogue",
    "Cleaning",
    "CleaningRule",
    "Columns",
    "ExpectedMargin",
    "Learned",
    "PairModel",
    "PairWorths",
    "PartialCorrelation",
    "PriceEffects",
    "Rules",
    "Split",
    "SynergyEstimator",
    "TextFormat",
    "Transactions",
    "UtilityEstimator",
    "UtilityModel",
    "clean",
    "learn",
    "load_model",
    "read_catalogue",
    "read_rules",
    "read_table",
    "save_model",
    "split_by_customer",
    "split_by_time",
    "to_instance",
]

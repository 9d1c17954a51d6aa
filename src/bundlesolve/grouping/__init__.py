"""Dividing a set of items into several bundles: scores from `learn`, answers by `solve`."""

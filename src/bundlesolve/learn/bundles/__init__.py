"""Which items of a set belong in one bundle, learned from bundles that people made."""

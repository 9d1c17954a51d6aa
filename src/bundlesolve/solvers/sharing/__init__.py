"""Bundles that share a stock of one of each item: set packing, pricing, branching."""

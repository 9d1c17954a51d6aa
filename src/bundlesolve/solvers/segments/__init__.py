"""Many bundles: prices for the stock, cuts for the bound, moves for the answer."""

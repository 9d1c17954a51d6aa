"""Branch and price."""

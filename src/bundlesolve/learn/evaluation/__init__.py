"""How good is what was learned? One file a group of metrics."""

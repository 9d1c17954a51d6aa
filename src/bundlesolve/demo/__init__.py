"""The demo: learn from a shop's receipts, let every method compete, look at the best."""

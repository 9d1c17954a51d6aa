"""Makes certificates: branch and bound that writes down what it does."""

"""From a program to a smaller one, with the way back."""

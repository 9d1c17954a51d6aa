"""Differential fuzzing: every method against enumeration on random small instances."""

"""Benchmark: suites, isolated runs, records, statistics."""

"""Tests of many instances at a time."""

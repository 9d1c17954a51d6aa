"""Thousands of instances on all cores of this machine."""

"""Proved upper bounds: a program in, a number out."""

from bundlesolve.bounds.quick import quick_bound

__all__ = ["quick_bound"]

"""Seeded random instances: one file a kind, one class of options each."""

from bundlesolve.generate.kind import Kind
from bundlesolve.generate.small import Small

__all__ = ["KINDS", "Kind", "Small"]

KINDS: dict[str, type[Kind]] = {kind.name: kind for kind in (Small,)}
"""Every kind of generated instance by name."""

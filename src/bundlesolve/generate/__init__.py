"""Seeded random instances: one class of options for each kind."""

from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.generate.dispersion import Dispersion, Distance
from bundlesolve.generate.kind import Kind
from bundlesolve.generate.mkp import Mkp
from bundlesolve.generate.mmkp import Mmkp
from bundlesolve.generate.qkp import LargeQkp, Qkp
from bundlesolve.generate.qmkp import Qmkp
from bundlesolve.generate.retail import Retail
from bundlesolve.generate.segments import SegmentShop
from bundlesolve.generate.small import Small
from bundlesolve.generate.team import Team

__all__ = [
    "KINDS",
    "Conflicts",
    "Dispersion",
    "Distance",
    "Kind",
    "LargeQkp",
    "Mkp",
    "Mmkp",
    "Qkp",
    "Qmkp",
    "Retail",
    "SegmentShop",
    "Small",
    "Team",
]

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Conflicts,
        Dispersion,
        LargeQkp,
        Mkp,
        Mmkp,
        Qkp,
        Qmkp,
        Retail,
        SegmentShop,
        Small,
        Team,
    )
}
"""Every kind of generated instance by name."""

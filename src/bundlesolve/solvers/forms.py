"""Which rounds suit a program: chosen by the form of its rows."""

from __future__ import annotations

from bundlesolve.kernels.warm import warm_up_classes, warm_up_supply
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.class_rounds import ClassRounds, classes_of
from bundlesolve.solvers.local_rounds import Rounds
from bundlesolve.solvers.packing_rounds import PackingRounds, packing_of
from bundlesolve.solvers.portfolio_rounds import PortfolioRounds
from bundlesolve.solvers.supply_rounds import SupplyRounds, supply_of


def rounds_of(
    program: Program, run: Run, manner: tuple[int, int, int], points: bool = False
) -> Rounds:
    """Return the rounds that search a program.

    Parameters
    ----------
    program, run
        What is searched, and who keeps the books.
    manner
        Tenure, patience and strength; see `bundlesolve.solvers.local.Local`.
    points
        Whether only rounds that go from point to point will do. Default False:
        multidimensional knapsacks get populations.
    """
    classes = classes_of(program)
    if classes is not None:
        run.aside(warm_up_classes)
        return ClassRounds(program, run, *manner, classes)
    supply = supply_of(program)
    if supply is not None:
        run.aside(warm_up_supply)
        return SupplyRounds(program, run, *manner, supply)
    packing = None if points else packing_of(program)
    if packing is not None:
        return PackingRounds(program, run, *manner, packing)
    return PortfolioRounds(program, run, *manner)

"""The worked examples of the contributors' guide work."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.model import Instance
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

GUIDE = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"


def test_example_solver_works(tea: Instance) -> None:
    """The dice solver is taken by `solve` as it stands in the guide."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    # Dataclasses look their module up by name, so the example needs one.
    module = types.ModuleType("dice")
    sys.modules["dice"] = module
    try:
        exec(compile(code, str(GUIDE), "exec"), module.__dict__)
        dice = module.__dict__["Dice"]
        solution = solve(tea, dice(chance=0.5), stop=Stop(steps=200))
        with pytest.raises(InvalidParameter, match="chance"):
            dice(chance=2)
    finally:
        del sys.modules["dice"]
    assert solution.objective == 9
    assert solution.units is not None
    assert solution.units.tolist() == [[1, 1, 0]]

"""Compiling keeps the collector away, and leaves it as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from bundlesolve.kernels.compiling import Pause


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the collector as it was, whatever a test does."""
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def compiling(module: str) -> SimpleNamespace:
    """Return Numba's event for a kernel of a module."""
    kernel = SimpleNamespace(py_func=SimpleNamespace(__module__=module))
    return SimpleNamespace(data={"dispatcher": kernel})


OURS, NUMPYS, OTHERS = map(compiling, ("bundlesolve.kernels.x", "numba.np.y", "shop.z"))


def test_it_is_off_until_the_outermost_kernel_is_compiled() -> None:
    """Also while what the kernel calls is compiled, whoever wrote that."""
    gc.enable()
    pause = Pause()
    pause.on_start(OURS)
    assert not gc.isenabled()
    for inner in (NUMPYS, OURS):
        pause.on_start(inner)
        pause.on_end(inner)
        assert not gc.isenabled()
    pause.on_end(OURS)
    assert gc.isenabled()


def test_kernels_of_others_are_none_of_our_business() -> None:
    """And they do not count."""
    gc.enable()
    pause = Pause()
    pause.on_start(OTHERS)
    assert gc.isenabled()
    pause.on_end(OTHERS)
    pause.on_start(OURS)
    pause.on_end(OURS)
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    """Somebody wanted it so."""
    gc.disable()
    pause = Pause()
    pause.on_start(OURS)
    pause.on_end(OURS)
    assert not gc.isenabled()

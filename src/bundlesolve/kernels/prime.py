"""Numba made ready when this is imported: what its first kernel in a process waits for."""

from __future__ import annotations

from numba.core.registry import cpu_target

# A fifth of a second to register what Numba knows about types and NumPy, which an import
# may take and a call that wants an answer may not. Nothing is compiled or loaded.
cpu_target.typing_context.refresh()
cpu_target.target_context.refresh()

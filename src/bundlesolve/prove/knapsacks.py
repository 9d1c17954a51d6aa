"""The choice of rows that are knapsacks in the bound."""

from __future__ import annotations

from bundlesolve.certificate.problem import Problem, Row


def choose(problem: Problem) -> list[int]:
    """Return hard rows without a common variable, tight and long ones first."""
    candidates = []
    for r, row in enumerate(problem.rows):
        least = sum(a * problem.lower[v] for v, a in zip(row.vars, row.coefs, strict=True))
        most = sum(a * problem.upper[v] for v, a in zip(row.vars, row.coefs, strict=True))
        if _can_be(row) and row.high < most and least < most:
            share = max(row.high - least, 0) / (most - least)
            candidates.append((-len(row.vars) * (1.0 - share), r))
    taken: set[int] = set()
    kept = []
    for _, r in sorted(candidates):
        members = problem.rows[r].vars
        if taken.isdisjoint(members):
            taken.update(members)
            kept.append(r)
    return kept


def _can_be(row: Row) -> bool:
    return row.penalty is None and len(row.vars) >= 2 and all(a > 0 for a in row.coefs)

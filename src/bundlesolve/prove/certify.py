"""From an answer to a certificate."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from bundlesolve.certificate.document import Certificate, Claim, Document, Size
from bundlesolve.certificate.problem import Problem
from bundlesolve.errors import InvalidParameter, NotProved
from bundlesolve.kernels.subgradient import warm_up
from bundlesolve.model.compile import compile
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.instance import Instance
from bundlesolve.model.solution import Solution, Status
from bundlesolve.prove.prover import Effort, Prover

logger = logging.getLogger(__name__)


def certify(
    instance: Instance,
    solution: Solution,
    *,
    seconds: float = 60.0,
    effort: Effort = Effort(),  # noqa: B008 - frozen
    keep_going: Callable[[], bool] | None = None,
) -> Certificate:
    """Prove that an answer is best, or that there is none, in a form that can be replayed.

    The proof is a branch and bound of its own with the Lagrangian bound of
    ``docs/bounds.md``; it takes the answer's objective from ``solution`` and nothing else
    from the method that found it. See ``docs/certificate.md``.

    Parameters
    ----------
    instance
        The problem.
    solution
        Its answer. One of status infeasible is proved to have none.
    seconds
        Wall clock. When it is over, a certificate of the bound so far is returned.
    effort
        Further limits.
    keep_going
        Asked every few steps; False acts like the end of the time.

    Returns
    -------
    Certificate
        Its claim is ``optimal``, ``infeasible``, or ``bound`` where the limits, or a
        better point, came first.

    Raises
    ------
    NotProved
        If the limits came first and there is nothing to claim: no answer, no bound.
    InvalidParameter
        If ``seconds`` is not positive.
    """
    if not seconds > 0:
        raise InvalidParameter(f"expected seconds above 0, found {seconds}")
    warm_up()
    deadline = time.monotonic() + seconds

    def may_go_on() -> bool:
        return time.monotonic() < deadline and (keep_going is None or keep_going())

    program = compile(instance).program
    whole, objective = Problem.of(program), solution.objective
    problem = whole
    if solution.status is Status.INFEASIBLE:
        problem, objective = whole.feasibility(), -1
    prover = Prover(problem, objective, may_go_on, effort)
    prover.run()
    bound = prover.bound
    claim = Claim.BOUND
    if bound == objective and objective is not None:
        claim = Claim.OPTIMAL
    if solution.status is Status.INFEASIBLE:
        if claim is Claim.BOUND:
            raise _too_little(seconds, "infeasibility")
        claim, bound, objective = Claim.INFEASIBLE, None, None
    elif bound is None:
        raise _too_little(seconds, "any bound")
    elif claim is Claim.BOUND:
        proved = to_decimal(bound, instance.decimals)
        logger.warning("within the limits only the bound %s is proved", proved)
    size = Size(program.num_vars, program.num_pairs, program.num_rows)
    document = Document(
        version=1,
        instance=instance.name,
        fingerprint=instance.fingerprint,
        program=size,
        claim=claim.value,
        objective=to_decimal(objective, instance.decimals),
        bound=to_decimal(bound, instance.decimals),
        bits=prover.bits,
        knapsacks=prover.knapsacks,
        proof=prover.proof(),
    )
    return Certificate.of(document)


def _too_little(seconds: float, what: str) -> NotProved:
    expected = f"a proof of {what} within {seconds:g} s and the limits of size"
    return NotProved("certificate", "$.proof", expected, "open boxes")

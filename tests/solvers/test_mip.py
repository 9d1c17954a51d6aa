"""The linearised program under PuLP: equal to enumeration, and PuLP's traps avoided."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.frozen import integers
from bundlesolve.model.program import Program
from bundlesolve.solvers.linearise import linearise, with_products
from bundlesolve.solvers.mip import Mip
from bundlesolve.solvers.process import _environment
from bundlesolve.solvers.pulp_adapter import Ending, Problem, Watch, run_highs
from bundlesolve.solvers.scaling import scaled
from bundlesolve.stop import Stop, StopReason
from tests.solvers.engines import knapsack, proves_truth, searched, small, told

CBC = Mip(engine="PULP_CBC_CMD", threads=1)


def _problem(program: Program) -> Problem:
    linear = with_products(linearise(program))
    return Problem(linear, scaled(linear, 1e9))


@pytest.mark.parametrize("seed", range(100, 140))
@pytest.mark.parametrize("solver", [Mip(), CBC], ids=["HiGHS", "CBC"])
def test_small_programs_are_proved(solver: Mip, seed: int) -> None:
    """The optimum of enumeration, with its proof, or infeasibility."""
    assert proves_truth(solver, small(seed))


def test_presolve_may_be_left_out() -> None:
    """The answer is the same."""
    assert proves_truth(Mip(presolve=False), small(3))


def test_a_linear_program_has_no_products() -> None:
    """Without pairs the model is the plain knapsack."""
    program = knapsack(12, density=0)
    linear = with_products(linearise(program))
    assert (linear.num_columns, linear.num_rows) == (12, 1)
    assert proves_truth(Mip(), program)


def test_the_start_is_taken() -> None:
    """Started from the optimum, nothing is offered but the proof."""
    program = knapsack(14)
    best, _ = searched(Mip(), program)
    assert best.incumbent is not None
    run, _ = searched(Mip(), program, start=best.incumbent)
    assert [i.source for i in run.trace] == ["start"]
    assert run.bound == run.objective


def test_points_and_bounds_stream() -> None:
    """More than one of both comes before the end."""
    run, _ = searched(Mip(), knapsack(25))
    assert len(run.trace) > 1
    assert len(run.bound_trace) > 1
    assert run.gap == 0


def test_steps_are_nodes_and_repeatable() -> None:
    """Two searches of one node tell the same, whatever the number of threads.

    One before them in the same process used more, which HiGHS does not forgive by itself:
    it then ends at once with an error and a bound of 0.
    """
    searched(Mip(threads=2), knapsack(8))
    program = knapsack(60, density=0.5)
    runs = [searched(Mip(threads=t), program, Stop(steps=1))[0] for t in (1, 2)]
    assert told(runs[0]) == told(runs[1])
    assert len(runs[0].trace) > 1
    assert runs[0].stop_reason in (StopReason.STEP_LIMIT, StopReason.PROVED)


def test_the_time_limit_holds_while_presolve_does_not_look() -> None:
    """45 thousand pairs: building alone takes longer than the limit."""
    program = knapsack(300)
    run, _ = searched(Mip(), program, Stop(seconds=0.5), start=program.lower)
    assert run.seconds < 0.75
    assert run.stop_reason is StopReason.TIME_LIMIT


def test_the_time_limit_of_other_engines_holds() -> None:
    """CBC is a program of its own; it ends with the group."""
    program = knapsack(80)
    run, _ = searched(CBC, program, Stop(seconds=1), start=program.lower)
    assert run.seconds < 1.25
    assert run.stop_reason is StopReason.TIME_LIMIT


def test_stopped_is_not_optimal() -> None:
    """PuLP 3 says ``Optimal`` for what a limit has ended; the adapter does not."""
    import pulp

    problem = _problem(knapsack(40))
    outcome = problem.solve(pulp.HiGHS(msg=False, objective_target=-1.0))
    assert outcome.ending is Ending.STOPPED


def test_no_point_is_no_point() -> None:
    """Stopped before the first one."""
    import pulp

    problem = _problem(knapsack(40))
    outcome = problem.solve(pulp.HiGHS(msg=False, timeLimit=0.0))
    assert outcome.ending is Ending.STOPPED


def test_infeasible_is_told() -> None:
    """Two rows, each within reach, not both together."""
    program = _apart()
    assert _problem(program).solve(_quiet()).ending is Ending.INFEASIBLE
    assert searched(Mip(), program)[1].infeasible


def _quiet() -> object:
    import pulp

    return pulp.HiGHS(msg=False)


def _apart() -> Program:
    return Program(
        lower=integers([0, 0]),
        upper=integers([1, 1]),
        worth=integers([1, 1]),
        row_start=integers([0, 2, 4]),
        row_var=integers([0, 1, 0, 1]),
        row_coef=integers([1, 1, 1, -1]),
        row_low=integers([1, 0]),
        row_high=integers([1, 0]),
        row_soft=integers([0, 0]),
        row_penalty=integers([0, 0]),
    )


def test_variables_that_are_fixed_stay_fixed() -> None:
    """PuLP 3 makes 0..1 of the bounds 0..0 of a ``Binary``."""
    program = knapsack(5).replace(upper=integers([0, 1, 1, 0, 1]))
    problem = _problem(program)
    assert [v.upBound for v in problem.variables[:5]] == [0, 1, 1, 0, 1]


def test_the_bound_has_the_right_sign() -> None:
    """HiGHS's bound is one of the minimisation that it was given: minus the worth."""
    program = knapsack(10)
    best, _ = searched(Mip(), program)
    end = run_highs(_problem(program), {}, Watch(lambda _: None, lambda *_: None))
    assert end.status == "kOptimal"
    assert -end.bound == pytest.approx(best.objective)


def test_the_objective_without_its_constant() -> None:
    """It never passes through the engine."""
    program = knapsack(8)
    moved = program.replace(constant=-1000)
    runs = [searched(s, p)[0] for s in (Mip(), CBC) for p in (program, moved)]
    found = [run.objective for run in runs]
    assert found[1] == (found[0] or 0) - 1000
    assert found == found[:2] * 2
    assert all(run.gap == 0 for run in runs)


def test_nothing_reaches_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """HiGHS prints a banner despite ``msg=False``; nobody sees it."""
    for solver in (Mip(), CBC):
        searched(solver, knapsack(8))
    assert capfd.readouterr().out == ""


def test_engines_are_not_imported_here(tmp_path: Path) -> None:
    """The parent needs no engine; a fresh process solves without importing one."""
    code = (
        "import sys, numpy as np\n"
        "from tests.solvers.engines import knapsack, searched\n"
        "from bundlesolve.solvers.mip import Mip\n"
        "assert searched(Mip(), knapsack(6))[0].gap == 0\n"
        "assert not {'pulp', 'highspy'} & set(sys.modules)\n"
    )

    environment = _environment(tmp_path)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_large_numbers_are_humble() -> None:
    """At 10**12 a double's bound is no proof of the last digit, and is not sold as one."""
    program = knapsack(10)
    large = program.replace(worth=program.worth + 10**12)
    run, proof = searched(Mip(), large)
    assert run.objective is not None
    assert run.bound is not None
    assert 0 < run.bound - run.objective < 10**12 // 10**5
    assert not proof.infeasible


def test_huge_rows_claim_no_infeasibility_by_mistake() -> None:
    """One exact subset sum at 10**13, surrounded by near misses."""
    rng = np.random.default_rng(5)
    weights = rng.integers(10**12, 2 * 10**12, 12)
    goal = int(weights[:5].sum())
    program = knapsack(12).replace(
        row_coef=weights, row_low=integers([goal]), row_high=integers([goal])
    )
    run, proof = searched(Mip(), program)
    assert not proof.infeasible
    assert run.bound is not None
    assert run.bound >= program.objective(integers([1] * 5 + [0] * 7))


@pytest.mark.parametrize("values", [{"engine": ""}, {"threads": 0}])
def test_nonsense_is_rejected(values: dict[str, object]) -> None:
    """At birth."""
    with pytest.raises(InvalidParameter, match="expected"):
        Mip(**values)  # type: ignore[arg-type]


def test_an_unknown_engine_is_refused() -> None:
    """With the engines that there are; and one that is known but not here."""
    program = knapsack(4)
    assert "PULP_CBC_CMD" in (Mip(engine="Xyzzy").refuses(program) or "")
    assert "does not find 'MOSEK'" in (Mip(engine="MOSEK").refuses(program) or "")
    assert Mip().refuses(program) is None
    assert CBC.refuses(program) is None

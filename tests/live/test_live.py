"""Live models: told changes, asked again and again, never wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import bundlesolve as bs
from bundlesolve.errors import InvalidInstance, InvalidParameter
from bundlesolve.live.live import Live
from bundlesolve.live.search import Search
from bundlesolve.model import Amounts, Budget, Include, Instance, Synergies, check
from bundlesolve.model.draft import CategoryDraft, RuleDraft, RuleKind
from bundlesolve.model.solution import Solution, Status
from bundlesolve.stop import Stop
from tests.live.steps import Step, changed, is_refused, steps
from tests.referee import best_by_brute, disagreements
from tests.strategies import instances

FEW = Stop(steps=300)


def open_live(instance: Instance) -> Live:
    """Open without a clock."""
    return bs.open(instance, "greedy", stop=Stop(steps=100))


def tell(live: Live, step: Step) -> object:
    """Make a change through the method for it."""
    kind, words = step
    if kind == "with_utility":
        return live.set_utility(words[0], words[1], bundle=words[2])
    if kind == "with_hold":
        item, inside, bundle = words
        verb = {True: live.lock, False: live.forbid, None: live.release}[inside]
        return verb(item, bundle=bundle)
    if kind == "with_side":
        name, side, value = words
        return getattr(live, f"set_{side}")(name, value)
    if kind == "limit_in_words":
        return tell_limit(live, words[0])
    verbs: dict[str, Any] = {
        "with_synergy": live.set_synergy,
        "with_stock": live.set_stock,
        "with_penalty": live.set_penalty,
        "without_limit": live.remove,
    }
    return verbs[kind](*words)


def tell_limit(live: Live, draft: RuleDraft | CategoryDraft) -> object:
    """Add a limit through the method for it."""
    if isinstance(draft, CategoryDraft):
        name = f"category {len(live.instance.limits)}"
        return live.category(name, draft.items, at_most=draft.at_most)
    verb = live.conflict if draft.kind is RuleKind.CONFLICT else live.requires
    return verb(*draft.items)


class Sessions(RuleBasedStateMachine):
    """Changes and questions in any order, against enumeration."""

    @initialize(instance=instances(most_items=4))
    def begin(self, instance: Instance) -> None:
        self.live = open_live(instance)
        self.answers = [self.live.solution]

    def judge(self, solution: Solution) -> None:
        """Compare with enumeration, and with all that was known."""
        truth = best_by_brute(solution.instance)
        assert disagreements(solution, truth) == []
        for known in self.answers:
            if known.units is None:
                continue
            verdict = check(solution.instance, known.units)
            if verdict.feasible:
                assert solution.objective is not None
                assert solution.objective >= verdict.objective

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        """Made as told, or refused and nothing changed."""
        before = self.live.instance
        step = data.draw(steps(before))
        if is_refused(before, step):
            with pytest.raises(InvalidInstance):
                tell(self.live, step)
            assert self.live.instance is before
            return
        assert tell(self.live, step) is self.live
        if step[0] != "limit_in_words" or isinstance(step[1][0], RuleDraft):
            assert self.live.instance == changed(before, step)

    @rule()
    def solve(self) -> None:
        """The answer is one to the model as it stands."""
        solution = self.live.solve(FEW)
        assert solution.instance is self.live.instance
        assert self.live.solution is solution
        self.judge(solution)
        self.answers.append(solution)

    @precondition(lambda self: self.live.instance.n > 1)
    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        """What if leaves the model alone, and answers the same twice."""
        live, before, last = self.live, self.live.instance, self.live.solution
        one, other = data.draw(st.permutations(before.items))[:2]
        inside = [one] if data.draw(st.booleans()) else []
        solution = live.forced(include=inside, exclude=[other], stop=FEW)
        again = live.forced(include=inside, exclude=[other], stop=FEW)
        assert (live.instance, live.solution) == (before, last)
        assert (again.objective, again.bound) == (solution.objective, solution.bound)
        for k in range(before.num_bundles if solution.units is not None else 0):
            assert set(inside) <= solution.chosen(k).keys() <= {*before.items} - {other}
        self.judge(solution)


Sessions.TestCase.settings = settings(max_examples=40, stateful_step_count=12)
TestSessions = Sessions.TestCase


def test_a_day_at_the_shop(tea: Instance) -> None:
    """By hand: tea and cake are 9; without tea the vase is best; and back."""
    live = open_live(tea)
    assert live.solution.objective == 9
    assert live.forbid("tea").solve(FEW).chosen() == {"vase": 1}
    assert live.release("tea").solve(FEW).objective == 9
    assert live.set_at_most("money", 4).solve(FEW).chosen() == {"vase": 1}
    assert live.set_utility("tea", 5).solve(FEW).chosen() == {"tea": 1}
    assert live.set_at_most("money", 9).solve(FEW).objective == 14
    live.conflict("tea", "cake").budget("weight", per_item={"vase": 2}, at_most=1)
    assert live.solve(FEW).chosen() == {"tea": 1}
    assert live.requires("tea", "cake").solve(FEW).chosen() == {"cake": 1}
    assert live.category("some", ["tea", "vase"], at_least=1).solve(FEW).units is None
    assert "Live" in repr(live)


def test_impossible_is_proved_where_rows_show_it(tea: Instance) -> None:
    """Cake and vase cost 7 of 6: told with a proof, and over when one is released."""
    live = open_live(tea).lock("cake").lock("vase")
    assert live.solve(FEW).status is Status.INFEASIBLE
    assert live.solution.bound is None
    assert live.release("vase").solve(FEW).objective == 9


def test_impossible_is_not_claimed_without_a_proof() -> None:
    """Of three items each pair is too dear, two are asked for: no row alone shows it."""
    trio = Instance(
        items=("a", "b", "c"),
        utility=np.array([1, 1, 1]),
        budgets=(Budget(name="money", per_unit=Amounts.of({0: 3, 1: 3, 2: 4}), at_most=5),),
    )
    live = open_live(trio).category("two", ["a", "b", "c"], at_least=2)
    solution = live.solve(FEW)
    assert solution.units is None
    assert solution.status in {Status.UNKNOWN, Status.INFEASIBLE}


def test_a_proof_outlives_what_only_forbids(tea: Instance) -> None:
    """The optimum without the vase is still the optimum; no search is needed."""
    live = bs.open(tea, "brute", stop=Stop(steps=1000))
    assert live.solution.status is Status.OPTIMAL
    solution = live.forbid("vase").solve(FEW)
    assert solution.status is Status.OPTIMAL
    assert solution.trace[0].steps == 0
    assert live.forced(include=["tea"]).status is Status.OPTIMAL


def test_former_answers_come_back(tea: Instance) -> None:
    """Tight and wide again: what was known is offered before the search."""
    live = bs.open(tea, "brute", stop=Stop(steps=1000))
    live.set_at_most("money", 2).solve(FEW)
    solution = live.set_at_most("money", 6).solve(FEW)
    assert (solution.objective, solution.trace[0].source) == (9, "last answer")


def test_forced_limits(tea: Instance) -> None:
    """What if there were less to spend, or no limit but one on vases."""
    live = open_live(tea)
    assert live.forced(at_most={"money": 4}, stop=FEW).chosen() == {"vase": 1}
    assert live.forced(at_most={"money": 99}, stop=FEW).objective == 12
    assert live.solution.objective == 9
    with pytest.raises(InvalidInstance, match="name of a limit"):
        live.forced(at_least={"time": 1})


def test_records_can_be_added(tea: Instance) -> None:
    """A limit made elsewhere, and one that is no limit."""
    live = open_live(tea).add(Include(name="vase please", item=2))
    assert "vase" in live.solve(FEW).chosen()
    with pytest.raises(InvalidInstance, match="budget, category or rule"):
        live.add(bs.Bundle("box"))  # type: ignore[arg-type]


def test_same_calls_same_answers() -> None:
    """Seeds and steps decide, not the clock."""
    instance = bs.generate.Qkp(items=60, density=50).make(3)

    def session(seed: int) -> list[tuple[int | None, int | None]]:
        live = bs.open(instance, "local", stop=Stop(steps=200), seed=seed)
        told = []
        for item in instance.items[:6]:
            solution = live.forbid(item).solve(Stop(steps=400))
            told.append((solution.objective, solution.bound))
        return told

    assert session(5) == session(5)


def test_the_search_is_a_solver(tea: Instance) -> None:
    """It may be asked like any other; parameters have their ranges."""
    assert bs.solve(tea, Search(), stop=FEW).objective == 9
    with pytest.raises(InvalidParameter, match="patience"):
        Search(patience=0)


def test_elites_have_nothing_in_common() -> None:
    """Two pairs of equal worth and room for one: either may become the better one."""
    twice = Instance(
        items=("a", "b", "c", "d"),
        utility=np.array([1, 1, 1, 1]),
        synergies=Synergies.of({(0, 1): 9, (2, 3): 9}),
        budgets=(Budget(name="m", per_unit=Amounts.dense(np.ones(4, int)), at_most=2),),
    )
    live = open_live(twice)
    first, *elites = live._past.answers[0].tolist(), *live._past.elites
    assert (np.array(first) & elites[0]).sum() == 0
    item = next(iter(live.solution.chosen()))
    solution = live.forbid(item).solve(FEW)
    assert solution.objective == 11
    assert solution.trace[0].source == "last answer"


def test_starts_are_taken(tea: Instance) -> None:
    """A good answer from elsewhere is the first one."""
    live = bs.open(tea, "greedy", stop=Stop(steps=1), start={"tea": 1, "cake": 1})
    assert live.solution.objective == 9

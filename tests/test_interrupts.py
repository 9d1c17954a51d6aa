"""Signals: the first one asks, the second one insists, and everything is put back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from bundlesolve.interrupts import interrupts, patience
from bundlesolve.model import Instance, compile
from bundlesolve.run import Run
from bundlesolve.stop import Stop


@pytest.fixture
def run(tea: Instance) -> Run:
    """A run without limits."""
    return Run(compile(tea).program, Stop(), np.random.default_rng(0))


def signalled_twice(run: Run, number: signal.Signals) -> None:
    """Send a signal while a run searches, and once more after it noticed."""
    with interrupts(run):
        signal.raise_signal(number)
        assert run.should_stop()
        signal.raise_signal(number)


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    """Python's own handler, also where the tests were started with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_signal_asks_the_second_insists(run: Run) -> None:
    """One Ctrl-C makes the run stop; the next one acts as without us."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signalled_twice(run, signal.SIGINT)
    assert run.interrupted
    assert signal.getsignal(signal.SIGINT) is before


def test_a_command_insists_at_the_second_signal_too(run: Run) -> None:
    """With an answer in hand, one signal to the run and one more end the command."""
    with patience() as patient:
        patient.holding = True
        with pytest.raises(KeyboardInterrupt):
            signalled_twice(run, signal.SIGTERM)
        assert run.interrupted
        assert patient.asked


def test_an_answer_is_not_lost_to_one_signal() -> None:
    """Holding an answer, the first signal is noted and only the second raises."""
    with patience() as patient:
        patient.holding = True
        signal.raise_signal(signal.SIGINT)
        assert patient.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_without_an_answer_the_first_signal_raises() -> None:
    """There is nothing to lose."""
    with patience(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_handlers_are_put_back() -> None:
    """Both signals have their old handlers afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with patience():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before


def test_another_thread_changes_nothing(run: Run) -> None:
    """Python delivers signals to the main thread only."""
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with patience() as patient, interrupts(run):
            seen.append((signal.getsignal(signal.SIGINT), patient.asked))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(before, False)]

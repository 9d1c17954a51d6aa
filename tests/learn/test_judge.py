"""`learn` judges its models before it learns from everything, and says what it does."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from bundlesolve.cli.main import cli
from bundlesolve.cli.steps import Steps
from bundlesolve.errors import InvalidParameter
from bundlesolve.learn import CleaningRule, Learned, learn
from tests.learn.test_utility_models import habits


def rows() -> pd.DataFrame:
    """Return receipts of customers of two tastes as a table."""
    receipts = habits()
    line = receipts.basket_of_line
    assert receipts.customer is not None
    return pd.DataFrame(
        {
            "basket": line,
            "item": [receipts.items[i] for i in receipts.item],
            "customer": receipts.customer[line],
            "price": 1.0,
            "time": line,
        }
    )


def learned(split: str) -> Learned:
    return learn(rows(), cleaning=CleaningRule(least_baskets=5), split=split)


@pytest.mark.parametrize("split", ["time", "customer"])
def test_the_card_tells_split_and_metrics(split: str) -> None:
    """Parts of 70, 10 and 20 %; beside the models stands popularity; all repeatable."""
    card = json.loads(learned(split).card.to_json())
    told = card["split"]
    assert told["by"] == split
    total = told["train"] + told["valid"] + told["test"]
    assert total == card["cleaning"]["baskets"]
    assert 0.6 < told["train"] / total < 0.8
    assert set(card["metrics"]) == {"popularity", "trend + excess"}
    for metrics in card["metrics"].values():
        assert 0 <= metrics["Recall@10"] <= 1
        assert metrics["NLL"] > 0
    # Pairs tell the tastes apart.
    assert card["metrics"]["trend + excess"]["NLL"] < card["metrics"]["popularity"]["NLL"]
    again = json.loads(learned(split).card.to_json())
    assert again == card


def test_judging_changes_nothing_learned() -> None:
    judged, plain = learned("time"), learned("none")
    assert judged.instance.fingerprint == plain.instance.fingerprint
    assert plain.card.split is None
    assert plain.card.metrics is None


def test_splits_that_cannot_be() -> None:
    with pytest.raises(InvalidParameter, match="split"):
        learn(rows(), split="half")
    with pytest.raises(InvalidParameter, match="times"):
        learn(rows().drop(columns="time"), split="time")
    with pytest.raises(InvalidParameter, match="customers"):
        learn(rows().drop(columns="customer"), split="customer")


def test_steps_in_plain_lines() -> None:
    """Not a terminal: lines if asked for, else nothing; more steps than expected fit."""
    out = io.StringIO()
    with Steps(1, shown=True, stream=out) as steps:
        steps.tell("read")
        steps.tell("clean")
    assert out.getvalue() == "1/1 read\n2/2 clean\n"
    silent = io.StringIO()
    for shown in (None, False):
        with Steps(1, shown=shown, stream=silent) as steps:
            steps.tell("read")
    assert not silent.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_steps_as_a_bar() -> None:
    out = Terminal()
    with Steps(2, stream=out) as steps:
        steps.tell("read")
    assert "start" in out.getvalue() or "read" in out.getvalue()


def test_the_command(tmp_path: Path) -> None:
    """The card is written, steps are told on stderr, nothing but the file elsewhere."""
    file, out, card = (tmp_path / name for name in ("r.csv", "i.json", "c.json"))
    rows().to_csv(file, index=False)
    where = ["learn", str(file), "-o", str(out), "--card", str(card)]
    run = CliRunner().invoke(cli, [*where, "--split", "customer", "--progress"])
    assert run.exit_code == 0, run.output
    assert not run.stdout
    assert "1/7 read receipts" in run.stderr
    assert json.loads(card.read_text())["split"]["by"] == "customer"
    quiet = CliRunner().invoke(cli, [*where, "--progress", "-q"])
    assert not quiet.stderr

"""`bundlesolve evaluate`, `models`, and the models of `learn`, from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bundlesolve.cli.main import cli
from bundlesolve.learn.synergies.registry import SYNERGIES
from bundlesolve.learn.utilities.registry import UTILITIES
from tests.conftest import ROOT

SAMPLE = [
    str(ROOT / "instances" / "online-retail-receipts.csv.gz"),
    "--catalogue",
    str(ROOT / "instances" / "online-retail-catalogue.csv"),
    "--rules",
    str(ROOT / "instances" / "online-retail-rules.toml"),
]


def run(*arguments: str) -> str:
    """Run a command that succeeds and return what it prints."""
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_models_are_listed() -> None:
    """As JSON with parameters and their documents, as Markdown, as a table."""
    found = json.loads(run("models", "--json"))
    names = [(model["kind"], model["name"]) for model in found]
    assert names == [("utility", n) for n in sorted(UTILITIES)] + [
        ("synergy", n) for n in sorted(SYNERGIES)
    ]
    for model in found:
        assert model["summary"]
        assert model["formula"]
        for parameter in model["parameters"]:
            assert parameter["doc"], f"{model['name']}.{parameter['name']}"
    assert "`ising`" in run("models", "--markdown")
    assert "pairs_per_item=20" in run("models")
    both = CliRunner().invoke(cli, ["models", "--json", "--markdown"])
    assert both.exit_code != 0


def test_evaluate_on_the_sample(tmp_path: Path) -> None:
    """Utility and synergy together beat either, by every ranking metric."""
    file = tmp_path / "found.json"
    shown = run(
        "evaluate",
        *SAMPLE,
        "--most-items",
        "200",
        "--synergy",
        "cosine",
        "--decisions",
        "--time-limit",
        "0.1",
        "--json",
        str(file),
    )
    assert "household + cosine" in shown
    assert "oracle" in shown
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["items"] == 200
    models = found["models"]
    best = models["household + cosine"]["metrics"]
    for name in ("Recall@10", "NDCG@20", "MRR", "AUC"):
        assert best[name] > models["household alone"]["metrics"][name]
        assert best[name] > models["popularity"]["metrics"][name]
    assert best["NLL"] < models["household alone"]["metrics"]["NLL"]
    assert len(found["decisions"]) == 15
    assert {d["way"] for d in found["decisions"]} == {"learned", "popularity", "oracle"}


def test_bundles_are_chosen_by_the_models_of_learn() -> None:
    """Unless models are named: then by these, and the other one is that of `learn`."""
    what = ["evaluate", *SAMPLE, "--most-items", "40", "--json", "-", "-q"]
    what += ["--decisions", "--time-limit", "0.05", "--method", "greedy"]
    assert json.loads(run(*what))["decided_by"] == "trend + excess"
    named = json.loads(run(*what, "--utility", "popularity", "--synergy", "lift"))
    assert named["decided_by"] == "popularity + lift"
    one = json.loads(run(*what, "--synergy", "lift"))
    assert one["decided_by"] == "trend + lift"
    assert json.loads(run(*what[:-5]))["decided_by"] is None


def test_evaluate_other_splits() -> None:
    """By customer, and at given times; JSON alone on stdout."""
    small = ["--most-items", "60", "--synergy", "lift", "--utility", "popularity"]
    by = run("evaluate", *SAMPLE, *small, "--split", "customer", "--json", "-", "-q")
    assert json.loads(by)["items"] == 60
    times = ["--valid-from", "2011-09-01", "--test-from", "2011-10-15", "--at", "5"]
    shown = json.loads(run("evaluate", *SAMPLE, *small, *times, "--json", "-", "-q"))
    assert "Recall@5" in shown["models"]["popularity"]["metrics"]


def test_evaluate_tells_its_steps() -> None:
    """Plain lines on stderr if asked for, none unasked or with -q; the same on stdout."""
    small = ["--most-items", "40", "--synergy", "lift", "--utility", "popularity"]
    what = ["evaluate", *SAMPLE, *small, "--json", "-", "--decisions"]
    what += ["--time-limit", "0.05", "--method", "greedy"]
    loud = CliRunner().invoke(cli, [*what, "--progress"], catch_exceptions=False)
    assert loud.exit_code == 0, loud.output
    lines = [line for line in loud.stderr.splitlines() if "/10 " in line]
    assert [line.split("/")[0] for line in lines] == [str(k) for k in range(1, 11)]
    assert lines[0] == "1/10 read and split receipts"
    assert lines[1] == "2/10 fit popularity + lift"
    assert lines[2].startswith("3/10 judge popularity: ")
    assert lines[-1] == "10/10 decide: at most 20 articles"
    quiet = CliRunner().invoke(cli, [*what, "--progress", "-q"], catch_exceptions=False)
    assert not quiet.stderr
    unasked = CliRunner().invoke(cli, what, catch_exceptions=False)
    assert "/10 " not in unasked.stderr
    timeless = [json.loads(found.stdout)["models"] for found in (loud, quiet, unasked)]
    assert timeless[0] == timeless[1] == timeless[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--at", "many"], "--at"),
        (["--set", "synergy.rigde=1"], "rigde"),
        (["--set", "ridge=1"], "utility.NAME=VALUE"),
        (["--test-from", "soon"], "test_from"),
        (["--utility", "magic"], "magic"),
    ],
)
def test_evaluate_tells_what_is_wrong(arguments: list[str], told: str) -> None:
    """Wrong options are told before the work, or with the words to mend them."""
    result = CliRunner().invoke(cli, ["evaluate", *SAMPLE, *arguments])
    assert result.exit_code != 0
    assert told in result.output


def test_learn_with_other_models(tmp_path: Path) -> None:
    """The card names the models and the parameters that were set."""
    card, file = tmp_path / "card.json", tmp_path / "instance.json"
    models = ["--utility", "trend", "--synergy", "lift", "--set", "synergy.shrinkage=5"]
    where = ["-o", str(file), "--card", str(card)]
    run("learn", *SAMPLE, "--most-items", "100", *models, *where, "-q")
    told = json.loads(card.read_text(encoding="utf-8"))
    assert told["utility"]["name"] == "trend"
    assert told["synergy"]["parameters"]["shrinkage"] == 5
    assert json.loads(file.read_text(encoding="utf-8"))["items"]

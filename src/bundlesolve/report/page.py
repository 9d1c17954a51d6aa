"""One HTML page that holds the whole report: no network, no other file.

Charts are drawn in the browser by the scripts in ``assets`` from numbers in the page.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from importlib.resources import files
from typing import Any

from bundlesolve.bench.statistics.measure import Measure
from bundlesolve.bench.statistics.treatment import TREATMENT
from bundlesolve.report.digest import Digest
from bundlesolve.report.facts import facts, lead
from bundlesolve.report.methods_table import methods_table
from bundlesolve.report.page_data import curve_data, problem_data
from bundlesolve.report.page_tables import hints_list, html_list, html_table
from bundlesolve.report.pairs_table import measure_name, pairs_table
from bundlesolve.report.problems_table import problems_table
from bundlesolve.report.sets_table import sets_of, sets_table

MOST_BYTES = 1_500_000
"""Largest page: it is to be mailed."""
TRACES = (200, 80, 30, 12, 4, 2, 0, None)
"""Steps of each trace that are kept, fewer until the page is small enough; None: not
even the runs."""
SCRIPTS = ("theme.js", "sorting.js", "chart.js", "figures.js", "problem.js")


def page(found: Digest, most_bytes: int = MOST_BYTES) -> str:
    """Return the page.

    Parameters
    ----------
    found
        What the report tells.
    most_bytes
        Largest size in bytes. Traces are thinned until the page is no larger, then
        problems are left out of what can be looked at one by one; the page says so.
        Default `MOST_BYTES`.
    """
    fixed = _fixed(found)
    curves = curve_data(found)
    problems = len(found.runs.problems)
    for points in TRACES:
        text = _filled(found, fixed, curves, points, problems)
        if len(text.encode()) < most_bytes:
            return text
    while problems:
        problems //= 2
        text = _filled(found, fixed, curves, None, problems)
        if len(text.encode()) < most_bytes:
            break
    return text


def _fixed(found: Digest) -> dict[str, str]:
    """Return the parts that are the same however much of the runs is shown."""
    methods = methods_table(found)
    return {
        "title": escape(found.title),
        "style": _asset("page.css"),
        "lead": escape(lead(found)),
        "facts": html_list(facts(found)),
        "methods": html_table(replace(methods, note=""), "methods"),
        "means": escape(_means(found)),
        "sets": _sets(found),
        "tests": _tests(found),
        "hints": hints_list(methods),
        "treatment": escape(TREATMENT),
        "script": "\n".join(_asset(name) for name in SCRIPTS),
    }


def _filled(
    found: Digest,
    fixed: dict[str, str],
    curves: dict[str, Any],
    points: int | None,
    problems: int,
) -> str:
    table = problems_table(found)
    table = replace(table, rows=table.rows[:problems])
    scores = [{**m, "scores": m["scores"][:problems]} for m in curves["measures"]]
    shown = problem_data(found, points, problems)
    data = {**curves, "measures": scores, "problems": shown}
    parts = {
        **fixed,
        "problems": html_table(table, "problems", opens=True),
        "thinned": escape(_thinned(found, points, problems)),
        "data": _json(data),
    }
    # One pass: what is put in is never searched for marks.
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: parts[mark[1]], _asset("page.html"))


def _means(found: Digest) -> str:
    ranks = found.rankings[Measure.INTEGRAL]
    words = f"Seconds are shifted geometric means, shift {found.shift:g} s."
    if ranks.left_out:
        count = len(found.runs.problems)
        words += f" Ranks leave out {ranks.left_out} of {count} problems."
    return words


def _sets(found: Digest) -> str:
    """Return the table of the sets, nothing where there is only one."""
    return html_table(sets_table(found), "sets") if len(sets_of(found)) > 1 else ""


def _tests(found: Digest) -> str:
    texts = []
    for measure in Measure:
        if found.rankings[measure].pairs:
            name = escape(measure_name(measure, found.target))
            opened = " open" if measure is Measure.INTEGRAL else ""
            inner = html_table(pairs_table(found, measure), f"tests-{measure.value}")
            texts.append(f"<details{opened}><summary>By {name}</summary>{inner}</details>")
    return "\n".join(texts) or "<p>Fewer than two methods have a problem in common.</p>"


def _thinned(found: Digest, points: int | None, problems: int) -> str:
    words = []
    longest = max(max(len(run.incumbents), len(run.bounds)) for run in found.runs.records)
    if points is None:
        words.append("To keep the page small, single runs are left out.")
    elif not points and longest:
        words.append("To keep the page small, traces of single runs are left out.")
    elif longest > points:
        words.append(f"To keep the page small, traces show at most {points} steps.")
    if problems < len(found.runs.problems):
        count = len(found.runs.problems)
        words.append(f"Only the first {problems} of {count} problems are listed.")
    return " ".join(words)


def _json(data: object) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _asset(name: str) -> str:
    return files("bundlesolve.report").joinpath("assets", name).read_text("utf-8")

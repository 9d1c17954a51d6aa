"""Somebody else's solver for knapsacks: the best item that still fits, again and again.

python bench/example_solver.py instance.json solution.json
"""

import json
import sys
from pathlib import Path

instance = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
weight, room = instance["budgets"][0]["per_item"], instance["budgets"][0]["at_most"]
worth = {item["id"]: item.get("utility", 0) for item in instance["items"]}
bundle: dict[str, int] = {}
objective = 0
while fitting := [i for i in worth if i not in bundle and weight.get(i, 0) <= room]:
    best = max(fitting, key=lambda i: worth[i] / max(weight.get(i, 0), 1))
    bundle[best] = 1
    objective, room = objective + worth[best], room - weight.get(best, 0)
    for first, second, synergy in instance["synergies"]:
        if best in (first, second):
            worth[second if best == first else first] += synergy
name = instance.get("bundles", [{"id": "bundle"}])[0]["id"]
solution = {
    "bundlesolve-solution": 1,
    "status": "feasible",
    "objective": objective,
    "units": {name: bundle},
}
Path(sys.argv[2]).write_text(json.dumps(solution), encoding="utf-8")

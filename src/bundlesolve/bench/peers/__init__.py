"""Other solvers in the same harness, each in its best honest formulation, one file each.

A peer is a module with ``SUMMARY``, ``NEEDS`` (names of the packages it runs on, as pip
knows them), ``MODULES`` (as Python imports them) and ``solve_peer(run)``, see
`bundlesolve.bench.peers.run.PeerRun`.
"""

from __future__ import annotations

PEERS: dict[str, str] = {
    "annealing": "bundlesolve.bench.peers.annealing",
    "cpsat": "bundlesolve.bench.peers.cpsat",
    "deap": "bundlesolve.bench.peers.deap",
    "gurobi": "bundlesolve.bench.peers.gurobi",
    "highs": "bundlesolve.bench.peers.highs",
    "pulp": "bundlesolve.bench.peers.pulp",
    "scip": "bundlesolve.bench.peers.scip",
    "scipy": "bundlesolve.bench.peers.scipy",
    "tabu": "bundlesolve.bench.peers.tabu",
}
"""Every peer by name, as its module; imported when asked for."""
EXTRA = "peers"
"""The extra of this package that brings what only peers need."""

"""Instances from networkx graphs, and back: items are nodes, synergies edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.builder import Builder
from bundlesolve.model.columns import in_units
from bundlesolve.model.decimals import Number, shortened
from bundlesolve.model.frozen import integers
from bundlesolve.model.instance import Instance

if TYPE_CHECKING:
    import networkx as nx

NODE_ATTRIBUTES = ("label", "utility", "max_units", "extra_utility", "stock")


def from_networkx(
    graph: nx.Graph,
    *,
    budgets: Mapping[str, Number] | None = None,
    worth: str = "worth",
    name: str | None = None,
    decimals: int | None = None,
    minimise: bool = False,
) -> Instance:
    """Make an instance from a graph.

    For more than it can say (categories, rules, several bundles) see `add_graph`.

    Parameters
    ----------
    graph
        Nodes are items, turned to text; their attributes ``utility`` (default 0),
        ``label``, ``max_units``, ``extra_utility``, ``stock`` count. Edges are pairs.
    budgets
        Node attributes with what each unit uses, and the most of it per bundle, such
        as ``{"price": 20}``; nodes without the attribute use nothing. Default: none.
    worth
        Edge attribute with the worth of the pair; every edge must have it.
    name
        Default: the graph's name.
    decimals, minimise
        As for `Builder`.

    Raises
    ------
    InvalidInstance
        If an edge has no worth, joins a node to itself or joins two nodes again, no
        node has an attribute that ``budgets`` names, or a number does not fit.
    """
    title = str(graph.graph.get("name", "")) if name is None else name
    builder = Builder(title, decimals, minimise=minimise)
    return add_graph(builder, graph, budgets=budgets, worth=worth).build()


def add_graph(
    builder: Builder,
    graph: nx.Graph,
    *,
    budgets: Mapping[str, Number] | None = None,
    worth: str = "worth",
) -> Builder:
    """Tell a builder what a graph says, and return it; see `from_networkx`."""
    for node, said in graph.nodes(data=True):
        label = said.get("label")
        builder.item(
            str(node),
            said.get("utility", 0),
            label=None if label is None else str(label),
            max_units=said.get("max_units", 1),
            extra_utility=said.get("extra_utility"),
            stock=said.get("stock"),
        )
    for a, b, value in graph.edges(data=worth):
        if value is None:
            found = f"none on the edge {shortened(a)}, {shortened(b)}"
            raise InvalidInstance(f"an attribute {worth!r}", found, "$.synergies")
        builder.synergy(str(a), str(b), value)
    for budget, most in (budgets or {}).items():
        amounts = graph.nodes(data=budget)
        used = {str(node): amount for node, amount in amounts if amount is not None}
        if not used:
            expected = f"a node attribute {budget!r}"
            raise InvalidInstance(expected, "none on any node", "$.items")
        builder.budget(budget, per_unit=used, at_most=most)
    return builder


def to_networkx(instance: Instance) -> nx.Graph:
    """Return an instance as a graph, in the user's units.

    ``from_networkx(to_networkx(x), decimals=x.decimals, minimise=x.minimise)`` equals
    ``x`` without its limits and bundles, for which a graph has no place. What each unit
    uses of a budget is a node attribute of the budget's name (with ``(budget)`` behind
    it where that name is taken).
    """
    import networkx as nx

    sign = -1 if instance.minimise else 1
    decimals = instance.decimals
    said = _nodes(instance, sign)
    for budget in instance.budgets:
        taken = budget.name in NODE_ATTRIBUTES
        name = f"{budget.name} (budget)" if taken else budget.name
        amounts = in_units(budget.per_unit.values, budget.decimals)
        for i, amount in zip(budget.per_unit.items.tolist(), amounts, strict=True):
            said[i][name] = amount
    graph = nx.Graph(name=instance.name)
    graph.add_nodes_from(zip(instance.items, said, strict=True))
    pairs, items = instance.synergies, instance.items
    worths = in_units(sign * pairs.worth, decimals)
    columns = (pairs.first.tolist(), pairs.second.tolist(), worths)
    graph.add_weighted_edges_from(
        ((items[i], items[j], value) for i, j, value in zip(*columns, strict=True)),
        weight="worth",
    )
    return graph


def _nodes(instance: Instance, sign: int) -> list[dict[str, Any]]:
    """Return what each node says of its item."""
    utility = in_units(sign * instance.utility, instance.decimals)
    units = instance.max_units.tolist()
    said: list[dict[str, Any]] = [
        {"utility": worth, "max_units": most}
        for worth, most in zip(utility, units, strict=True)
    ]
    for i, label in enumerate(instance.labels or ()):
        said[i]["label"] = label
    for i, worths in instance.extra_utility:
        said[i]["extra_utility"] = in_units(sign * integers(worths), instance.decimals)
    stock = zip(instance.stock.items.tolist(), instance.stock.values.tolist(), strict=True)
    for i, there in stock:
        said[i]["stock"] = there
    return said

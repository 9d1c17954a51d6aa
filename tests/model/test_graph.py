"""networkx graphs: in, out, and the same again."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from bundlesolve.errors import InvalidInstance
from bundlesolve.model import Amounts, Budget, Bundle, Instance
from bundlesolve.model.builder import Builder
from bundlesolve.model.graph import add_graph, from_networkx, to_networkx
from tests.strategies import instances


def tea_time() -> nx.Graph:
    """Tea with a price, cake without one."""
    graph = nx.Graph(name="tea time")
    graph.add_node("tea", utility=3, price=1.2, colour="green")
    graph.add_node("cake", label="Cake", stock=4)
    graph.add_edge("cake", "tea", worth=4.25)
    return graph


@given(instances())
def test_there_and_back(instance: Instance) -> None:
    """Nodes and edges come back as they were, at their scale."""
    graph = to_networkx(instance)
    again = from_networkx(graph, decimals=instance.decimals, minimise=instance.minimise)
    bare = {"budgets": (), "categories": (), "rules": ()}
    assert again == instance.replace(bundles=(Bundle(),), **bare)


def test_a_budget_comes_back_by_its_attribute() -> None:
    """What each unit uses is an attribute; asked for, it is the budget again."""
    money = Budget(
        name="money", per_unit=Amounts.of({0: 125, 2: -50}), at_most=500, decimals=2
    )
    instance = Instance(("a", "b", "c"), np.array([1, 2, 3]), budgets=(money,))
    graph = to_networkx(instance)
    assert graph.nodes["a"]["money"] == 1.25
    assert "money" not in graph.nodes["b"]
    again = from_networkx(graph, budgets={"money": 5})
    assert again.budgets[0].per_unit == money.per_unit
    assert again == instance


def test_a_graph_as_it_is() -> None:
    """Attributes we do not know stay alone; a node may say nothing."""
    instance = from_networkx(tea_time(), budgets={"price": 5})
    expected = (
        Builder("tea time")
        .item("tea", 3)
        .item("cake", label="Cake", stock=4)
        .synergy("tea", "cake", 4.25)
        .budget("price", per_unit={"tea": 1.2}, at_most=5)
    )
    assert instance == expected.build()


def test_a_weighted_graph_of_others() -> None:
    """A public graph with numbers for nodes and weights on its edges is an instance."""
    graph = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 2.5), (1, 2, 3.0)])
    instance = from_networkx(graph, worth="weight", name="path")
    assert instance.items == ("0", "1", "2")
    assert instance.name == "path"
    assert instance.synergies.worth.tolist() == [25, 30]


def test_a_graph_and_more() -> None:
    """A builder that was told a graph can be told rules afterwards."""
    instance = add_graph(Builder("x"), tea_time()).include("tea").build()
    assert (instance.name, len(instance.rules)) == ("x", 1)


def test_names_that_are_taken() -> None:
    """A budget called like an attribute of items does not push it out."""
    stock = Budget(name="stock", per_unit=Amounts.of({0: 5}), at_most=5)
    graph = to_networkx(Instance(("a",), np.array([3]), budgets=(stock,)))
    assert graph.nodes["a"] == {"utility": 3, "max_units": 1, "stock (budget)": 5}


def test_what_is_wrong_is_said() -> None:
    """No worth, a loop, an edge in both directions, an attribute nobody has."""
    graph = tea_time()
    with pytest.raises(InvalidInstance, match="'value', found none on the edge 'tea'"):
        from_networkx(graph, worth="value")
    with pytest.raises(InvalidInstance, match="a node attribute 'weight', found none"):
        from_networkx(graph, budgets={"weight": 1})
    both = nx.DiGraph(graph)
    with pytest.raises(InvalidInstance, match="each pair once"):
        from_networkx(both)
    graph.add_edge("tea", "tea", worth=1)
    with pytest.raises(InvalidInstance, match="'tea' with itself"):
        from_networkx(graph)

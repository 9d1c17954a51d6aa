"""What an instance's JSON holds, format version 1: one struct per object, as written.

The reader validates against these structs and `json_schema` publishes them. Numbers are
in the user's units. Null is allowed where a key that is left out means "none".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

VERSION = 1

Number = int | Decimal
Id = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]
Decimals = Annotated[int, Meta(ge=0, le=15)]
Penalty = Annotated[
    Number | None,
    Meta(
        description="Worth lost per unit of violation: per one unit of a budget's "
        "resource, per item of a category, per broken rule. Without it the limit is hard.",
        extra_json_schema={"minimum": 0},
    ),
]
Priority = Annotated[
    int | None,
    Meta(description="Which limit the shop would rather give up: the lowest first."),
]
BundleIds = Annotated[
    Annotated[list[str], Meta(min_length=1)] | None,
    Meta(description="Ids of the bundles that the limit applies to. Default: all."),
]
Amounts = dict[str, Number]
LimitName = Annotated[
    str, Meta(min_length=1, description="Unique among all limits of the instance.")
]
AtMost = Annotated[Number | None, Meta(description="Most that may be used.")]
AtLeast = Annotated[Number | None, Meta(description="Least that must be used.")]
MostItems = Annotated[Count | None, Meta(description="Most different items.")]
LeastItems = Annotated[Count | None, Meta(description="Fewest different items.")]


class Item(Struct, forbid_unknown_fields=True, frozen=True):
    """An item that may be chosen."""

    id: Annotated[Id, Meta(description="How other parts call the item; unique.")]
    label: Annotated[str | None, Meta(description="Name for people. Default: the id.")] = (
        None
    )
    utility: Annotated[Number, Meta(description="Worth of the first unit.")] = 0
    max_units: Annotated[Count, Meta(description="Most units in one copy of a bundle.")] = 1
    extra_utility: Annotated[
        Number | Annotated[list[Number], Meta(min_length=1)] | None,
        Meta(
            description="Worth of the second, third, ... unit, never increasing (under "
            "minimise: cost, never decreasing); the last goes on. Default: 0 each."
        ),
    ] = None
    stock: Annotated[
        Count | None,
        Meta(description="Units for all copies of all bundles. Default: no limit."),
    ] = None


class Bundle(Struct, forbid_unknown_fields=True, frozen=True):
    """A bundle to fill."""

    id: Annotated[Id, Meta(description="How limits call the bundle; unique.")]
    copies: Annotated[int, Meta(ge=1, description="How many copies of it are made.")] = 1
    utility: Annotated[
        Amounts | None,
        Meta(description="Worth of the first unit in this bundle, where it differs."),
    ] = None


class Budget(Struct, forbid_unknown_fields=True, frozen=True):
    """A limit on a resource such as money; needs at_most, at_least or both."""

    name: LimitName
    per_item: Annotated[
        Amounts | None, Meta(description="What an item uses once, if it is in.")
    ] = None
    per_unit: Annotated[
        Amounts | None, Meta(description="What every unit of an item uses.")
    ] = None
    at_most: AtMost = None
    at_least: AtLeast = None
    scope: Annotated[
        Literal["bundle", "total"],
        Meta(
            description="Each bundle on its own (one copy), or all bundles together, "
            "counting copies."
        ),
    ] = "bundle"
    bundles: BundleIds = None
    decimals: Annotated[
        Decimals | None,
        Meta(description="Decimals of this budget. Default: the most a number has."),
    ] = None
    penalty: Penalty = None
    priority: Priority = None


class Category(Struct, forbid_unknown_fields=True, frozen=True):
    """A limit on how many different items of a group are in a bundle."""

    name: LimitName
    items: Annotated[
        list[str] | Literal["*"],
        Meta(description='Ids of the group, or "*" for every item.'),
    ]
    at_most: MostItems = None
    at_least: LeastItems = None
    bundles: BundleIds = None
    penalty: Penalty = None
    priority: Priority = None


class Rule(Struct, forbid_unknown_fields=True, frozen=True):
    """A rule about items: exactly one of include, exclude, conflict, requires."""

    include: Annotated[str | None, Meta(description="This item must be in the bundle.")] = (
        None
    )
    exclude: Annotated[
        str | None, Meta(description="This item must not be in the bundle.")
    ] = None
    conflict: Annotated[
        Annotated[list[str], Meta(min_length=2)] | None,
        Meta(description="At most one of these items may be in the bundle."),
    ] = None
    requires: Annotated[
        tuple[str, str] | None,
        Meta(description="The first item may be in only if the second is."),
    ] = None
    name: Annotated[
        Id | None,
        Meta(description="Unique among all limits. Default: made from the rule."),
    ] = None
    bundles: BundleIds = None
    penalty: Penalty = None
    priority: Priority = None


class Document(Struct, forbid_unknown_fields=True, frozen=True):
    """An instance: items, what they are worth alone and together, and limits."""

    bundlesolve: Annotated[Literal[1], Meta(description="Version of the format.")]
    items: Annotated[list[Item], Meta(description="What may be chosen.")]
    name: Annotated[str, Meta(description="What the instance is called.")] = ""
    decimals: Annotated[
        Decimals | None,
        Meta(description="Decimals of every worth. Default: the most a worth has."),
    ] = None
    minimise: Annotated[
        bool,
        Meta(
            description="True when utility and synergies are costs and the least total "
            "cost is wanted. Penalties are lost in both cases."
        ),
    ] = False
    synergies: Annotated[
        list[tuple[str, str, Number]] | None,
        Meta(description="Pairs [a, b, worth], each unordered pair once."),
    ] = None
    bundles: Annotated[
        Annotated[list[Bundle], Meta(min_length=1)] | None,
        Meta(description='The bundles to fill. Default: one copy of one, "bundle".'),
    ] = None
    budgets: Annotated[list[Budget] | None, Meta(description="Limits on resources.")] = None
    categories: Annotated[
        list[Category] | None, Meta(description="Limits on groups of items.")
    ] = None
    rules: Annotated[
        list[Rule] | None, Meta(description="What must, must not, or needs what.")
    ] = None

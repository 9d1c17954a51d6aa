"""Certificates as JSON, format ``bundlesolve-certificate`` version 1, written and read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.files.json_errors import translated
from bundlesolve.files.json_text import parse
from bundlesolve.files.source import display_name, read_bytes, write_bytes

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Amount = int | Decimal
Item = str | tuple[int, int] | None
MOST_BITS = 256


class Claim(StrEnum):
    """What a certificate proves."""

    OPTIMAL = "optimal"  #: no point is worth more than the answer
    BOUND = "bound"  #: no point is worth more than the bound
    INFEASIBLE = "infeasible"  #: there is no point


class Size(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Size of the canonical program that the numbers of a proof speak of."""

    variables: Count
    pairs: Count
    rows: Count


class Document(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A proof about one instance that `bundlesolve check` replays."""

    version: Annotated[Literal[1], msgspec.Meta(description="Version of the format.")] = (
        msgspec.field(name="bundlesolve-certificate")
    )
    instance: Annotated[str, msgspec.Meta(description="Name of the instance.")]
    fingerprint: Annotated[str, msgspec.Meta(description="Fingerprint of the instance.")]
    program: Size
    claim: Annotated[
        Literal["optimal", "bound", "infeasible"],
        msgspec.Meta(description="What is proved."),
    ]
    objective: Annotated[
        Amount | None,
        msgspec.Meta(description="Worth of the known answer, in the user's unit."),
    ]
    bound: Annotated[
        Amount | None,
        msgspec.Meta(description="No answer is worth more; null when there is none."),
    ]
    bits: Annotated[
        int,
        msgspec.Meta(ge=1, le=MOST_BITS, description="Multipliers are counted in 2^-bits."),
    ]
    knapsacks: Annotated[
        list[Count],
        msgspec.Meta(description="Rows that are the knapsacks of the Lagrangian bound."),
    ]
    proof: Annotated[
        list[list[Item]],
        msgspec.Meta(
            description="The tree, depth first, the lower part of a branching before the "
            "upper. A node is a list of steps: a text changes the multipliers and bounds "
            "the box; a pair [variable, value], the last of its node, divides it into "
            "x <= value and x > value; null, the last too, leaves it open."
        ),
    ]


@dataclass(frozen=True)
class Certificate:
    """A proof that `bundlesolve.certificate.replay.replay` checks.

    Parameters
    ----------
    document
        What the file says.
    name
        Name of the file, for errors.
    size
        Bytes of its JSON, not compressed.
    """

    document: Document
    name: str
    size: int

    @property
    def claim(self) -> Claim:
        """What it proves if it replays."""
        return Claim(self.document.claim)

    @staticmethod
    def of(document: Document) -> Certificate:
        """Return a certificate that has not been in a file yet."""
        return Certificate(document, "certificate", len(encode(document)))

    @staticmethod
    def read(file: str | os.PathLike[str]) -> Certificate:
        """Read a certificate; gzip and ``-`` are understood.

        Raises
        ------
        InvalidFile
            If it is none, with the JSON path.
        """
        return Certificate.decode(read_bytes(file), display_name(file))

    @staticmethod
    def decode(data: bytes, name: str = "certificate") -> Certificate:
        """Read a certificate from bytes; ``name`` is the file in errors."""
        tree = parse(data, name)
        try:
            found = msgspec.convert(tree, Document, builtin_types=(Decimal,))
        except msgspec.ValidationError as error:
            raise _in_our_words(error, tree, name) from None
        return Certificate(found, name, len(data))

    def encode(self) -> bytes:
        """Return its JSON."""
        return encode(self.document)

    def write(self, file: str | os.PathLike[str]) -> None:
        """Write it in one step; a name in ``.gz`` is compressed.

        Raises
        ------
        InvalidFile
            If the place cannot be written.
        """
        write_bytes(file, self.encode())


def encode(document: Document) -> bytes:
    """Return a document as JSON, a node of the proof a line."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    fields: dict[str, Any] = msgspec.to_builtins(document, builtin_types=(Decimal,))
    proof = fields.pop("proof")
    head = b",\n".join(
        b"%s: %s" % (json.dumps(key).encode(), encoder.encode(value))
        for key, value in fields.items()
    )
    nodes = b",\n".join(encoder.encode(node) for node in proof)
    return b'{%s,\n"proof": [\n%s\n]}\n' % (head, nodes)


def certificate_schema() -> dict[str, Any]:
    """Return the JSON schema of the format, draft 2020-12."""
    (reference,), parts = msgspec.json.schema_components(
        [Document], ref_template="#/$defs/{name}"
    )
    properties = parts["Document"]["properties"]
    for name in ("objective", "bound"):
        description = properties[name]["description"]
        properties[name] = {"type": ["number", "null"], "description": description}
    dialect = "https://json-schema.org/draft/2020-12/schema"
    title = "bundlesolve certificate"
    return {"$schema": dialect, "title": title, **reference, "$defs": parts}


def _in_our_words(error: msgspec.ValidationError, tree: Any, name: str) -> InvalidFile:
    found = translated(error, tree, name)
    if "unknown field" in str(error):
        keys = ", ".join(Document.__struct_encode_fields__)
        return InvalidFile(name, found.place, f"a key out of {keys}", found.found)
    return found

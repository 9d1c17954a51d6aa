"""The fields of an options dataclass, for the command line: type, default, document."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from bundlesolve.errors import InvalidParameter

_WORDS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True)
class Parameter:
    """One field of an options dataclass.

    Parameters
    ----------
    name
        Name of the field.
    kind
        Its type.
    default
        Its default; None also where there is none.
    doc
        What the class's docstring says about it, on one line.
    required
        True when it has no default.
    """

    name: str
    kind: Any
    default: Any
    doc: str
    required: bool = False

    @property
    def type_name(self) -> str:
        """The type as people write it."""
        return _type_name(self.kind)

    def parse(self, text: str) -> Any:
        """Return the value that a text stands for.

        Raises
        ------
        InvalidParameter
            If it stands for none of the type.
        """
        try:
            return _parse(self.kind, text)
        except ValueError:
            expected = f"{self.name} as {self.type_name}"
            raise InvalidParameter(f"expected {expected}, found {text!r}") from None


def parameters_of(options: type) -> list[Parameter]:
    """Return the fields of a dataclass in their order."""
    hints, docs = get_type_hints(options), documents(options.__doc__ or "")
    found = []
    for field in dataclasses.fields(options):
        if not field.init:
            continue
        default, required = field.default, False
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        elif default is dataclasses.MISSING:
            default, required = None, True
        doc = docs.get(field.name, "")
        found.append(Parameter(field.name, hints[field.name], default, doc, required))
    return found


def documents(docstring: str) -> dict[str, str]:
    """Return what a numpydoc "Parameters" section says, by name."""
    lines = inspect.cleandoc(docstring).splitlines()
    found: dict[str, list[str]] = {}
    names: list[str] = []
    inside = False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", after.strip()) and not line.startswith(" "):
            inside, names = line.strip() == "Parameters", []
        elif not inside or re.fullmatch(r"-{3,}", line.strip()):
            continue
        elif line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(":")[0].split(",")]
        else:
            for name in names:
                found.setdefault(name, []).append(line.strip())
    return {name: " ".join(" ".join(doc).split()) for name, doc in found.items()}


def build(options: type, texts: Mapping[str, str]) -> Any:
    """Make an options dataclass from texts by field name.

    Raises
    ------
    InvalidParameter
        If a name is no field, a text none of its type, or the class refuses a value.
    """
    known = {parameter.name: parameter for parameter in parameters_of(options)}
    for name in texts:
        if name not in known:
            expected = f"a parameter out of {', '.join(known) or 'none'}"
            raise InvalidParameter(f"expected {expected}, found {name!r}")
    return options(**{name: known[name].parse(text) for name, text in texts.items()})


def split(assignments: tuple[str, ...]) -> dict[str, str]:
    """Return ``name=value`` texts as a mapping.

    Raises
    ------
    InvalidParameter
        If one has no equals sign or a name stands twice.
    """
    found: dict[str, str] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise InvalidParameter(f"expected name=value, found {text!r}")
        if name in found:
            raise InvalidParameter(f"expected each parameter once, found {name!r} again")
        found[name] = value.strip()
    return found


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _parse(kind: Any, text: str) -> Any:
    if _is_union(kind):
        return _parse_union(get_args(kind), text)
    if kind is bool:
        return _one_of(_WORDS, text.lower())
    if kind is int:
        return int(text)
    if kind is float:
        value = float(text)
        if math.isnan(value):
            raise ValueError
        return value
    if get_origin(kind) is Literal:
        return _one_of({str(choice): choice for choice in get_args(kind)}, text)
    if get_origin(kind) is tuple:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        inner = get_args(kind)
        if inner[1:] == (Ellipsis,):
            inner = inner[:1] * len(parts)
        return tuple(_parse(k, part) for k, part in zip(inner, parts, strict=True))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of({str(member.value): member for member in kind}, text)
    if kind is str:
        return text
    raise ValueError


def _parse_union(kinds: tuple[Any, ...], text: str) -> Any:
    if type(None) in kinds and text.lower() in ("none", ""):
        return None
    for kind in kinds:
        try:
            return _parse(kind, text)
        except ValueError:
            continue
    raise ValueError


def _one_of(choices: Mapping[str, Any], text: str) -> Any:
    if text not in choices:
        raise ValueError
    return choices[text]


def _type_name(kind: Any) -> str:
    if _is_union(kind):
        return " | ".join(_type_name(part) for part in get_args(kind))
    if get_origin(kind) is Literal:
        return " | ".join(str(choice) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        return ", ".join("..." if k is Ellipsis else _type_name(k) for k in inner)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " | ".join(str(member.value) for member in kind)
    if kind is type(None):
        return "none"
    return str(getattr(kind, "__name__", kind))

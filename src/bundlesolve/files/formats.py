"""The registry of file formats: what a format is, and which there are."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.instance import Instance


class Reader(Protocol):
    """A module that reads one format."""

    NAME: str
    SUMMARY: str

    def recognise(self, data: bytes) -> bool:
        """Tell by the content whether a file is of this format."""

    def read(self, data: bytes, file: str, select: str | None) -> Instance:
        """Return the instance a file's content states."""


class Writer(Protocol):
    """A module that writes one format."""

    NAME: str
    SUMMARY: str
    EXTENSIONS: tuple[str, ...]

    def write(self, instance: Instance) -> bytes:
        """Return the file's content for an instance."""


FORMATS: dict[str, str] = {
    "billionnet_soutif": "bundlesolve.files.billionnet_soutif",
    "bqp_biqmac": "bundlesolve.files.bqp_biqmac",
    "conflict_graph": "bundlesolve.files.conflict_graph",
    "edge_list": "bundlesolve.files.edge_list",
    "gdp_maxsum": "bundlesolve.files.gdp_maxsum",
    "mdp": "bundlesolve.files.mdp",
    "mkp_orlib": "bundlesolve.files.mkp_orlib",
    "mmkp_hiremath_hill": "bundlesolve.files.mmkp_hiremath_hill",
    "mmkp_inst": "bundlesolve.files.mmkp_inst",
    "mmkp_khan": "bundlesolve.files.mmkp_khan",
    "qplib_pb": "bundlesolve.files.qplib_pb",
    "json": "bundlesolve.files.json_format",
}
"""Every format that can be read, by name, as the module that reads it."""

WRITERS: dict[str, str] = {
    "json": "bundlesolve.files.json_format",
    "lp": "bundlesolve.files.lp",
    "lp_quadratic": "bundlesolve.files.lp_quadratic",
    "mps": "bundlesolve.files.mps",
}
"""Every format that can be written, by name, as the module that writes it."""


def reader(name: str) -> Reader:
    """Return the module that reads a format.

    Raises
    ------
    InvalidParameter
        If there is no format of that name.
    """
    return cast("Reader", _module(FORMATS, name))


def writer(name: str) -> Writer:
    """Return the module that writes a format.

    Raises
    ------
    InvalidParameter
        If there is no format of that name.
    """
    return cast("Writer", _module(WRITERS, name))


def _module(registry: dict[str, str], name: str) -> object:
    if name not in registry:
        known = ", ".join(registry)
        raise InvalidParameter(f"expected a format out of {known}, found {name!r}")
    return import_module(registry[name])

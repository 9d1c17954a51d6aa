"""Utility models on disk: one zip of arrays and a JSON text, no pickle."""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.files.source import display_name
from bundlesolve.learn.utilities.model import UtilityModel
from bundlesolve.learn.utilities.registry import utility_class

VERSION = 1
HEAD = "bundlesolve"


def save_model(model: UtilityModel, path: str | os.PathLike[str]) -> None:
    """Write a fitted model as ``.npz``.

    Raises
    ------
    InvalidParameter
        If it is not fitted.
    """
    learned = model.learned()
    if not learned:
        raise InvalidParameter(f"save: expected a fitted {model.name}, found a new one")
    arrays: dict[str, Any] = {k: v for k, v in learned.items() if isinstance(v, np.ndarray)}
    head = {
        "version": VERSION,
        "model": model.name,
        "parameters": model.parameters(),
        "values": {k: v for k, v in learned.items() if k not in arrays},
    }
    with open(path, "wb") as file:  # noqa: PTH123 - np.savez would add a suffix to a name
        np.savez_compressed(file, **{HEAD: np.array(json.dumps(head)), **arrays})


def load_model(path: str | os.PathLike[str]) -> UtilityModel:
    """Read a model written by `save_model`.

    Raises
    ------
    InvalidFile
        If it is none, or one of another version.
    """
    name = display_name(path)
    wanted = f"a model of version {VERSION}"
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays: dict[str, Any] = {key: stored[key] for key in stored.files}
        head = json.loads(str(arrays.pop(HEAD)))
        if head["version"] != VERSION:
            raise InvalidFile(name, "$.version", str(VERSION), head["version"])
        model: UtilityModel = utility_class(head["model"])(**head["parameters"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        if isinstance(error, InvalidFile):
            raise
        raise InvalidFile(name, "$", wanted, error) from None
    for key, value in {**arrays, **head["values"]}.items():
        setattr(model, key, value)
    return model

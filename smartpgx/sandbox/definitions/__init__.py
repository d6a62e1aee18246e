"""What R4 4.0.1 says of the resource types the sandbox keeps; the table is made by ``definitions.build``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class SearchParameter(NamedTuple):
    """One published search parameter: ``paths`` are the JSON keys it walks, ``targets`` the types a reference may name."""

    kind: str
    paths: tuple[tuple[str, ...], ...]
    targets: tuple[str, ...] = ()


@cache
def table() -> dict[str, Any]:
    """The distilled definitions, keys ``resources``, ``types``, ``codes``, ``search``, ``compartment``."""
    content: dict[str, Any] = json.loads(files(__name__).joinpath("r4.json").read_text(encoding="utf-8"))
    return content


@cache
def resource_types() -> frozenset[str]:
    """Resource types the sandbox keeps."""
    return frozenset(table()["resources"])


@cache
def search_parameters(resource_type: str) -> dict[str, SearchParameter]:
    """Search parameters of one type by name."""
    return {
        name: SearchParameter(row["type"], tuple(tuple(path) for path in row["paths"]), tuple(row.get("targets", ())))
        for name, row in table()["search"][resource_type].items()
    }


@cache
def compartment_parameters(resource_type: str) -> tuple[str, ...]:
    """Search parameters that put a resource of this type into a patient's compartment; empty for shared types."""
    return tuple(table()["compartment"].get(resource_type, ()))

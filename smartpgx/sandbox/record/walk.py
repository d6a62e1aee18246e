"""Walking plain JSON resources: values at a path, references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

RELATIVE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class Target(NamedTuple):
    """What a literal reference names."""

    resource_type: str
    resource_id: str


def values_at(node: Any, path: Sequence[str]) -> Iterator[Any]:
    """Every value reached by the JSON keys of ``path``; lists are walked through, odd shapes give nothing."""
    if isinstance(node, list):
        for item in node:
            yield from values_at(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from values_at(node[path[0]], path[1:])


def local_target(text: Any, base: str) -> Target | None:
    """Type and id of a relative reference or of one under ``base``; None for everything else."""
    if not isinstance(text, str):
        return None
    relative = text.removeprefix(base + "/")
    found = RELATIVE.fullmatch(relative)
    if not found or not relative.startswith(found[1]):
        return None
    return Target(found[1], found[2])


def references(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(FHIRPath, Reference) of every Reference-shaped object that is not inside ``contained``."""
    if isinstance(node, list):
        for position, item in enumerate(node):
            yield from references(item, f"{path}[{position}]")
    elif isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield path, node
        for key, value in node.items():
            if key != "contained":
                yield from references(value, f"{path}.{key}" if path else key)

"""Which of the asked scopes are granted."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.sandbox.access import RIGHTS, ResourceScope, resource_scope
from smartpgx.sandbox.scenarios import MISSING_TYPES

IDENTITY = ("openid", "fhirUser", "profile")
CONTEXT = ("launch", "launch/patient")
REFRESH = ("offline_access", "online_access")
V2_ORDER = "cruds"


def known(scope: str) -> str:
    """The scopes this server knows, in the asked order, none twice; unknown ones are dropped without a word."""
    asked = dict.fromkeys(scope.split())
    return " ".join(one for one in asked if one in (*IDENTITY, *CONTEXT, *REFRESH) or resource_scope(one))


def granted(scope: str, scenarios: Iterable[str]) -> str:
    """What one launch is granted: ``known`` scopes less what its scenarios take away."""
    faults = frozenset(scenarios)
    kept = []
    for one in known(scope).split():
        row = resource_scope(one)
        if row is not None:
            one = _weakened(one, row, faults)
        elif one in REFRESH and "no_refresh" in faults:
            one = ""
        if one:
            kept.append(one)
    return " ".join(kept)


def _weakened(text: str, row: ResourceScope, faults: frozenset[str]) -> str:
    if any(fault in faults and row.resource_type == kind for fault, kind in MISSING_TYPES.items()):
        return ""
    if "downgrade" not in faults:
        return text
    rights = "".join(letter for letter in row.rights if letter in "rs")
    suffix = text.rpartition(".")[2]
    right = ("read" if suffix in RIGHTS else rights) if rights else ""
    return f"{row.level}/{row.resource_type}.{right}" if right else ""


def resource_scopes(scope: str) -> tuple[ResourceScope, ...]:
    """The resource scopes of a granted scope string."""
    return tuple(row for row in map(resource_scope, scope.split()) if row)

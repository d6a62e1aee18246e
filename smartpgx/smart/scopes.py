"""SMART scopes, version 1 and 2: what was asked, what was granted, and what is therefore absent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_RESOURCE = re.compile(r"(?P<level>patient|user|system)/(?P<type>[A-Za-z]+|\*)\.(?P<rights>[a-z*]+)(?P<query>\?.*)?")
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_CONTEXT = re.compile(r"launch(/.*)?|openid|fhirUser|profile|online_access|offline_access")


def allows(granted: Iterable[str], resource: str, right: str) -> bool:
    """Whether a right (one of c r u d s) on a resource type is among the granted scopes, whole or with a filter."""
    return any(_covers(scope, resource, right) for scope in granted)


def filtered(granted: Sequence[str], resource: str, right: str) -> tuple[str, ...]:
    """The filters a right on a type is bound to (``?category=...``), when it was granted with filters only."""
    covering = [s for s in granted if _covers(s, resource, right)]
    return tuple(s.split("?", 1)[1] for s in covering) if covering and all("?" in s for s in covering) else ()


def missing(asked: Iterable[str], granted: Sequence[str]) -> tuple[str, ...]:
    """Which asked scopes were not granted; of a resource scope what is left of it (``patient/DetectedIssue.cu``).

    Context scopes (launch, openid, online_access, ...) show in the token answer itself and are not listed here.
    """
    out = []
    for scope in asked:
        found = _RESOURCE.fullmatch(scope)
        if found is None:
            out += [scope] if not _CONTEXT.fullmatch(scope) and scope not in granted else []
            continue
        left = "".join(r for r in _rights(found["rights"]) if not allows(granted, found["type"], r))
        out += [f"{found['level']}/{found['type']}.{left}"] if left else []
    return tuple(out)


def to_ask(needed: Iterable[str], optional: Iterable[str], capabilities: Sequence[str]) -> tuple[str, ...]:
    """The scopes of one launch. online_access gives way to offline_access where the EHR offers only that."""
    wanted = list(dict.fromkeys((*needed, *optional)))
    offers_offline_only = "permission-offline" in capabilities and "permission-online" not in capabilities
    if offers_offline_only and "online_access" in wanted:
        wanted[wanted.index("online_access")] = "offline_access"
    return tuple(dict.fromkeys(wanted))


def _covers(scope: str, resource: str, right: str) -> bool:
    found = _RESOURCE.fullmatch(scope)
    return bool(found) and found["type"] in (resource, "*") and right in _rights(found["rights"])  # type: ignore[index]


def _rights(text: str) -> str:
    return _V1.get(text, text)

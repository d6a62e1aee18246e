"""What a FHIR server says it can do, read from its CapabilityStatement before anything is promised to anyone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Literal

from cachetools import TTLCache

from smartpgx.domain.visit import Abilities
from smartpgx.errors import RecordError, TokenExpired
from smartpgx.fhir.client import Record

CACHE_SECONDS = 600
Offered = Literal["yes", "no", "unknown"]

_cache: TTLCache[str, Abilities] = TTLCache(64, CACHE_SECONDS)
_lock = threading.Lock()


def abilities_of(record: Record) -> Abilities:
    """Cached for a few minutes per base: it holds nothing of a patient. ``known`` false where it could not be read."""
    with _lock:
        known = _cache.get(record.base)
    if known is None:
        try:
            answer = record.connection.get("metadata")
        except (RecordError, TokenExpired):
            return Abilities()
        known = read_abilities(answer.body or {})
        if known.known:
            with _lock:
                _cache[record.base] = known
    return known


def forget_abilities() -> None:
    """Empty the cache."""
    with _lock:
        _cache.clear()


def read_abilities(statement: Mapping[str, Any]) -> Abilities:
    """Abilities from a CapabilityStatement; unknown ones from anything else."""
    if statement.get("resourceType") != "CapabilityStatement":
        return Abilities()
    interactions: dict[str, frozenset[str]] = {}
    includes: dict[str, frozenset[str]] = {}
    conditional: set[str] = set()
    for rest in _dicts(statement.get("rest")):
        for entry in _dicts(rest.get("resource")):
            kind = str(entry.get("type"))
            interactions[kind] = frozenset(str(i.get("code")) for i in _dicts(entry.get("interaction")))
            if isinstance(entry.get("searchInclude"), list):
                includes[kind] = frozenset(str(i) for i in entry["searchInclude"])
            if entry.get("conditionalCreate") is True:
                conditional.add(kind)
    software = statement.get("software")
    return Abilities(
        known=bool(interactions),
        software=str(software.get("name"))[:80] if isinstance(software, dict) and software.get("name") else None,
        fhir_version=str(statement["fhirVersion"])[:12] if statement.get("fhirVersion") else None,
        interactions=interactions,
        includes=includes,
        conditional_create=frozenset(conditional),
    )


def offers(abilities: Abilities, resource: str, *wanted: str) -> Offered:
    """Whether a server offers every interaction (``read``, ``search-type``, ``create``, ``update``) on a type.

    A type that is named without any interaction is unknown: some servers list types only.
    """
    if not abilities.known:
        return "unknown"
    if resource not in abilities.interactions:
        return "no"
    named = abilities.interactions[resource]
    if not named:
        return "unknown"
    return "yes" if set(wanted) <= named else "no"


def includes(abilities: Abilities, resource: str, include: str) -> bool:
    """Whether an _include is worth asking for: declared, or nothing is declared about includes at all."""
    declared = abilities.includes.get(resource)
    return declared is None or include in declared or "*" in declared


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []

"""Whether two versions of a resource of ours say the same, whatever a server added, dropped or rewrote in storing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_CONTENT = frozenset(
    {"id", "meta", "text", "identifiedDateTime", "issued", "effectiveDateTime", "recorded", "author", "performer", "device"}
)
"""When and by whom, not what: a second press on another day is no change."""

OWNED: Mapping[str, frozenset[str]] = {
    "DetectedIssue": frozenset(
        {"text", "identifier", "status", "code", "severity", "patient", "identifiedDateTime", "author", "implicated",
         "evidence", "detail", "reference"}
    ),
    "Observation": frozenset(
        {"text", "extension", "identifier", "status", "category", "code", "subject", "effectiveDateTime", "issued", "performer",
         "device", "derivedFrom", "component", "note", "method", "interpretation", "valueString"}
    ),
}  # fmt: skip
"""What an update of ours replaces. Everything else (a mitigation someone recorded, a site's tags) stays as it is."""


def says_the_same(ours: Mapping[str, Any], stored: Mapping[str, Any], base: str) -> bool:
    """Whether ``stored`` holds all we have to say and nothing of ours that we no longer say."""
    kind = str(ours.get("resourceType"))
    stale = OWNED.get(kind, frozenset()) - NOT_CONTENT - ours.keys()
    if any(key in stored for key in stale):
        return False
    return all(_held(value, stored.get(key), base) for key, value in ours.items() if key not in NOT_CONTENT)


def updated(ours: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """``stored`` with our part replaced: id, version and what others added are kept."""
    owned = OWNED.get(str(ours.get("resourceType")), frozenset(ours))
    kept = {k: v for k, v in stored.items() if k not in owned}
    meta = dict(stored.get("meta") or {})
    for key in ("profile", "security", "tag"):
        theirs = meta.get(key) or []
        added = [v for v in (ours.get("meta") or {}).get(key, []) if v not in theirs]
        if theirs or added:
            meta[key] = [*theirs, *added]
    meta.pop("lastUpdated", None)
    return kept | {k: v for k, v in ours.items() if k not in ("id", "meta")} | {"meta": meta, "id": stored["id"]}


def version(resource: Mapping[str, Any]) -> str | None:
    """``meta.versionId`` of a stored resource."""
    found = (resource.get("meta") or {}).get("versionId")
    return str(found) if found is not None else None


def _held(ours: Any, stored: Any, base: str) -> bool:
    """Everything of ``ours`` is in ``stored``: objects may have gained members, lists may not have changed their length."""
    if isinstance(ours, Mapping):
        return isinstance(stored, Mapping) and all(_held(v, stored.get(k), base) for k, v in ours.items())
    if isinstance(ours, list):
        return (
            isinstance(stored, list)
            and len(ours) == len(stored)
            and all(_held(o, s, base) for o, s in zip(ours, stored, strict=True))
        )
    if isinstance(ours, str) and isinstance(stored, str):
        return _plain(ours, base) == _plain(stored, base)
    return bool(ours == stored)


def _plain(text: str, base: str) -> str:
    """A reference without its base and version, so that ``Patient/1`` equals what a server made of it."""
    return text.removeprefix(base.rstrip("/") + "/").split("/_history/")[0] if "/" in text else text.strip()

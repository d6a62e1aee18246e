"""What a clinician confirmed, into the record once: search, create or update, read back, and withdraw.

However often a button is pressed, one entry stands in the record. A write is never repeated by itself: when nobody knows
whether it arrived, the record is searched, and if it is not there either, that is what is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from msgspec import Struct

from smartpgx.domain.visit import WITHDRAWN, Abilities, StoredEntry
from smartpgx.errors import RecordBusy, RecordError, RecordUnreachable, TokenExpired, WriteConflict, WriteRefused, WriteUnverified
from smartpgx.fhir.capabilities import Offered, offers
from smartpgx.fhir.client import Record, location, refusal
from smartpgx.fhir.connection import Answer
from smartpgx.fhir.sameness import says_the_same, updated, version

Did = Literal["created", "updated", "unchanged", "withdrawn", "cancelled"]
Allows = Callable[[str, str], bool]
"""Whether the granted scopes give a right (c, r, u, s) on a resource type."""

STALE = (409, 412)
"""Statuses of an update that came too late: dialect ``stale-is-409``."""
LOST = (502, 503, 504)
"""Statuses of a gateway that does not know what became of a write."""


class Ability(Struct, frozen=True, kw_only=True):
    """Whether one type can be written here, known before the button is shown. ``because``: worded in ``wording.record``."""

    resource: str
    create: bool
    update: bool
    because: Literal["can", "not_offered", "not_granted", "not_stated"]
    search: bool = True


class Seen(Struct, frozen=True, kw_only=True):
    """How a resource of ours stands in the record before anything is written."""

    state: Literal["new", "replaces", "unchanged", "unknown"]
    stored: dict[str, Any] | None = None


def ability(abilities: Abilities, allows: Allows, resource: str) -> Ability:
    """From metadata and scopes. Creating needs search and read too, so that nothing is written twice or unverified."""
    rights = ("c", "r", "s") if resource != "Provenance" else ("c",)
    wanted = ("create", "read", "search-type") if resource != "Provenance" else ("create",)
    offered: Offered = offers(abilities, resource, *wanted)
    if offered == "no":
        return Ability(resource=resource, create=False, update=False, search=False, because="not_offered")
    if not all(allows(resource, r) for r in rights):
        return Ability(resource=resource, create=False, update=False, search=False, because="not_granted")
    can_update = offers(abilities, resource, "update") != "no" and allows(resource, "u")
    because: Literal["can", "not_stated"] = "can" if offered == "yes" else "not_stated"
    can_search = offers(abilities, resource, "search-type") != "no" and allows(resource, "s")
    return Ability(resource=resource, create=True, update=can_update, search=can_search, because=because)


def look(record: Record, resource: Mapping[str, Any]) -> Seen:
    """What of ours is there already, asked past every cache. Raises RecordError."""
    found = _stored(record, resource)
    if found is None:
        return Seen(state="new")
    return Seen(state="unchanged" if says_the_same(resource, found, record.base) else "replaces", stored=found)


def store(
    record: Record,
    resource: Mapping[str, Any],
    *,
    issue: str,
    can: Ability,
    conditional: bool = False,
    now: Callable[[], float] = time.time,
) -> StoredEntry:
    """One resource of ours in the record, read back and compared. Call it under a lock per patient.

    Raises WriteRefused (nothing changed), WriteConflict (someone else changed it), WriteUnverified (not certain),
    RecordError (the search before the write failed, so nothing was written).
    """
    kind = str(resource["resourceType"])
    for _ in range(2):
        found = _stored(record, resource)
        if found is None:
            id = _create(record, resource, conditional)
            if id is None:  # another was quicker: look again
                continue
            return _entry(record, _read_back(record, resource, id), "created", issue, now())
        if says_the_same(resource, found, record.base):
            return _entry(record, found, "unchanged", issue, now())
        if not can.update:
            raise WriteRefused(f"this {kind} is in the record with other content, and the record does not let us change it")
        id = _update(record, updated(resource, found), found)
        return _entry(record, _read_back(record, resource, id), "updated", issue, now())
    raise WriteConflict("another sign-in is writing the same entry at this moment")


def store_provenance(
    record: Record,
    resource: Mapping[str, Any],
    *,
    issue: str,
    changed: bool,
    searchable: bool,
    now: Callable[[], float] = time.time,
) -> StoredEntry | None:
    """A Provenance has no identifier: it is written when something changed, or when none stands over its targets.

    ``searchable``: whether the record can be asked for Provenances. None where there was nothing to write. Raises
    WriteRefused, WriteUnverified.
    """
    if not changed and (not searchable or _provenances(record, resource)):
        return None
    recorded = _instant(resource.get("recorded"))

    def arrived() -> str | None:
        found = _provenances(record, resource) if searchable else []
        return next((str(p["id"]) for p in found if _instant(p.get("recorded")) == recorded), None)

    answer = _sent(lambda: record.create(resource), arrived)
    _refused_unless(answer, (200, 201))
    id, stored_version = location(answer)
    if id is None and (id := arrived()) is None:
        raise WriteUnverified("the record took the Provenance, but does not say where it is")
    return StoredEntry(
        resource="Provenance", id=id, version=stored_version, did="created", issue=issue,
        address=f"{record.base}/Provenance/{id}", at=now(),
    )  # fmt: skip


def withdraw(
    record: Record, entry: StoredEntry, *, status: str = "entered-in-error", now: Callable[[], float] = time.time
) -> StoredEntry:
    """Mark an entry of ours ``entered-in-error`` (or ``cancelled``), read back. Twice is once; an error stays an error."""
    stored = record.read(entry.resource, entry.id, fresh=True).body or {}
    if not _is_ours(stored):
        raise WriteConflict("the entry at this place is not one of ours; it was left alone")
    if status == "cancelled" and stored.get("status") == "entered-in-error":
        return _entry(record, stored, "withdrawn", entry.issue, now())
    if stored.get("status") != status:
        changed = {k: v for k, v in stored.items() if k != "meta"} | {
            "meta": {k: v for k, v in (stored.get("meta") or {}).items() if k != "lastUpdated"},
            "status": status,
        }
        _update(record, changed, stored)
        stored = record.read(entry.resource, entry.id, fresh=True).body or {}
    if stored.get("status") != status:
        raise WriteUnverified("the withdrawal was sent, but the entry reads as before")
    return _entry(record, stored, "cancelled" if status == "cancelled" else "withdrawn", entry.issue, now())


def with_places(resource: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """A resource as it is sent: without our local id, its references to our other resources by the server's ids."""
    moved = _moved({k: v for k, v in resource.items() if k != "id"}, places)
    assert isinstance(moved, dict)
    return moved


def without_references(resource: Mapping[str, Any], gone: Sequence[str]) -> dict[str, Any]:
    """A resource without the references to others that cannot be written here."""
    kept = _pruned(resource, frozenset(gone))
    assert isinstance(kept, dict)
    return kept


def _stored(record: Record, resource: Mapping[str, Any]) -> dict[str, Any] | None:
    identifier = _identifier(resource)
    matches = record.find(str(resource["resourceType"]), [("identifier", f"{identifier['system']}|{identifier['value']}")])
    ours = [m for m in matches if _has(m, identifier)]
    if len(ours) > 1:
        active = [m for m in ours if m.get("status") not in WITHDRAWN]
        if len(active) != 1:
            raise WriteConflict("the record holds this entry more than once; someone has to look at it before we write")
        return active[0]
    return ours[0] if ours else None


def _create(record: Record, resource: Mapping[str, Any], conditional: bool) -> str | None:
    """The id of what was created; None when it turned out to be there already (dialect ``create-raced``)."""
    identifier = _identifier(resource)
    token = quote(f"{identifier['system']}|{identifier['value']}", safe="")
    answer = _sent(
        lambda: record.create(resource, if_none_exist=f"identifier={token}" if conditional else None),
        lambda: (_stored(record, resource) or {}).get("id"),
    )
    if answer.status == 409 or (answer.status == 200 and conditional):
        return None
    _refused_unless(answer, (200, 201))
    id, _ = location(answer)
    if id is None:
        id = (_stored(record, resource) or {}).get("id")
    if id is None:
        raise WriteUnverified("the record took the entry, but it cannot be found there")
    return str(id)


def _update(record: Record, changed: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    answer = _sent(lambda: record.update(changed, version(stored)), lambda: None)
    if answer.status in STALE:
        raise WriteConflict("someone changed this entry meanwhile", said=refusal(answer))
    _refused_unless(answer, (200, 201))
    return str(stored["id"])


def _sent(send: Callable[[], Answer], arrived: Callable[[], str | None]) -> Answer:
    """The answer to a write; where none came, an answer made from what the record holds now."""
    try:
        answer = send()
        if answer.status not in LOST:
            return answer
    except (RecordUnreachable, RecordBusy):
        pass
    id = arrived()
    if id is None:
        raise WriteUnverified(
            "the record did not answer, and the entry is not there (yet); pressing again looks before it writes"
        ) from None
    return Answer(status=201, body=None, headers={"location": f"/x/Any/{id}"})


def _refused_unless(answer: Answer, fine: tuple[int, ...]) -> None:
    if answer.status in fine:
        return
    if answer.status in (401, 403):
        raise WriteRefused("the record does not let this sign-in write here", said=refusal(answer))
    if answer.status == 412:
        raise WriteConflict("the record holds this entry more than once, or in another version", said=refusal(answer))
    raise WriteRefused(f"the record refused the entry (it answered {answer.status})", said=refusal(answer))


def _read_back(record: Record, resource: Mapping[str, Any], id: str) -> dict[str, Any]:
    try:
        stored = record.read(str(resource["resourceType"]), id, fresh=True).body or {}
    except (RecordError, TokenExpired) as problem:
        raise WriteUnverified("the entry was sent, but could not be read back", said=problem.said) from None
    if not says_the_same(resource, stored, record.base):
        raise WriteUnverified("the entry is in the record, but reads differently from what was confirmed")
    return stored


def _entry(record: Record, stored: Mapping[str, Any], did: Did, issue: str, at: float) -> StoredEntry:
    kind, id = str(stored["resourceType"]), str(stored["id"])
    return StoredEntry(
        resource=kind, id=id, version=version(stored), did=did, issue=issue, address=f"{record.base}/{kind}/{id}", at=at
    )


def _identifier(resource: Mapping[str, Any]) -> dict[str, str]:
    first = resource["identifier"][0]
    return {"system": str(first["system"]), "value": str(first["value"])}


def _has(resource: Mapping[str, Any], identifier: Mapping[str, str]) -> bool:
    value = resource.get("identifier")
    return any(
        isinstance(i, dict) and i.get("system") == identifier["system"] and i.get("value") == identifier["value"]
        for i in (value if isinstance(value, list) else [])
    )


def _is_ours(resource: Mapping[str, Any]) -> bool:
    value = resource.get("identifier")
    return any(
        isinstance(i, dict) and str(i.get("system", "")).startswith("urn:smartpgx:")
        for i in (value if isinstance(value, list) else [])
    )


def _provenances(record: Record, resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Provenances over exactly the targets of ``resource``."""
    wanted = _targets(resource)
    leading = next((t for t in wanted if t.startswith("DetectedIssue/")), wanted[0])
    found = record.find("Provenance", [("target", leading)])
    return [p for p in found if sorted(_targets(p)) == sorted(wanted)]


def _targets(resource: Mapping[str, Any]) -> list[str]:
    """Targets as ``Type/id``, without base and version."""
    out = []
    for target in resource.get("target") or ():
        parts = str(target.get("reference", "")).split("/_history/")[0].split("/")
        out.append("/".join(parts[-2:]))
    return out


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _moved(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {k: places.get(v, v) if k == "reference" and isinstance(v, str) else _moved(v, places) for k, v in value.items()}
    return [_moved(v, places) for v in value] if isinstance(value, list) else value


def _pruned(value: Any, gone: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {k: p for k, v in value.items() if (p := _pruned(v, gone)) not in ([], {})}
    if isinstance(value, list):
        kept = [v for v in value if not (isinstance(v, Mapping) and v.get("reference") in gone)]
        return [p for v in kept if (p := _pruned(v, gone)) not in ([], {})]
    return value

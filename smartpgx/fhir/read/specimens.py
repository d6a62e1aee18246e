"""Specimens: when one was collected, and which others it was taken from."""

from __future__ import annotations

from smartpgx.domain.chart import Reference
from smartpgx.fhir.read.elements import Json, day, object_
from smartpgx.fhir.read.references import Entry, Record


def _entry(reference: Reference, record: Record) -> Entry | None:
    return next((each for each in record.of("Specimen") if each.reference == reference), None)


def collected(reference: Reference, record: Record) -> str | None:
    """Day of collection of a specimen (or of what it was taken from), if the Specimen was received."""
    for each in family(reference, record):
        entry = _entry(each, record)
        found = _collected(entry.resource) if entry else None
        if found:
            return found
    return None


def _collected(resource: Json) -> str | None:
    stated = object_(resource.get("collection"))
    period = object_(stated.get("collectedPeriod"))
    return day(stated.get("collectedDateTime")) or day(period.get("start")) or day(resource.get("receivedTime"))


def family(reference: Reference, record: Record) -> tuple[Reference, ...]:
    """A specimen, and by ``parent`` upwards those it was taken from, and downwards those taken from it."""
    found = {reference: None}
    for _ in range(4):
        size = len(found)
        for entry in record.of("Specimen"):
            parents = [name for _, name in record.named(entry.resource.get("parent"), entry)]
            if entry.reference in found:
                found.update(dict.fromkeys(parents))
            elif any(parent in found for parent in parents):
                found[entry.reference] = None
        if len(found) == size:
            break
    return tuple(found)

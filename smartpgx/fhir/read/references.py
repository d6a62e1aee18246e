"""Which resource a reference means: ``Type/id``, absolute, versioned, ``urn:uuid``, ``#contained``, or by identifier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from smartpgx.domain.chart import Reference
from smartpgx.fhir.read.elements import Json, object_, objects, text

_RELATIVE = re.compile(r"(?:(?P<base>https?://.+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9._-]+)(?:/_history/[^/#]+)?")


class Entry(NamedTuple):
    """One resource as received. ``container`` is the resource that contains it."""

    resource: Json
    kind: str
    reference: Reference
    url: str
    container: Entry | None = None

    @property
    def top(self) -> Reference:
        """Reference of the received resource that this one is, or is contained in."""
        return self.container.reference if self.container else self.reference


class Target(NamedTuple):
    """What a reference says: ``reference`` as ``Type/id`` where it can be told; ``base`` of the server if absolute."""

    reference: Reference
    base: str = ""


class Record:
    """All resources of one chart, findable by every form of reference."""

    def __init__(self, resources: Sequence[Json], urls: Sequence[str], *, modified: bool = True) -> None:
        self.modified = modified
        self.entries: list[Entry] = []
        self.copies: list[Entry] = []
        self.disputed: set[Reference] = set()
        self.by_kind: dict[str, list[Entry]] = {}
        self._by_reference: dict[Reference, Entry] = {}
        self._by_url: dict[str, Entry] = {}
        kept: dict[str, Entry] = {}
        for index, resource in enumerate(resources):
            self._add(resource, index, urls[index] if index < len(urls) else "", kept)
        self.entries = list(kept.values())
        self._sort()

    def _add(self, resource: Json, index: int, url: str, kept: dict[str, Entry]) -> None:
        kind = text(resource.get("resourceType")) or "Unknown"
        name = text(resource.get("id"))
        reference = f"{kind}/{name or f'entry-{index + 1}'}"
        entry = Entry(resource, kind, reference, url)
        known = kept.get(reference)
        if known is not None and url and known.url and url != known.url and not url.startswith("urn:"):
            reference = url
            known = kept.get(reference)
        if known is not None and not _newer(resource, known.resource):
            self.copies.append(entry)
            if _content(resource) != _content(known.resource) and not _newer(known.resource, resource):
                self.disputed.add(known.reference)
            return
        if known is not None:
            self.copies.append(known)
        kept[reference] = entry
        self._by_reference[entry.reference] = entry
        if url:
            self._by_url[url] = entry
        if name:
            self._by_url.setdefault(f"urn:uuid:{name}", entry)

    def _sort(self) -> None:
        for entry in self.entries:
            self.by_kind.setdefault(entry.kind, []).append(entry)
            for inner in contained(entry):
                self.by_kind.setdefault(inner.kind, []).append(inner)
                self._by_reference.setdefault(inner.reference, inner)

    def of(self, *kinds: str) -> Iterator[Entry]:
        for kind in kinds:
            yield from self.by_kind.get(kind, ())

    def find(self, pointer: object, within: Entry) -> Entry | None:
        """The resource a Reference points at, if it was received."""
        said = text(object_(pointer).get("reference"))
        if not said:
            return None
        if said.startswith("#"):
            top = within.container or within
            return self._by_reference.get(f"{top.reference}{said}")
        if found := self._by_url.get(said):
            return found
        target = self.target(pointer)
        if target is None:
            return None
        found = self._by_reference.get(target.reference)
        return found if found is None or same_server(target.base, found.url) else None

    def target(self, pointer: object) -> Target | None:
        """``Type/id`` a Reference names, received or not; None where it names none (display, identifier, ``#``)."""
        said = text(object_(pointer).get("reference"))
        if found := self._by_url.get(said):
            return Target(found.reference, "")
        match = _RELATIVE.fullmatch(said)
        if match is None:
            return None
        return Target(f"{match['type']}/{match['id']}", match["base"] or "")

    def named(self, pointers: object, within: Entry) -> Iterator[tuple[Entry | None, Reference]]:
        """Each Reference of a list, as the resource (if received) and its name."""
        for pointer in objects(pointers):
            found = self.find(pointer, within)
            target = self.target(pointer)
            name = (
                found.reference
                if found
                else target.reference
                if target
                else text(pointer.get("reference")) or text(pointer.get("display"))
            )
            if name:
                yield found, name


def contained(entry: Entry) -> Iterable[Entry]:
    """Contained resources, named ``Type/id#id``."""
    for index, inner in enumerate(objects(entry.resource.get("contained"))):
        name = text(inner.get("id")).lstrip("#") or f"contained-{index + 1}"
        yield Entry(inner, text(inner.get("resourceType")) or "Unknown", f"{entry.reference}#{name}", "", entry)


def same_server(base: str, url: str) -> bool:
    """Whether an absolute reference can mean a resource received under ``url``; without two addresses it can."""
    match = _RELATIVE.fullmatch(url)
    own = match["base"] if match else ""
    return not base or not own or base.rstrip("/") == own.rstrip("/")


def _content(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key not in ("meta", "text")}


def _newer(one: Json, other: Json) -> bool:
    first, second = object_(one.get("meta")), object_(other.get("meta"))
    times = text(first.get("lastUpdated")), text(second.get("lastUpdated"))
    if all(times) and times[0] != times[1]:
        return times[0] > times[1]
    versions = text(first.get("versionId")), text(second.get("versionId"))
    return all(each.isdigit() for each in versions) and int(versions[0]) > int(versions[1])

"""Resources in memory, every version kept for the run."""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from smartpgx.sandbox.definitions import resource_types
from smartpgx.sandbox.record.outcome import FhirError, Json

Address = tuple[str, str]


class ResourceStore:
    """Versions by (type, id). A deleted resource has None as its newest version. Safe for several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._versions: dict[Address, list[Json | None]] = {}
        self._written: set[Address] = set()
        self.lock = threading.RLock()

    def read(self, resource_type: str, resource_id: str) -> Json:
        """Newest version. Raises FhirError 404, or 410 where it was deleted."""
        versions = self._versions.get((resource_type, resource_id))
        if not versions:
            raise FhirError(404, "not-found", f"{resource_type}/{resource_id} is not known.")
        if versions[-1] is None:
            raise FhirError(410, "deleted", f"{resource_type}/{resource_id} was deleted.")
        return versions[-1]

    def version(self, resource_type: str, resource_id: str, number: str) -> Json:
        """One version. Raises FhirError 404 or 410."""
        versions = self._versions.get((resource_type, resource_id), [])
        if not number.isdigit() or not 1 <= int(number) <= len(versions):
            raise FhirError(404, "not-found", f"{resource_type}/{resource_id} has no version {number}.")
        found = versions[int(number) - 1]
        if found is None:
            raise FhirError(410, "deleted", f"Version {number} is the deletion.")
        return found

    def find(self, resource_type: str, resource_id: str) -> Json | None:
        """Newest version or None."""
        versions = self._versions.get((resource_type, resource_id))
        return versions[-1] if versions else None

    def all(self, resource_type: str | None = None) -> Iterator[Json]:
        """Living resources, newest versions, in the order they came."""
        for (kind, _), versions in list(self._versions.items()):
            if versions[-1] is not None and resource_type in (None, kind):
                yield versions[-1]

    def written(self) -> Iterator[Json]:
        """Living resources that came over the interface, newest first."""
        return (resource for resource in reversed(list(self.all())) if address(resource) in self._written)

    def seed(self, resource: Json) -> None:
        """Take a resource as it is, unchecked: real records hold odd ones. Raises ValueError for a type not kept."""
        if resource.get("resourceType") not in resource_types():
            raise ValueError(f"The sandbox keeps no {resource.get('resourceType')}.")
        self._append(address(resource), resource)

    def create(self, resource: Json) -> Json:
        """Store under a new id and return what was stored."""
        with self.lock:
            key = (resource["resourceType"], uuid.uuid4().hex)
            self._written.add(key)
            return self._append(key, resource)

    def update(self, resource_id: str, resource: Json) -> Json:
        """Store a new version and return it."""
        with self.lock:
            key = (resource["resourceType"], resource_id)
            self._written.add(key)
            return self._append(key, resource)

    def delete(self, resource_type: str, resource_id: str) -> None:
        """Mark as deleted; twice is the same as once."""
        with self.lock:
            if self.find(resource_type, resource_id) is not None:
                self._versions[resource_type, resource_id].append(None)

    def _append(self, key: Address, resource: Json) -> Json:
        stored = copy.deepcopy(resource)
        stored["id"] = key[1]
        moment = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        versions = self._versions.setdefault(key, [])
        meta = stored["meta"] if isinstance(stored.get("meta"), dict) else {}
        stored["meta"] = {**meta, "versionId": str(len(versions) + 1), "lastUpdated": moment}
        versions.append(stored)
        return stored


def address(resource: Json) -> Address:
    """(type, id) of a resource."""
    return resource["resourceType"], resource["id"]

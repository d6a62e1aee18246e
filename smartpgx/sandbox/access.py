"""What an access token opens: scopes (SMART v1 and v2) and the patient compartment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from smartpgx.sandbox.definitions import compartment_parameters, resource_types, search_parameters
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.record.store import ResourceStore
from smartpgx.sandbox.record.walk import Target, local_target, values_at

RIGHTS = {"read": "rs", "write": "cud", "*": "cruds"}
RESOURCE_SCOPE = re.compile(r"(patient|user)/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)")
NAMES = {"c": "create", "r": "read", "u": "update", "d": "delete", "s": "search"}


class ResourceScope(NamedTuple):
    """``patient/Observation.rs``: level, resource type or ``*``, letters of ``cruds``."""

    level: str
    resource_type: str
    rights: str


def resource_scope(text: str) -> ResourceScope | None:
    """The parsed scope; None where it is not one this server grants (a query part, an unknown type, no rights)."""
    found = RESOURCE_SCOPE.fullmatch(text)
    if not found or not found[3] or found[2] not in {"*", *resource_types()}:
        return None
    return ResourceScope(found[1], found[2], RIGHTS.get(found[3], found[3]))


@dataclass(frozen=True)
class Access:
    """The rights of one request: ``owner`` names the authorization, ``patient`` is the launch context."""

    owner: str
    patient: str | None
    scopes: tuple[ResourceScope, ...]
    scenarios: frozenset[str] = frozenset()

    def levels(self, resource_type: str, right: str) -> set[str]:
        """Levels (``patient``, ``user``) at which a right on a type is granted."""
        return {
            scope.level
            for scope in self.scopes
            if scope.resource_type in ("*", resource_type) and right in scope.rights and (scope.level == "user" or self.patient)
        }

    def require(self, resource_type: str, right: str) -> None:
        """Raises FhirError 403 when no scope grants ``right`` on ``resource_type``."""
        if not self.levels(resource_type, right):
            text = f"The token does not allow to {NAMES[right]} {resource_type}."
            raise FhirError(403, "forbidden", text, headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'})

    def opens(self, resource: Json, right: str, store: ResourceStore, base: str) -> bool:
        """Whether this one resource is open: by a user scope, or by a patient scope and the compartment."""
        levels = self.levels(resource["resourceType"], right)
        if "user" in levels:
            return True
        if "patient" not in levels:
            return False
        owners = patients(resource, store, base)
        return right in "rs" if owners is None else self.patient in owners

    def require_open(self, resource: Json, right: str, store: ResourceStore, base: str) -> None:
        """Raises FhirError 403 when the resource is not open."""
        self.require(resource["resourceType"], right)
        if not self.opens(resource, right, store, base):
            raise FhirError(403, "forbidden", "The token is bound to another patient.")


def patients(resource: Json, store: ResourceStore, base: str) -> set[str] | None:
    """Ids of the patients in whose compartment a resource lies; None for shared types such as Practitioner.

    A Provenance belongs where its targets belong, which the compartment definition leaves open.
    """
    kind = resource["resourceType"]
    if kind == "Patient":
        return {resource["id"]} if "id" in resource else set()
    if kind == "Provenance":
        found = [store.find(*target) for target in _targets(resource, (("target",),), base)]
        things = [one for one in found if one and one["resourceType"] != "Provenance"]
        return {owner for thing in things for owner in (patients(thing, store, base) or ())}
    names = compartment_parameters(kind)
    if not names:
        return None
    paths = tuple(path for name in names for path in search_parameters(kind)[name].paths)
    return {target.resource_id for target in _targets(resource, paths, base) if target.resource_type == "Patient"}


def _targets(resource: Json, paths: tuple[tuple[str, ...], ...], base: str) -> list[Target]:
    found = [
        local_target(value.get("reference"), base)
        for path in paths
        for value in values_at(resource, path)
        if isinstance(value, dict)
    ]
    return [target for target in found if target]

"""Running a parsed search over the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from smartpgx.sandbox.definitions import SearchParameter, search_parameters
from smartpgx.sandbox.record.outcome import Json
from smartpgx.sandbox.record.store import Address, ResourceStore, address
from smartpgx.sandbox.record.walk import Target, local_target, values_at
from smartpgx.sandbox.search import moments
from smartpgx.sandbox.search.match import matches
from smartpgx.sandbox.search.query import Inclusion, Query

Readable = Callable[[Json], bool]


def hits(store: ResourceStore, query: Query, readable: Readable) -> list[Json]:
    """Matching resources the caller may read, in the asked order."""
    found = [
        resource
        for resource in store.all(query.resource_type)
        if all(matches(resource, criterion) for criterion in query.criteria) and readable(resource)
    ]
    for name, descending in reversed(query.sort):
        parameter = search_parameters(query.resource_type)[name]
        keyed = [(sort_key(resource, parameter), resource) for resource in found]
        present = sorted((pair for pair in keyed if pair[0]), key=lambda pair: pair[0], reverse=descending)
        found = [resource for _, resource in present] + [resource for key, resource in keyed if not key]
    return found


def sort_key(resource: Json, parameter: SearchParameter) -> str:
    """A text that sorts like the first value of the parameter; "" where there is none."""
    for value in (value for path in parameter.paths for value in values_at(resource, path)):
        if parameter.kind == "date":
            low = next((found.low for found in moments.spans(value)), None)
            return low.isoformat() if isinstance(low, datetime) else ""
        if isinstance(value, str):
            return value.casefold()
        if isinstance(value, dict):
            codings = value.get("coding")
            first = codings[0] if isinstance(codings, list) and codings and isinstance(codings[0], dict) else value
            return str(first.get("code") or first.get("value") or first.get("reference") or first.get("family") or "")
    return ""


def included(store: ResourceStore, query: Query, page: Iterable[Json], readable: Readable, base: str) -> list[Json]:
    """Resources that _include and _revinclude add to a page; none twice, none of the page itself."""
    seen: dict[Address, Json] = {address(resource): resource for resource in page}
    own = set(seen)
    fresh = list(seen.values())
    first = True
    while fresh:
        rows = [*query.includes, *query.revincludes] if first else [r for r in [*query.includes, *query.revincludes] if r.iterate]
        added = [found for row in rows for found in _related(store, row, row in query.includes, fresh, base)]
        fresh = []
        for resource in added:
            if address(resource) not in seen and readable(resource):
                seen[address(resource)] = resource
                fresh.append(resource)
        first = False
    return [resource for key, resource in seen.items() if key not in own]


def _related(store: ResourceStore, row: Inclusion, forward: bool, start: list[Json], base: str) -> list[Json]:
    if forward:
        targets = [target for resource in start for target in _targets(resource, row, base)]
        return [found for target in targets if (found := store.find(*target)) is not None]
    wanted = {Target(*address(resource)) for resource in start}
    return [resource for resource in store.all(row.source) if wanted & set(_targets(resource, row, base))]


def _targets(resource: Json, row: Inclusion, base: str) -> list[Target]:
    if resource["resourceType"] != row.source:
        return []
    parameter = search_parameters(row.source)[row.parameter]
    found = [
        local_target(value.get("reference"), base)
        for path in parameter.paths
        for value in values_at(resource, path)
        if isinstance(value, dict)
    ]
    return [target for target in found if target and target.resource_type in ((row.target,) if row.target else parameter.targets)]

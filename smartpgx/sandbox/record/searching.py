"""Answering a search request."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Request

from smartpgx.sandbox.access import Access
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.record.walk import local_target
from smartpgx.sandbox.search.pages import Snapshot
from smartpgx.sandbox.search.query import Query, parse
from smartpgx.sandbox.search.run import hits, included
from smartpgx.sandbox.state import Sandbox

CACHE_SECONDS = 60.0
Pairs = Sequence[tuple[str, str]]


def search(request: Request, sandbox: Sandbox, access: Access, resource_type: str, pairs: Pairs) -> tuple[Json, bool]:
    """(Bundle, whether it came from the cache). Raises FhirError 400, 403, 406."""
    access.require(resource_type, "s")
    query = parse(resource_type, pairs, sandbox.config.fhir_base, plain="unknown_param_400" in access.scenarios)
    _refuse_other_patients(query, access, sandbox.config.fhir_base)
    link = f"{sandbox.config.fhir_base}/{resource_type}" + (f"?{urlencode(pairs)}" if pairs else "")
    fresh = {"no-cache", "no-store"} & set(request.headers.get("Cache-Control", "").replace(",", " ").split())
    now, key = sandbox.config.clock(), (access.patient or "", link)
    caching = "search_cache" in access.scenarios
    if caching and not fresh and key in sandbox.search_cache:
        kept, bundle = sandbox.search_cache[key]
        if now < kept + CACHE_SECONDS:
            return bundle, True
    bundle = _bundle(sandbox, access, query, link)
    if caching:
        sandbox.search_cache[key] = now, bundle
    return bundle, False


def _bundle(sandbox: Sandbox, access: Access, query: Query, link: str) -> Json:
    store, base = sandbox.store, sandbox.config.fhir_base
    found = hits(store, query, lambda resource: access.opens(resource, "s", store, base))
    if query.summary == "count" or query.count == 0:
        return {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": [{"relation": "self", "url": link}]}
    size = min(query.count or sandbox.config.page_size, 2 if "small_pages" in access.scenarios else 10_000)
    parts = [found[start : start + size] for start in range(0, len(found), size)]
    others = tuple(
        tuple(included(store, query, part, lambda resource: access.opens(resource, "r", store, base), base)) for part in parts
    )
    snapshot = Snapshot(access.owner, tuple(found), others, size, query.elements)
    return sandbox.pages.bundle(snapshot, link, total=query.total == "accurate")


def _refuse_other_patients(query: Query, access: Access, base: str) -> None:
    if "user" in access.levels(query.resource_type, "s"):
        return
    for criterion in query.criteria:
        names_patients = criterion.name in ("patient", "subject") and criterion.modifier in ("", "Patient")
        if names_patients and not all(_is_patient(value, access, base) for value in criterion.values):
            raise FhirError(403, "forbidden", "The token is bound to another patient.")


def _is_patient(value: str, access: Access, base: str) -> bool:
    target = local_target(value, base)
    if target is None:
        return value == access.patient
    return target.resource_type != "Patient" or target.resource_id == access.patient

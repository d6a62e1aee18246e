"""How real servers differ from the specification: one row per quirk, with its symptom and where it was seen.

Code asks these rows, never who the vendor is. ``evidence``: RAN was run against that server by this project, READ comes
from its documentation or public reports.
"""

from __future__ import annotations

from msgspec import Struct


class Dialect(Struct, frozen=True, kw_only=True):
    key: str
    symptom: str
    answer: str
    evidence: str


DIALECTS: dict[str, Dialect] = {
    d.key: d
    for d in (
        Dialect(
            key="parameter-refused",
            symptom="400 for a search parameter it does not know; Prefer: handling=lenient does not help",
            answer="optional parameters are dropped one by one, and the page says which",
            evidence="RAN: HAPI FHIR JPA 8.8.0, HAPI-0524",
        ),
        Dialect(
            key="parameter-ignored",
            symptom="200, but the self link lacks a parameter that was sent",
            answer="said on the page; without the patient parameter nothing further is fetched",
            evidence="READ: FHIR R4 search lets a server ignore what it does not know and show so in the self link",
        ),
        Dialect(
            key="next-on-base",
            symptom="the next link is the base with a query (/fhir?_getpages=...), not below the type",
            answer="accepted: it lies on the base",
            evidence="RAN: HAPI FHIR JPA 8.8.0",
        ),
        Dialect(
            key="page-expired",
            symptom="410 for the next page of a search that was open too long",
            answer="the search is marked incomplete",
            evidence="RAN: HAPI FHIR JPA 8.8.0",
        ),
        Dialect(
            key="resource-twice",
            symptom="the same resource on two pages",
            answer="counted once, by type and id",
            evidence="READ: Oracle Health Millennium documentation",
        ),
        Dialect(
            key="search-cached",
            symptom="a search answers from a cache for up to a minute: what was just created is not found",
            answer="Cache-Control: no-cache on every search before a write and every read-back",
            evidence="RAN: HAPI FHIR JPA 8.8.0 with its default search cache",
        ),
        Dialect(
            key="stale-is-409",
            symptom="409 instead of 412 for an If-Match that is out of date",
            answer="both mean that someone changed the entry meanwhile",
            evidence="RAN: HAPI FHIR JPA 8.8.0; READ: Oracle Health Millennium",
        ),
        Dialect(
            key="create-raced",
            symptom="409 for a conditional create that lost a race",
            answer="search again: the entry is there",
            evidence="RAN: HAPI FHIR JPA 8.8.0, HAPI-2745, eight at once",
        ),
        Dialect(
            key="empty-answer",
            symptom="201 with an empty body (return=minimal)",
            answer="the id is taken from the last two segments of Location; the address itself is not called",
            evidence="RAN: HAPI FHIR JPA 8.8.0",
        ),
        Dialect(
            key="location-elsewhere",
            symptom="Location of a created resource is the address of a server behind a proxy",
            answer="only type and id are read from it, so the token stays on the base",
            evidence="RAN: smart-launcher-v2 2.0.1",
        ),
        Dialect(
            key="version-lost",
            symptom="/_history/n is stripped from references when they are stored",
            answer="references are compared without version",
            evidence="RAN: HAPI FHIR JPA 8.8.0",
        ),
    )
}

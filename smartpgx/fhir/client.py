"""Reads, searches, creates and updates on one patient's record, each accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, structs

from smartpgx.addresses import resolved, within
from smartpgx.domain.visit import Asked, AskedOutcome
from smartpgx.errors import (
    RecordBusy,
    RecordDenied,
    RecordError,
    RecordGarbled,
    RecordNotFound,
    RecordUnreachable,
    TokenExpired,
)
from smartpgx.fhir.connection import Answer, Connection, outcome_text, raise_for

PAGE_LIMIT = 20
_LOCATION = re.compile(r"/([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([^/]+))?/?$")

OUTCOMES: tuple[tuple[type[Exception], AskedOutcome], ...] = (
    (RecordDenied, "denied"),
    (RecordNotFound, "not_found"),
    (RecordBusy, "busy"),
    (RecordUnreachable, "unreachable"),
    (RecordGarbled, "garbled"),
    (RecordError, "refused"),
    (TokenExpired, "denied"),
)


class Search(Struct, frozen=True, kw_only=True):
    """One search. ``droppable``: parameters that may go, in this order, when the server refuses the search with 400.

    ``keep``: which matches are wanted when a parameter that says so had to go. ``fresh``: past every cache.
    """

    what: str
    resource: str
    params: tuple[tuple[str, str], ...]
    droppable: tuple[str, ...] = ("_include", "_count")
    genetic: bool = False
    bound: Mapping[str, str | int] = {}
    pages: int = PAGE_LIMIT
    keep: Callable[[Mapping[str, Any]], bool] | None = None
    fresh: bool = False


class Found(Struct, frozen=True, kw_only=True):
    """Resources of one question (matches and included ones alike), and its account."""

    resources: tuple[dict[str, Any], ...]
    asked: Asked


class Record:
    """A FHIR server as one launch may see it. Nothing it raises or records holds an id or a value of the patient."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.base = connection.base

    def read(self, resource: str, id: str, *, fresh: bool = False) -> Answer:
        """One resource. Raises RecordError's children; RecordGarbled when something else came back."""
        answer = self.connection.get(f"{resource}/{id}", fresh=fresh)
        raise_for(answer)
        if not answer.body or answer.body.get("resourceType") != resource:
            raise RecordGarbled(f"the record answered with something other than a {resource}")
        return answer

    def ask(self, what: str, resource: str, id: str, *, fresh: bool = False) -> Found:
        """A read as a question with an account, which never raises for what a server may do."""
        try:
            body = self.read(resource, id, fresh=fresh).body
        except (RecordError, TokenExpired) as problem:
            return Found(resources=(), asked=Asked(what=what, resource=resource, **_failure(problem)))
        return Found(resources=(body,) if body else (), asked=Asked(what=what, resource=resource, outcome="complete", received=1))

    def search(self, search: Search, *, fresh: bool = False) -> Found:
        """All pages of a search within its bound. Never raises for what a server may do: the account says what came."""
        gathered = _Gathered()
        fresh = fresh or search.fresh
        try:
            answer, dropped = self._first(search, fresh)
            outcome, reason = self._pages(search, answer, gathered, fresh)
        except (RecordError, TokenExpired) as problem:
            asked = Asked(what=search.what, resource=search.resource, bound=search.bound, **_failure(problem))
            return Found(resources=(), asked=asked)
        quirks = gathered.quirks | ({"parameter-refused": None} if dropped else {})
        if dropped and search.keep:
            gathered.resources = {k: r for k, r in gathered.resources.items() if search.keep(r)}
        asked = Asked(
            what=search.what, resource=search.resource, bound=search.bound, outcome=outcome, reason=reason,
            received=len(gathered.resources), dropped=dropped, quirks=tuple(quirks),
        )  # fmt: skip
        return Found(resources=tuple(gathered.resources.values()), asked=asked)

    def find(self, resource: str, params: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """Matches of a search that must be up to date and complete (before a write). Raises RecordError."""
        search = Search(what="own", resource=resource, params=tuple(params), droppable=())
        gathered = _Gathered()
        answer, _ = self._first(search, fresh=True)
        outcome, _ = self._pages(search, answer, gathered, fresh=True)
        if outcome != "complete":
            raise RecordGarbled("the record's answer to a search before writing was not complete")
        return [r for r in gathered.resources.values() if r.get("resourceType") == resource]

    def create(self, resource: Mapping[str, Any], *, if_none_exist: str | None = None) -> Answer:
        """POST, once. RecordUnreachable means unknown. Every other status comes back as an Answer."""
        headers = {"If-None-Exist": if_none_exist} if if_none_exist else {}
        return self.connection.send("POST", str(resource["resourceType"]), resource, headers)

    def update(self, resource: Mapping[str, Any], version: str | None) -> Answer:
        """PUT by id, bound to the version that was seen. RecordUnreachable means unknown."""
        headers = {"If-Match": f'W/"{version}"'} if version else {}
        return self.connection.send("PUT", f"{resource['resourceType']}/{resource['id']}", resource, headers)

    def _first(self, search: Search, fresh: bool) -> tuple[Answer, tuple[str, ...]]:
        """The first page; optional parameters go one by one while the server says 400."""
        params = list(search.params)
        dropped: list[str] = []
        left = [d for d in search.droppable if any(k == d for k, _ in params)]
        while True:
            answer = self.connection.get(search.resource, params, fresh=fresh)
            if answer.status != 400 or not left:
                raise_for(answer)
                return answer, tuple(dropped)
            gone = left.pop(0)
            params = [(k, v) for k, v in params if k != gone]
            dropped.append(gone)

    def _pages(self, search: Search, answer: Answer, gathered: _Gathered, fresh: bool) -> tuple[AskedOutcome, str | None]:
        seen: set[str] = set()
        for number in range(1, search.pages + 1):
            following, reason = gathered.add(answer, search, self.base, first=number == 1)
            if reason == "patient_ignored":
                gathered.resources.clear()  # what came is of anyone
            if reason:
                return "incomplete", reason
            if following is None:
                return "complete", None
            if following in seen:
                return "incomplete", "pages_in_circles"
            if not within(following, self.base):
                return "incomplete", "next_page_elsewhere"
            seen.add(following)
            if number == search.pages:
                return "incomplete", "page_limit"
            try:
                answer = self.connection.get(following, fresh=fresh)
                raise_for(answer)
            except RecordNotFound:
                gathered.quirks["page-expired"] = None
                return "incomplete", "page_expired"
            except (RecordError, TokenExpired) as problem:
                return "incomplete", f"page_{_failure(problem)['outcome']}"
        return "complete", None


class _Gathered:
    """Resources of several pages by type and id, and the quirks met on the way."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.quirks: dict[str, None] = {}

    def add(self, answer: Answer, search: Search, base: str, *, first: bool) -> tuple[str | None, str | None]:
        """Take a page. Returns the address of the next one, and why the result cannot be whole."""
        body = answer.body or {}
        if body.get("resourceType") == "OperationOutcome":
            return None, "server_complained"
        if body.get("resourceType") != "Bundle":
            raise RecordGarbled("the record answered a search with something other than a Bundle")
        links = {k.get("relation"): k.get("url") for k in _dicts(body.get("link"))}
        reason = self._ignored(links.get("self"), search) if first else None
        for entry in _dicts(body.get("entry")):
            reason = self._entry(entry) or reason
        following = links.get("next")
        if not isinstance(following, str) or not following:
            return None, reason
        following = resolved(following, base)
        if urlsplit(following).path.rstrip("/") == urlsplit(base).path.rstrip("/"):
            self.quirks["next-on-base"] = None
        return following, reason

    def _entry(self, entry: Mapping[str, Any]) -> str | None:
        resource, mode = entry.get("resource"), (entry.get("search") or {}).get("mode")
        if not isinstance(resource, dict):
            return None
        if mode == "outcome" or resource.get("resourceType") == "OperationOutcome":
            fatal = any(i.get("severity") in ("error", "fatal") for i in _dicts(resource.get("issue")))
            return "server_complained" if fatal else None
        key = (str(resource.get("resourceType")), str(resource.get("id") or f"no-id-{len(self.resources)}"))
        if key in self.resources:
            self.quirks["resource-twice"] = None
        self.resources.setdefault(key, resource)
        return None

    def _ignored(self, own: Any, search: Search) -> str | None:
        """Whether the self link shows that the server did not heed a parameter."""
        if not isinstance(own, str) or "?" not in own:
            return None
        heeded = {k.split(":")[0].split(".")[0] for k, _ in parse_qsl(urlsplit(own).query, keep_blank_values=True)}
        if not heeded or any(k.startswith("_getpages") for k in heeded):
            return None
        sent = {k.split(":")[0] for k, _ in search.params if not k.startswith("_")}
        if sent - heeded - {"patient", "subject"}:
            self.quirks["parameter-ignored"] = None
        asked_for_patient = sent & {"patient", "subject"}
        if asked_for_patient and not heeded & {"patient", "subject"}:
            self.quirks["parameter-ignored"] = None
            return "patient_ignored"
        return None


def location(answer: Answer) -> tuple[str | None, str | None]:
    """Id and version of a written resource: from its body, else from Location, of which only the tail is believed."""
    body = answer.body or {}
    version = (body.get("meta") or {}).get("versionId")
    if body.get("resourceType") not in (None, "OperationOutcome") and isinstance(body.get("id"), str):
        return body["id"], version if isinstance(version, str) else None
    found = _LOCATION.search(urlsplit(answer.headers.get("location") or answer.headers.get("content-location") or "").path)
    return (found[2], found[3]) if found else (None, None)


def refusal(answer: Answer) -> str | None:
    """The server's own words in an answer."""
    return outcome_text(answer.body)


def renamed(found: Found, **changes: Any) -> Found:
    """The same resources with a changed account."""
    return Found(resources=found.resources, asked=structs.replace(found.asked, **changes))


def _failure(problem: Exception) -> dict[str, Any]:
    outcome = next(o for kind, o in OUTCOMES if isinstance(problem, kind))
    return {"outcome": outcome, "reason": getattr(problem, "code", None)}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
